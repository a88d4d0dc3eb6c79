//! Hosts by the ids of their sensors, with all that a finding tells of a host.
//!
//! `PostDeviceDetailsV2`, <https://developer.crowdstrike.com/api-reference/collections/hosts/>; what a record holds is shown by
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/device_device_swagger.go>.

use serde::Deserialize;
use serde_json::json;

use crate::call::{Endpoint, Falcon};
use crate::device_id::DeviceId;
use crate::envelope::or_default;
use crate::error::FalconError;

const BY_ID: Endpoint =
    Endpoint { call: "POST /devices/entities/devices/v2", path: "/devices/entities/devices/v2", scope: "Hosts: Read" };

/// Ids of one request; Falcon takes no more, <https://falconpy.io/Service-Collections/Hosts.html#postdevicedetailsv2>.
const IDS_A_REQUEST: usize = 5000;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailedHosts {
    /// In no particular order; a sensor that Falcon does not know is not among them.
    pub found: Vec<HostDetails>,
    /// Records that could not be read. Each may have been that of a sensor which was not found.
    pub malformed: usize,
}

/// A host, described for people: texts as Falcon writes them. Falcon leaves out what it does not know, and so any member may
/// be missing.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct HostDetails {
    /// The sensor's id (AID), 32 hexadecimal digits.
    pub device_id: Option<String>,
    /// `i-…`.
    pub instance_id: Option<String>,
    /// `AWS_EC2_V2`, `AWS_EC2`, `AZURE`, `GCP`.
    pub service_provider: Option<String>,
    /// In AWS, the account's twelve digits.
    pub service_provider_account_id: Option<String>,
    /// In AWS, the availability zone.
    pub zone_group: Option<String>,
    /// Its name.
    pub hostname: Option<String>,
    /// `Windows`, `Linux` or `Mac`.
    pub platform_name: Option<String>,
    /// `Amazon Linux 2023`.
    pub os_version: Option<String>,
    /// The sensor's version, `7.19.18110.0`.
    pub agent_version: Option<String>,
    /// The address that Falcon sees.
    pub external_ip: Option<String>,
    /// The address that the host sees.
    pub local_ip: Option<String>,
    /// With `-` or `:` between its bytes.
    pub mac_address: Option<String>,
    /// Of Active Directory.
    pub machine_domain: Option<String>,
    /// Of Active Directory.
    pub site_name: Option<String>,
    /// Organizational units of Active Directory, the host's own first.
    #[serde(deserialize_with = "or_default")]
    pub ou: Vec<String>,
    /// `FalconGroupingTags/…`, `SensorGroupingTags/…`.
    #[serde(deserialize_with = "or_default")]
    pub tags: Vec<String>,
    /// When the sensor last spoke to the cloud.
    pub last_seen: Option<String>,
}

impl Falcon {
    /// The hosts of these sensors, in requests of five thousand. Needs the scope "Hosts: Read".
    ///
    /// # Errors
    /// Any [`FalconError`]; then nothing is known of any of them.
    pub async fn hosts_by_device(&self, devices: &[DeviceId]) -> Result<DetailedHosts, FalconError> {
        let mut hosts = DetailedHosts::default();
        for devices in devices.chunks(IDS_A_REQUEST) {
            let ids: Vec<&str> = devices.iter().map(DeviceId::as_str).collect();
            let records = match self.post(&BY_ID, &json!({ "ids": ids })).await {
                // None of them is known.
                Err(FalconError::Rejected { status: 404, .. }) => continue,
                records => records?,
            };
            hosts.found.extend(records.read);
            hosts.malformed += records.malformed;
        }
        Ok(hosts)
    }
}
