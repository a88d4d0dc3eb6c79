//! What the steps of one batch know of it.

use falconer_domain::fleet::{InstanceId, SensorVersion};
use falconer_domain::install::{Action, Batch, InstanceResult, VersionChoice, Window};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Falcon's tokens last half an hour (<https://developer.crowdstrike.com/api-reference/collections/oauth2/>).
const LONGEST_AUTHORIZATION: SignedDuration = SignedDuration::from_mins(30);

/// A batch on its way: each step adds its part. Nothing in it is secret.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchState {
    /// The instances, and what they have in common.
    pub batch: Batch,
    /// What is done with them.
    pub action: Action,
    /// Which version was asked for.
    pub version: VersionChoice,
    /// Why, for Falcon's audit log.
    pub reason: String,
    /// What Falcon allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized: Option<Authorized>,
    /// The command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// How far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<CommandProgress>,
    /// What Falcon sees of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// Why a step could not be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<StepFailure>,
    /// Why what Falcon gave could not be given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_ended: Option<StepFailure>,
}

/// What each step of a batch is given.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct BatchInput {
    /// The batch as far as it is.
    pub(super) state: BatchState,
    /// The execution's ARN.
    pub(super) execution: String,
}

/// What Falcon allowed: where the secrets are kept, never what they are.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorized {
    /// The version that is installed; `None` for the package's own default.
    pub version: Option<SensorVersion>,
    /// When the token ends that the package is given.
    #[schemars(with = "String")]
    pub ends: Timestamp,
}

/// A command that was sent.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// What it is known by; `None` if there was nobody to send it to.
    pub command: Option<CommandId>,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// How long it may take.
    pub window: Window,
    /// Instances to which it could not be sent.
    pub results: Vec<InstanceResult>,
}

/// What a command is known by.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "type", content = "id")]
pub enum CommandId {
    /// A command of Run Command.
    Command(String),
    /// An execution of Automation.
    Automation(String),
}

/// How far a command is.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandProgress {
    /// Whether it is over on every instance.
    pub done: bool,
    /// When that was seen.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Where it went well.
    pub succeeded: Vec<InstanceId>,
    /// Where it did not.
    pub failed: Vec<InstanceResult>,
}

/// What Falcon sees of the instances on which the command went well.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// Whether nothing is waited for any more.
    pub done: bool,
    /// What is certain.
    pub results: Vec<InstanceResult>,
}

/// How a step failed, as the state machine's Catch tells it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct StepFailure {
    /// The error's name.
    #[serde(rename = "Error")]
    pub error: String,
    /// The cause; a worker that was lost gives none.
    #[serde(rename = "Cause", default)]
    pub cause: String,
}

impl BatchState {
    /// No command of this batch was sent before this: its authorization is asked for first, and ends so much later at most.
    pub(super) fn began(&self, now: Timestamp) -> Timestamp {
        let ends = self.authorized.as_ref().map_or(now, |authorized| authorized.ends);
        ends.saturating_sub(LONGEST_AUTHORIZATION).unwrap_or(now).min(now)
    }

    /// Every result so far; a later step's word on an instance comes later.
    pub(super) fn results(&self) -> impl Iterator<Item = &InstanceResult> {
        let sent = self.sent.iter().flat_map(|sent| &sent.results);
        let progress = self.progress.iter().flat_map(|progress| &progress.failed);
        let verified = self.verified.iter().flat_map(|verified| &verified.results);
        sent.chain(progress).chain(verified)
    }
}
