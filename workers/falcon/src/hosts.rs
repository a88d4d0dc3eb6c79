//! Hosts: what Falcon knows of the instances that a sensor runs on.
//!
//! `CombinedDevicesByFilter`, <https://falconpy.io/Service-Collections/Hosts.html>; what a record holds is shown by
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/device_device.go>, how a list is paged by
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/deviceapi_device_paging_v2.go>.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::call::{Endpoint, Falcon};
use crate::envelope::or_default;
use crate::error::FalconError;
use crate::fql::{Filter, Literal};

const HOSTS: Endpoint =
    Endpoint { call: "GET /devices/combined/devices/v1", path: "/devices/combined/devices/v1", scope: "Hosts: Read" };

/// Ids of one request. CrowdStrike's own client searches by a hundred names at a time
/// (<https://github.com/CrowdStrike/psfalcon/wiki/Find-FalconHostname>). A hundred instance ids make a URL of 3,400 bytes,
/// and every HTTP server takes 8,000 (<https://www.rfc-editor.org/rfc/rfc9110#section-4.1-5>).
const IDS_A_REQUEST: usize = 100;

/// Records of one page; Falcon allows 10,000. An instance rarely has a second record, and never ten.
const RECORDS_A_PAGE: &str = "1000";

/// The members of [`Host`], so that no answer holds more.
const FIELDS: &str = "device_id,cid,instance_id,service_provider_account_id,platform_name,agent_version,last_seen,\
                      first_seen,reduced_functionality_mode,provision_status,status,zone_group,os_version,device_policies";

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// In no particular order. An instance that Falcon does not know is not among them; one whose sensor was installed anew
    /// may have several records.
    pub found: Vec<Host>,
    /// Records that could not be read. Each may have been that of an instance which was not found.
    pub malformed: usize,
}

/// A host. Falcon leaves out what it does not know, and so any member may be missing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Host {
    /// The sensor's id (AID), 32 hexadecimal digits.
    pub device_id: Option<String>,
    /// The customer's id (CID) without its checksum.
    pub cid: Option<String>,
    /// `i-…`.
    pub instance_id: Option<String>,
    /// In AWS, the account's twelve digits.
    pub service_provider_account_id: Option<String>,
    /// `Windows`, `Linux` or `Mac`.
    pub platform_name: Option<String>,
    /// The sensor's version, `7.19.18110.0`.
    pub agent_version: Option<String>,
    /// When the sensor last spoke to the cloud.
    pub last_seen: Option<Timestamp>,
    /// When it first did.
    pub first_seen: Option<Timestamp>,
    /// `yes` or `no`: a sensor in reduced functionality mode (RFM) runs on a kernel that it does not know, and sees little.
    pub reduced_functionality_mode: Option<String>,
    /// `Provisioned`, or `NotProvisioned`.
    pub provision_status: Option<String>,
    /// `normal`, or how far the host's network containment is.
    pub status: Option<String>,
    /// In AWS, the availability zone.
    pub zone_group: Option<String>,
    /// `Amazon Linux 2023`.
    pub os_version: Option<String>,
    /// The id of the sensor update policy that applies to it.
    #[serde(rename = "device_policies", deserialize_with = "update_policy")]
    pub update_policy: Option<String>,
}

impl Falcon {
    /// The hosts of an AWS account with these instance ids, in requests of a hundred. Needs the scope "Hosts: Read". A text
    /// that cannot be an id of AWS's is not asked for, and so it is not found.
    ///
    /// # Errors
    /// Any [`FalconError`]; then nothing is known of any of the ids.
    pub async fn hosts<I: AsRef<str>>(&self, account: &str, instance_ids: &[I]) -> Result<Hosts, FalconError> {
        let mut hosts = Hosts::default();
        let Some(account) = Literal::of(account) else { return Ok(hosts) };
        let account = Filter::is("service_provider_account_id", account);
        let ids: Vec<Literal<'_>> = instance_ids.iter().filter_map(|id| Literal::of(id.as_ref())).collect();
        for ids in ids.chunks(IDS_A_REQUEST) {
            let filter = Filter::is_one_of("instance_id", ids).and(&account);
            let query = [("filter", filter.as_str()), ("fields", FIELDS), ("limit", RECORDS_A_PAGE)];
            let records = self.list_by_cursor(&HOSTS, &query).await?;
            hosts.found.extend(records.read);
            hosts.malformed += records.malformed;
        }
        Ok(hosts)
    }
}

/// The id in `{"sensor_update": {"policy_id": "…"}}`.
fn update_policy<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Policies {
        #[serde(deserialize_with = "or_default")]
        sensor_update: Policy,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Policy {
        policy_id: Option<String>,
    }
    or_default(from).map(|policies: Policies| policies.sensor_update.policy_id)
}
