//! What Falcon knows of a host.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::loose::present;
use crate::place::{AccountId, Region};

/// A host. The names in brackets are those of the record that Falcon keeps
/// (<https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/device_device.go>); whatever Falcon does not know is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// The sensor's id (AID; `device_id`).
    pub device: Option<String>,
    /// `AWS_EC2_V2`, `AZURE`, `GCP` (`service_provider`); nothing outside a cloud.
    pub provider: Option<String>,
    /// The cloud's account: in AWS twelve digits (`service_provider_account_id`).
    pub account: Option<String>,
    /// The availability zone, `eu-central-1a` (`zone_group`).
    pub zone: Option<String>,
    /// The cloud's id of the machine, in AWS `i-…` (`instance_id`).
    pub instance: Option<String>,
    /// `hostname`.
    pub hostname: Option<String>,
    /// `Windows`, `Linux` or `Mac` (`platform_name`).
    pub platform: Option<String>,
    /// `Amazon Linux 2023` (`os_version`).
    pub os_version: Option<String>,
    /// The address that Falcon's cloud sees (`external_ip`).
    pub external_ip: Option<String>,
    /// The host's own address (`local_ip`).
    pub local_ip: Option<String>,
    /// With hyphens (`mac_address`).
    pub mac_address: Option<String>,
    /// The Windows domain (`machine_domain`).
    pub domain: Option<String>,
    /// The sensor's version (`agent_version`).
    pub sensor_version: Option<String>,
    /// When the sensor last spoke to the cloud, as Falcon writes it (`last_seen`).
    pub last_seen: Option<String>,
    /// `FalconGroupingTags/…`, `SensorGroupingTags/…` (`tags`).
    pub tags: Vec<String>,
    /// The site in Active Directory (`site_name`).
    pub site: Option<String>,
    /// The organizational units in Active Directory (`ou`).
    pub organizational_units: Vec<String>,
}

/// Where a host runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    /// Amazon's.
    Aws,
    /// Microsoft's.
    Azure,
    /// Google's.
    Gcp,
    /// Another one.
    Other,
    /// In none, or Falcon does not say.
    None,
}

impl Cloud {
    /// Every cloud, and none.
    pub const ALL: [Self; 5] = [Self::Aws, Self::Azure, Self::Gcp, Self::Other, Self::None];

    /// The cloud that a provider's name begins with, in any case.
    pub(super) fn of(provider: Option<&str>) -> Self {
        let Some(provider) = present(provider) else { return Self::None };
        let begins = |with: &str| provider.get(..with.len()).is_some_and(|name| name.eq_ignore_ascii_case(with));
        match provider {
            _ if begins("aws") => Self::Aws,
            _ if begins("azure") => Self::Azure,
            _ if begins("gcp") => Self::Gcp,
            _ => Self::Other,
        }
    }
}

impl Host {
    /// Where it runs.
    pub fn cloud(&self) -> Cloud {
        Cloud::of(self.provider.as_deref())
    }

    /// Its AWS account.
    pub fn aws_account(&self) -> Option<AccountId> {
        let account = self.account.as_deref().filter(|_| self.cloud() == Cloud::Aws)?;
        account.parse().ok()
    }

    /// Its AWS region, by its zone: `us-west-2` of `us-west-2b`, and of the local zone `us-west-2-lax-1a`
    /// (<https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html>).
    pub fn aws_region(&self) -> Option<Region> {
        let zone = self.zone.as_deref().filter(|_| self.cloud() == Cloud::Aws)?;
        let digit = zone.find(|character: char| character.is_ascii_digit())?;
        let digits = zone[digit..].bytes().take_while(u8::is_ascii_digit).count();
        let (region, _) = zone.split_at(digit + digits);
        region[..digit].ends_with('-').then(|| region.parse().ok()).flatten()
    }
}
