//! Alerts by their composite ids: which indicators a detection is about.
//!
//! <https://developer.crowdstrike.com/api-reference/collections/alerts/#postentitiesalertsv2>. What a record holds, and what
//! it may lack, is shown by the records in
//! <https://github.com/elastic/integrations/blob/main/packages/crowdstrike/data_stream/alert/_dev/test/pipeline/test-alert.log>.

use serde::Deserialize;
use serde_json::json;

use crate::call::{Endpoint, Falcon};
use crate::envelope::or_default;
use crate::error::FalconError;

const ALERTS: Endpoint =
    Endpoint { call: "POST /alerts/entities/alerts/v2", path: "/alerts/entities/alerts/v2", scope: "Alerts: Read" };

/// Ids of one request, as <https://pipedream.com/apps/crowdstrike-falcon/actions/get-alert.md> has it of this operation;
/// CrowdStrike's own client sends no more to its neighbours (<https://github.com/CrowdStrike/psfalcon>).
const IDS_A_REQUEST: usize = 1000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// In no particular order; an id that Falcon does not know is not among them.
    pub found: Vec<Alert>,
    /// Records that could not be read.
    pub malformed: usize,
}

/// An alert, as far as it says which indicators it is about. Falcon leaves out what it does not know, and so any member may
/// be missing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Alert {
    /// `<customer>:ind:<sensor>:<number>`, with colons inside.
    pub composite_id: Option<String>,
    /// 1 to 100.
    pub severity: Option<u32>,
    /// `domain`, `ipv4`, `ipv6`, `hash_sha256`, `hash_md5`, ….
    pub ioc_type: Option<String>,
    /// The indicator that fired.
    pub ioc_value: Option<String>,
    /// The indicators that fired, if there are several of one type.
    #[serde(deserialize_with = "or_default")]
    pub ioc_values: Vec<String>,
    /// The indicators with what Falcon saw of each.
    #[serde(deserialize_with = "or_default")]
    pub ioc_context: Vec<Ioc>,
    /// Connections of the process. They are not indicators: the resolver that was asked for a bad domain is one of them.
    #[serde(deserialize_with = "or_default")]
    pub network_accesses: Vec<NetworkAccess>,
    /// Names that the process asked for. They are not indicators either.
    #[serde(deserialize_with = "or_default")]
    pub dns_requests: Vec<DnsRequest>,
    /// Where it happened.
    #[serde(deserialize_with = "or_default")]
    pub device: Device,
}

/// An indicator of an alert.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Ioc {
    /// As [`Alert::ioc_type`].
    pub ioc_type: Option<String>,
    /// As [`Alert::ioc_value`].
    pub ioc_value: Option<String>,
}

/// A connection of an alert's process.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct NetworkAccess {
    /// The other side.
    pub remote_address: Option<String>,
}

/// A name that an alert's process asked for.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct DnsRequest {
    /// The name.
    pub domain_name: Option<String>,
}

/// The host of an alert.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Device {
    /// The sensor's id (AID).
    pub device_id: Option<String>,
    /// Its name.
    pub hostname: Option<String>,
    /// The cloud instance's id, `i-…`.
    pub instance_id: Option<String>,
}

impl Falcon {
    /// The alerts with these composite ids, in requests of a thousand. Needs the scope "Alerts: Read".
    ///
    /// # Errors
    /// Any [`FalconError`]; then nothing is known of any of the ids.
    pub async fn alerts<I: AsRef<str>>(&self, composite_ids: &[I]) -> Result<Alerts, FalconError> {
        let mut alerts = Alerts::default();
        for ids in composite_ids.chunks(IDS_A_REQUEST) {
            let ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
            let records = self.post(&ALERTS, &json!({ "composite_ids": ids })).await?;
            alerts.found.extend(records.read);
            alerts.malformed += records.malformed;
        }
        Ok(alerts)
    }
}
