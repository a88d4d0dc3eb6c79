//! Writes on each finding that it was not contained, and why: every Catch of the runbook leads here.
//!
//! It works on the execution's raw input, since the plan may be what failed. Calls GetFindings and BatchUpdateFindings, of a
//! finding in OCSF GetFindingsV2 and BatchUpdateFindingsV2. Idempotent because the note and the fields are written as a whole.

use std::time::Duration;

use falconer_domain::finding::{Finding, FindingSummary};
use falconer_domain::note::{Annotation, Outcome};
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::registry::Services;
use crate::security_hub::{Record, SecurityHubError, Standing, annotate_all};

/// See the module.
#[derive(Debug)]
pub struct RecordFailure {
    client: aws_sdk_securityhub::Client,
    clock: Clock,
}

/// What went wrong.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The execution's ARN.
    execution: String,
    /// The execution's input, as it came.
    event: Value,
    /// As Step Functions hands it to a Catch.
    failure: Failure,
}

/// A failure as Step Functions hands it to a Catch.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    /// The error's name.
    error: String,
    /// What a person reads; a time-out has none.
    #[serde(default)]
    cause: String,
}

impl From<&Services> for RecordFailure {
    fn from(services: &Services) -> Self {
        Self { client: services.security_hub.clone(), clock: services.clock.clone() }
    }
}

impl Activity for RecordFailure {
    const NAME: &'static str = "RecordFailure";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Standing::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = Record;
    type Error = SecurityHubError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<Record, SecurityHubError> {
        let Input { execution, event, failure } = input;
        let findings = findings_of(&event);
        let at = self.clock.now();
        let annotations = findings.iter().map(|finding| {
            let annotation = Annotation {
                at,
                execution: &execution,
                outcome: Outcome::Failed { error: &failure.error, not_done: &failure.cause },
                refused: &[],
                remarks: &[],
                remarks_left_out: 0,
            };
            (finding, annotation)
        });
        annotate_all(&self.client, annotations).await
    }
}

/// Every finding of the event that can be named, whatever else is wrong with the event. The manual form has none: its
/// failure stands in the execution.
fn findings_of(event: &Value) -> Vec<FindingSummary> {
    let findings = event["detail"]["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    findings.iter().filter_map(|finding| Some(Finding::read(finding, "").ok()?.summary)).collect()
}
