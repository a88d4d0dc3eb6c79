//! The finding of a gap: one for each, under the same id for ever.

use super::VpcId;
use crate::finding::Severity;
use crate::place::Place;

/// `GeneratorId` of every such finding.
pub const GENERATOR: &str = "falconer/onboard-account";

/// `Types`: of the taxonomy of ASFF
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Types>).
pub const FINDING_TYPE: &str = "Software and Configuration Checks/Falconer/Logging baseline";

const TRAIL: &str = "cloudtrail";
const FLOW_LOGS: &str = "flow-logs/";

/// A part of the baseline that may be missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// The account's trail.
    Trail,
    /// The flow logs of a VPC.
    FlowLogs {
        /// The VPC.
        vpc: VpcId,
    },
}

/// What is missing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// There is no trail.
    NoTrail,
    /// No trail covers all regions.
    OneRegion,
    /// No trail over all regions is validated.
    NotValidated,
    /// The trail does not log.
    NotLogging,
    /// The VPC has no flow log.
    NoFlowLog,
    /// Its flow logs are not active, or cannot be delivered.
    NotDelivered,
}

impl Gap {
    /// `Id` of the finding about it.
    pub fn id(&self, place: &Place) -> String {
        let prefix = Self::id_prefix(place);
        match self {
            Self::Trail => format!("{prefix}{TRAIL}"),
            Self::FlowLogs { vpc } => format!("{prefix}{FLOW_LOGS}{vpc}"),
        }
    }

    /// With what the ids of a place's findings begin.
    pub fn id_prefix(place: &Place) -> String {
        format!("{GENERATOR}/{}/{}/", place.account, place.region)
    }

    /// The gap that a finding with this `Id` is about, if it is one of ours about this place.
    pub fn of_id(id: &str, place: &Place) -> Option<Self> {
        let key = id.strip_prefix(&Self::id_prefix(place))?;
        match key.strip_prefix(FLOW_LOGS) {
            Some(vpc) => Some(Self::FlowLogs { vpc: vpc.parse().ok()? }),
            None => (key == TRAIL).then_some(Self::Trail),
        }
    }

    /// `Title`; what is wrong stands in the description, which may change.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Trail => "Account without a validated CloudTrail trail over all regions",
            Self::FlowLogs { .. } => "VPC without flow logs",
        }
    }

    /// `Type` and `Id` of the resource
    /// (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Resources>).
    pub fn resource(&self, place: &Place) -> (&'static str, String) {
        let Place { account, region } = place;
        match self {
            Self::Trail => ("AwsAccount", format!("AWS::::Account:{account}")),
            Self::FlowLogs { vpc } => {
                ("AwsEc2Vpc", format!("arn:{}:ec2:{region}:{account}:vpc/{vpc}", region.partition()))
            }
        }
    }
}

impl Lack {
    /// `Description`.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoTrail => {
                "AWS Config knows no CloudTrail trail here: nobody can tell afterwards who called which API."
            }
            Self::OneRegion => {
                "The account's CloudTrail covers one region only: what is done in another is not logged."
            }
            Self::NotValidated => {
                "The files of the account's CloudTrail are not validated: who changes or deletes one leaves no trace."
            }
            Self::NotLogging => "The account's CloudTrail is switched off.",
            Self::NoFlowLog => {
                "The VPC has no flow log: nobody can tell afterwards which machines spoke to each other."
            }
            Self::NotDelivered => "The VPC's flow logs are not active, or what they log cannot be delivered.",
        }
    }

    /// How it is closed.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::NoTrail => {
                "Make a trail of the organization in the management account, over all regions and with log file validation \
                 (Control Tower does so by itself: update the landing zone); the account has it within minutes."
            }
            Self::OneRegion => "Apply the trail to all regions: aws cloudtrail update-trail --is-multi-region-trail.",
            Self::NotValidated => {
                "Switch on the validation of log files: aws cloudtrail update-trail --enable-log-file-validation."
            }
            Self::NotLogging => "Start it: aws cloudtrail start-logging; and find out who stopped it.",
            Self::NoFlowLog => {
                "Make a flow log of the VPC to a bucket of the log archive: aws ec2 create-flow-logs --resource-type VPC \
                 --traffic-type ALL."
            }
            Self::NotDelivered => {
                "See DeliverLogsErrorMessage of aws ec2 describe-flow-logs: most often the role or the bucket's policy does not let \
                 it write."
            }
        }
    }

    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::NoTrail | Self::NotLogging => Severity::High,
            Self::OneRegion | Self::NotValidated | Self::NoFlowLog | Self::NotDelivered => Severity::Medium,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { account: "444455556666".parse().unwrap(), region: "cn-north-1".parse().unwrap() }
    }

    #[test]
    fn a_gap_has_one_finding_that_leads_back_to_it() {
        let vpc = Gap::FlowLogs { vpc: "vpc-0a1b2c3d4e5f60718".parse().unwrap() };
        for (gap, id) in [
            (Gap::Trail, "falconer/onboard-account/444455556666/cn-north-1/cloudtrail"),
            (vpc, "falconer/onboard-account/444455556666/cn-north-1/flow-logs/vpc-0a1b2c3d4e5f60718"),
        ] {
            assert_eq!(gap.id(&place()), id);
            assert_eq!(Gap::of_id(id, &place()), Some(gap));
        }
    }

    #[test]
    fn a_finding_about_another_place_or_of_another_form_leads_nowhere() {
        for id in [
            "falconer/onboard-account/777788889999/cn-north-1/cloudtrail",
            "falconer/onboard-account/444455556666/cn-north-1/cloudtrail/x",
            "falconer/onboard-account/444455556666/cn-north-1/flow-logs/vpc-0a1b2c3d' OR",
            "falconer/check-compliance/444455556666/cn-north-1/i-0f1a2b3c4d5e6f701",
            "",
        ] {
            assert_eq!(Gap::of_id(id, &place()), None, "{id}");
        }
    }

    #[test]
    fn a_resource_is_of_the_regions_partition() {
        let vpc = Gap::FlowLogs { vpc: "vpc-0a1b2c3d".parse().unwrap() };
        assert_eq!(vpc.resource(&place()).1, "arn:aws-cn:ec2:cn-north-1:444455556666:vpc/vpc-0a1b2c3d");
    }
}
