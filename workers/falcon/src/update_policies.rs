//! Sensor update policies: which version of the sensor a host should have.
//!
//! `queryCombinedSensorUpdatePoliciesV2`, <https://falconpy.io/Service-Collections/Sensor-Update-Policy.html>; what a policy
//! holds is shown by
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/sensor_update_settings_resp_v2.go>.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::call::{Endpoint, Falcon};
use crate::envelope::or_default;
use crate::error::FalconError;
use crate::target::Target;
use crate::version::SensorVersion;

const POLICIES: Endpoint = Endpoint {
    call: "GET /policy/combined/sensor-update/v2",
    path: "/policy/combined/sensor-update/v2",
    scope: "Sensor update policies: Read",
};

/// Policies of one page; Falcon allows 5,000 (<https://falconpy.io/Service-Collections/Sensor-Update-Policy.html>). A policy
/// lists its host groups, so that a page of them all would be long.
const POLICIES_A_PAGE: usize = 500;

/// The name of each platform's default policy, which cannot be changed
/// (<https://registry.terraform.io/providers/CrowdStrike/crowdstrike/latest/docs/resources/default_sensor_update_policy>).
const DEFAULT: &str = "platform_default";

/// All policies of the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdatePolicies {
    by_id: BTreeMap<String, UpdatePolicy>,
    /// Policies that could not be read: a host whose policy is not found may have one of them.
    pub malformed: usize,
}

/// One policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdatePolicy {
    /// What people call it.
    pub name: String,
    /// `Windows`, `Linux` or `Mac`.
    pub platform: String,
    wanted: BTreeMap<Target, SensorVersion>,
}

impl UpdatePolicies {
    /// The policy with this id ([`Host::update_policy`](crate::Host::update_policy)).
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&UpdatePolicy> {
        self.by_id.get(id)
    }

    /// The version that hosts get which are in no group yet: that of the platform's default policy, which every customer has
    /// under this name; `None` if it leaves them as they are.
    #[must_use]
    pub fn wanted_of_new_hosts(&self, target: Target) -> Option<&SensorVersion> {
        self.by_id.values().filter(|policy| policy.name == DEFAULT).find_map(|policy| policy.wanted(target))
    }
}

impl UpdatePolicy {
    /// The version that the policy brings to such hosts; `None` if it leaves them as they are.
    #[must_use]
    pub fn wanted(&self, target: Target) -> Option<&SensorVersion> {
        self.wanted.get(&target)
    }
}

/// A policy as it comes.
#[derive(Deserialize)]
struct Written {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    platform_name: String,
    #[serde(default, deserialize_with = "or_default")]
    settings: Settings,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Settings {
    /// `20709|n-1|tagged|17` or `17804`; empty if the policy updates nothing.
    #[serde(deserialize_with = "or_default")]
    build: String,
    #[serde(deserialize_with = "or_default")]
    sensor_version: String,
    /// The same for each of the platform's targets.
    #[serde(deserialize_with = "or_default")]
    variants: Vec<Variant>,
}

#[derive(Deserialize)]
struct Variant {
    platform: String,
    #[serde(default, deserialize_with = "or_default")]
    build: String,
    #[serde(default, deserialize_with = "or_default")]
    sensor_version: String,
}

impl Written {
    /// What the policy wants, if all of it can be read: a version that was passed over would look like none.
    fn read(self) -> Option<(String, UpdatePolicy)> {
        let Settings { build, sensor_version, variants } = self.settings;
        let of_platform = Variant { platform: self.platform_name.clone(), build, sensor_version };
        let mut wanted = BTreeMap::new();
        for variant in variants.into_iter().chain([of_platform]).filter(|variant| !variant.build.is_empty()) {
            if let Some(target) = Target::named(&variant.platform) {
                wanted.insert(target, variant.sensor_version.parse().ok()?);
            }
        }
        Some((self.id, UpdatePolicy { name: self.name, platform: self.platform_name, wanted }))
    }
}

impl Falcon {
    /// All sensor update policies. Needs the scope "Sensor update policies: Read".
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn update_policies(&self) -> Result<UpdatePolicies, FalconError> {
        let records = self.list_by_number::<Written>(&POLICIES, &[], POLICIES_A_PAGE).await?;
        let mut policies = UpdatePolicies { malformed: records.malformed, ..UpdatePolicies::default() };
        for policy in records.read {
            match policy.read() {
                Some((id, policy)) => {
                    policies.by_id.insert(id, policy);
                }
                None => policies.malformed += 1,
            }
        }
        Ok(policies)
    }
}
