//! What a check of a whole place asks for: every sensor that is missing there, in one execution.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::place::{AccountId, Place, Region};

/// The manual form for all instances of a place, as nobody but a check writes it. What it found counts for nothing: each
/// instance is judged anew, and those that failed not long ago are left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatheredInstall {
    account_id: AccountId,
    region: Region,
    reason: String,
    automatic: bool,
}

impl GatheredInstall {
    /// For the place in which a check found so many instances without a sensor that reports.
    pub fn of(place: &Place, missing: u64) -> Self {
        let instances = if missing == 1 { "instance" } else { "instances" };
        Self {
            account_id: place.account,
            region: place.region.clone(),
            reason: format!("check-compliance: {missing} {instances} without a sensor that reports"),
            automatic: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Asker, InstallRequest, Target};
    use super::*;

    #[test]
    fn what_a_check_asks_for_is_every_missing_sensor_of_its_place_and_asked_by_nobody() {
        let place = Place { account: "444455556666".parse().unwrap(), region: "us-east-1".parse().unwrap() };
        let form = serde_json::to_value(GatheredInstall::of(&place, 75)).unwrap();
        let request = InstallRequest::read(&form).unwrap();
        assert_eq!(request.targets, [Target { place, instances: None }]);
        assert_eq!(request.asker, Asker::Automatic);
        assert_eq!(request.reason, "check-compliance: 75 instances without a sensor that reports");
    }
}
