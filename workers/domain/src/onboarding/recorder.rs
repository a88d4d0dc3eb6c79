//! Whether AWS Config records what the runbooks read.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::place::Place;

/// An EC2 instance.
pub const INSTANCE: &str = "AWS::EC2::Instance";
/// What Systems Manager knows of one.
pub const INVENTORY: &str = "AWS::SSM::ManagedInstanceInventory";
/// A trail of CloudTrail.
pub const TRAIL: &str = "AWS::CloudTrail::Trail";
/// A virtual private cloud.
pub const VPC: &str = "AWS::EC2::VPC";
/// What logs the flows of one.
pub const FLOW_LOG: &str = "AWS::EC2::FlowLog";

/// Without these no instance is protected.
const NEEDED: [&str; 2] = [INSTANCE, INVENTORY];

/// With these the logging baseline can be verified too.
const ALL: [&str; 5] = [INSTANCE, INVENTORY, TRAIL, VPC, FLOW_LOG];

/// The name that AWS itself gives (<https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html>).
const NAME: &str = "default";

/// Recorders and delivery channels of Control Tower are called so, and a policy of the organization keeps others from changing them
/// (`AWS-GR_CONFIG_CHANGE_PROHIBITED`,
/// <https://docs.aws.amazon.com/controltower/latest/controlreference/cannot-change-with-gr-api.html>).
const CONTROL_TOWER: &str = "aws-controltower-";

/// After so long a recorder that was started has found what was there.
const SETTLES_IN: SignedDuration = SignedDuration::from_mins(15);

/// The account's own recorder (`DescribeConfigurationRecorders`, `DescribeConfigurationRecorderStatus`). Those of AWS's services, which
/// have a service principal, record for the services alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorder {
    /// Its name.
    pub name: String,
    /// By which role it reads.
    pub role_arn: String,
    /// What it records.
    pub group: RecordingGroup,
    /// Whether it records now.
    pub recording: bool,
    /// When it was started last.
    pub started: Option<Timestamp>,
}

/// What a recorder records (<https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingGroup {
    /// Everything but these.
    AllBut(BTreeSet<String>),
    /// These alone.
    Only(BTreeSet<String>),
}

/// What AWS Config says of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFacts {
    /// The recorder, if there is one: there is at most one.
    pub recorder: Option<Recorder>,
    /// Whether there is a delivery channel. Without one no recorder starts.
    pub has_channel: bool,
}

/// What is done so that Config records what is needed. The members are done in this order; none is left out if it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecorderActs {
    /// The recorder's name.
    pub name: String,
    /// The recorder is written with this role and these types alone.
    pub put: Option<(String, BTreeSet<String>)>,
    /// A delivery channel to this bucket is made.
    pub channel: Option<String>,
    /// It is started.
    pub start: bool,
}

/// Why nothing is done although something is missing: a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecorderProblem {
    /// It is Control Tower's, and does not record something.
    #[error(
        "Control Tower owns the recorder {name}, which does not record {}: add it to the resource types of its recorder (AWS's \
         customization of Control Tower's Config resource tracking does so for all accounts), then run this again",
        .missing.join(", ")
    )]
    ControlTowerRecordsLess {
        /// The recorder.
        name: String,
        /// What it does not record.
        missing: Vec<String>,
    },
    /// It is Control Tower's, and does not run.
    #[error(
        "Control Tower owns the recorder {name}, which is stopped: update or re-register the account in Control Tower, then run this again"
    )]
    ControlTowerStopped {
        /// The recorder.
        name: String,
    },
    /// Somebody chose that it records everything but this.
    #[error("the recorder {name} leaves out {}: take that out of its exclusions, then run this again", .missing.join(", "))]
    Excluded {
        /// The recorder.
        name: String,
        /// What it leaves out.
        missing: Vec<String>,
    },
    /// Nobody said where Config may deliver to.
    #[error(
        "nothing records here, and no bucket is configured: set onboarding.config_bucket, or set AWS Config up, then run this again"
    )]
    NoBucket,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecorderDecision {
    /// Nothing: what is needed is recorded.
    Nothing,
    /// This.
    Act(RecorderActs),
    /// Nothing, and a person is told.
    Told(RecorderProblem),
}

impl RecordingGroup {
    /// Whether it has a type.
    pub fn has(&self, resource_type: &str) -> bool {
        match self {
            Self::AllBut(excluded) => !excluded.contains(resource_type),
            Self::Only(types) => types.contains(resource_type),
        }
    }
}

impl ConfigFacts {
    /// Whether what Config does not show of a type is not there: it records the type, and has had time to find what was there.
    pub fn knows_all(&self, resource_type: &str, now: Timestamp) -> bool {
        self.recorder.as_ref().is_some_and(|recorder| {
            let settled = |started: Timestamp| now.duration_since(started) >= SETTLES_IN;
            recorder.recording && recorder.group.has(resource_type) && recorder.started.is_some_and(settled)
        })
    }

    /// The same, knowing that its recorder was changed at this time: what it records since then it has not yet found.
    pub fn changed_at(mut self, time: Timestamp) -> Self {
        if let Some(recorder) = &mut self.recorder {
            recorder.started = recorder.started.max(Some(time));
        }
        self
    }

    /// Whether it has not yet had time to find what was there when it was started.
    pub fn is_settling(&self, now: Timestamp) -> bool {
        self.recorder.as_ref().is_some_and(|recorder| {
            recorder.recording && recorder.started.is_none_or(|started| now.duration_since(started) < SETTLES_IN)
        })
    }

    /// What is done in a place, where Config may deliver to `bucket`.
    pub fn decide(&self, place: &Place, bucket: Option<&str>) -> RecorderDecision {
        let channel = match (self.has_channel, bucket) {
            (true, _) => Ok(None),
            (false, Some(bucket)) => Ok(Some(bucket.to_owned())),
            (false, None) => Err(RecorderProblem::NoBucket),
        };
        let decided = match &self.recorder {
            None => channel.map(|channel| Some(create(place, channel))),
            Some(recorder) => amend(recorder, channel),
        };
        match decided {
            Ok(Some(acts)) => RecorderDecision::Act(acts),
            Ok(None) => RecorderDecision::Nothing,
            Err(problem) => RecorderDecision::Told(problem),
        }
    }
}

fn create(place: &Place, channel: Option<String>) -> RecorderActs {
    let types = ALL.map(str::to_owned).into();
    RecorderActs { name: NAME.to_owned(), put: Some((service_role(place), types)), channel, start: true }
}

fn amend(
    recorder: &Recorder,
    channel: Result<Option<String>, RecorderProblem>,
) -> Result<Option<RecorderActs>, RecorderProblem> {
    let missing: Vec<String> =
        NEEDED.into_iter().filter(|needed| !recorder.group.has(needed)).map(str::to_owned).collect();
    let name = recorder.name.clone();
    if name.starts_with(CONTROL_TOWER) {
        return match (missing.is_empty(), recorder.recording) {
            (true, true) => Ok(None),
            (true, false) => Err(RecorderProblem::ControlTowerStopped { name }),
            (false, _) => Err(RecorderProblem::ControlTowerRecordsLess { name, missing }),
        };
    }
    let put = match &recorder.group {
        _ if missing.is_empty() => None,
        RecordingGroup::AllBut(_) => return Err(RecorderProblem::Excluded { name, missing }),
        RecordingGroup::Only(types) => {
            let types = types.iter().cloned().chain(ALL.map(str::to_owned)).collect();
            Some((recorder.role_arn.clone(), types))
        }
    };
    if recorder.recording {
        return Ok(put.map(|put| RecorderActs { name, put: Some(put), channel: None, start: false }));
    }
    Ok(Some(RecorderActs { name, put, channel: channel?, start: true }))
}

/// The role that AWS makes for Config (<https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html>).
fn service_role(place: &Place) -> String {
    let (partition, account) = (place.region.partition(), place.account);
    format!("arn:{partition}:iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")
}

#[cfg(test)]
mod tests;
