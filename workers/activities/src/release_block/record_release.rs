//! Writes on each finding what was taken back.
//!
//! Calls GetFindings and BatchUpdateFindings. Idempotent because the note and the fields are written as a whole.

use std::time::Duration;

use falconer_domain::finding::FindingSummary;
use falconer_domain::ledger::ReleaseReport;
use falconer_domain::note::{Annotation, Outcome};
use falconer_domain::request::ReleaseRequest;
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;

use super::release_blocks::Released;
use crate::HEARTBEAT;
use crate::registry::Services;
use crate::security_hub::{Record, SecurityHubError, Standing, annotate_all};

/// See the module.
#[derive(Debug)]
pub struct RecordRelease {
    client: aws_sdk_securityhub::Client,
}

/// What was done.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The execution's ARN.
    execution: String,
    /// As PlanRelease answered.
    request: ReleaseRequest,
    /// As ReleaseBlocks answered.
    released: Released,
}

impl From<&Services> for RecordRelease {
    fn from(services: &Services) -> Self {
        Self { client: services.security_hub.clone() }
    }
}

impl Activity for RecordRelease {
    const NAME: &'static str = "RecordRelease";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Standing::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = Record;
    type Error = SecurityHubError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<Record, SecurityHubError> {
        let Input { execution, request, released: Released { update, releases, left } } = input;
        let of_finding = |finding: &FindingSummary| {
            let cause = finding.reference();
            releases.iter().filter(|release| release.cause.as_ref() == Some(&cause)).cloned().collect()
        };
        let shares: Vec<Vec<ReleaseReport>> = request.findings.iter().map(of_finding).collect();
        let annotations = request.findings.iter().zip(&shares).zip(&left).map(|((finding, releases), left)| {
            let annotation = Annotation {
                at: update.written,
                execution: &execution,
                outcome: Outcome::Released { releases, left },
                refused: &[],
                remarks: &[],
                remarks_left_out: 0,
            };
            (finding, annotation)
        });
        annotate_all(&self.client, annotations).await
    }
}
