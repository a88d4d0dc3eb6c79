//! How Config stands in an account, in every region, before anybody does anything to it.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::channel::Channel;
use super::group::Group;
use super::place::Place;
use super::{DEFAULT, Recorder};
use crate::organization::Organization;

/// What a recorder records that was set up for something else.
const PARTIAL: [&str; 2] = ["AWS::CloudTrail::Trail", "AWS::S3::Bucket"];

/// One of four.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Setup {
    /// There is no recorder.
    #[default]
    None,
    /// There is one that has never been started.
    Stopped,
    /// One records, and no instances.
    Partial,
    /// One records everything.
    Recording,
}

impl Setup {
    pub(super) fn place(self, organization: &Organization, (account, region): (&str, &str), since: Timestamp) -> Place {
        let group = match self {
            Self::None => return Place::default(),
            Self::Partial => Group::Only(PARTIAL.map(str::to_owned).to_vec()),
            Self::Stopped | Self::Recording => Group::All { with_global: false },
        };
        let role = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";
        let mode = json!({ "recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [] });
        let is_on = self != Self::Stopped;
        let resource = format!("configuration-recorder/{DEFAULT}/{DEFAULT}");
        let recorder = Recorder {
            arn: organization.arn("config", region, account, &resource),
            is_on,
            started: is_on.then_some(since),
            ..Recorder::new(DEFAULT.to_owned(), organization.arn("iam", "", account, role), group, mode)
        };
        let channel = Channel::to(DEFAULT, &format!("config-{account}-{region}"));
        Place { recorder: Some(recorder), channel: Some(channel) }
    }

    /// Whether resources of a type are recorded.
    pub(super) fn records(self, kind: &str) -> bool {
        match self {
            Self::None | Self::Stopped => false,
            Self::Partial => PARTIAL.contains(&kind),
            Self::Recording => true,
        }
    }
}
