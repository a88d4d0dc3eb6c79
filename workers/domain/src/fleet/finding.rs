//! The finding of an instance without a healthy sensor: one for each instance, under the same id for ever.

use super::Compliance;
use super::instance::InstanceId;
use super::verdict::{Unmanaged, Verdict};
use crate::finding::Severity;
use crate::place::Place;

/// `GeneratorId` of every such finding.
pub const GENERATOR: &str = "falconer/check-compliance";

/// `Types`: of the taxonomy of ASFF
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Types>).
pub const TYPE: &str = "Software and Configuration Checks/Falconer/Falcon sensor";

/// The member of `ProductFields` whose presence says that the finding asks for a sensor by itself. A check of a whole place asks
/// for all of its instances at once instead: a thousand findings must not start a thousand installs.
pub const ASKS_FIELD: &str = "falconer/asks-for";

/// What stands in [`ASKS_FIELD`].
pub const ASKS_FOR_SENSOR: &str = "sensor";

/// `Title` of every such finding; what is wrong stands in the description, which may change.
pub const TITLE: &str = "EC2 instance without a healthy CrowdStrike Falcon sensor";

/// `Id` of the finding about an instance.
pub fn id(place: &Place, instance: &InstanceId) -> String {
    format!("{GENERATOR}/{}/{}/{instance}", place.account, place.region)
}

/// The instance that a finding with this `Id` is about, if it is one of ours about this place.
pub fn instance(id: &str, place: &Place) -> Option<InstanceId> {
    let of_place = format!("{GENERATOR}/{}/{}/", place.account, place.region);
    id.strip_prefix(&of_place)?.parse().ok()
}

/// The ARN of an instance (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>).
pub fn instance_arn(place: &Place, instance: &InstanceId) -> String {
    let Place { account, region } = place;
    format!("arn:{}:ec2:{region}:{account}:instance/{instance}", region.partition())
}

impl Verdict {
    /// Whether a finding stands for it: for what does not comply. `None` if nothing can be said, so that what stands stays.
    pub fn needs_finding(&self) -> Option<bool> {
        self.compliance().map(|compliance| compliance == Compliance::NonCompliant)
    }

    /// How bad it is. What nobody protects is worse than what is protected less well.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Missing { .. } | Self::Stale { .. } | Self::Unmanaged { .. } | Self::UnsupportedPlatform { .. } => {
                Severity::High
            }
            Self::ReducedFunctionality { .. } => Severity::Medium,
            Self::Outdated { .. } => Severity::Low,
            Self::Healthy { .. } | Self::Excluded { .. } | Self::Unknown { .. } => Severity::Informational,
        }
    }

    /// What a person does about it, or that nobody need.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Missing { installed: None } => {
                "Install the sensor with the runbook install-sensor: choose the custom action \"Falconer: install\" for this finding."
            }
            Self::Missing { installed: Some(_) } | Self::Stale { .. } => {
                "See on the host whether the sensor's service runs and reaches the Falcon cloud (falconctl -g --rfm-state --cid, or \
                 sc query csagent); installing it again with \"Falconer: install\" may mend it."
            }
            Self::ReducedFunctionality { .. } => {
                "Update the sensor or the kernel to a pair that CrowdStrike supports; installing it again does not help."
            }
            Self::Outdated { .. } => {
                "Falcon updates the sensor by itself if its update policy lets it: see the host's policy and its update window."
            }
            Self::Unmanaged { why: Unmanaged::NoAgent } => {
                "Give the instance a role with AmazonSSMManagedInstanceCore, a way to the Systems Manager endpoints, and a running \
                 agent; the sensor can be installed then."
            }
            Self::Unmanaged { why: Unmanaged::ConnectionLost } => {
                "Restart the Systems Manager agent, or the instance, and see whether it reaches the ssm endpoints."
            }
            Self::UnsupportedPlatform { .. } => {
                "Move the workload to a supported operating system, or tag the instance to accept the risk."
            }
            Self::Unmanaged { why: Unmanaged::Stopped } | Self::Excluded { .. } | Self::Healthy { .. } => {
                "Nothing is to be done."
            }
            Self::Unknown { .. } => "Check again when the source answers.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { account: "444455556666".parse().unwrap(), region: "us-gov-west-1".parse().unwrap() }
    }

    #[test]
    fn an_instance_has_one_finding_that_leads_back_to_it() {
        let instance: InstanceId = "i-0f1a2b3c4d5e6f701".parse().unwrap();
        let id = id(&place(), &instance);
        assert_eq!(id, "falconer/check-compliance/444455556666/us-gov-west-1/i-0f1a2b3c4d5e6f701");
        assert_eq!(super::instance(&id, &place()), Some(instance));
    }

    #[test]
    fn a_finding_about_another_place_or_of_another_form_leads_nowhere() {
        for id in [
            "falconer/check-compliance/777788889999/us-gov-west-1/i-0f1a2b3c4d5e6f701",
            "falconer/check-compliance/444455556666/us-gov-west-1/i-0f1a2b3c4d5e6f701/x",
            "falconer/check-compliance/444455556666/us-gov-west-1/",
            "arn:aws:guardduty:us-east-1:444455556666:detector/1/finding/2",
        ] {
            assert_eq!(instance(id, &place()), None, "{id}");
        }
    }

    #[test]
    fn the_arn_of_an_instance_is_of_the_regions_partition() {
        let instance = "i-0f1a2b3c".parse().unwrap();
        assert_eq!(
            instance_arn(&place(), &instance),
            "arn:aws-us-gov:ec2:us-gov-west-1:444455556666:instance/i-0f1a2b3c"
        );
    }
}
