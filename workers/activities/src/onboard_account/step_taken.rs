//! What a state machine knows of a step when it is over.

use falconer_domain::onboarding::{Step, StepOutcome, StepResult};
use falconer_domain::place::Region;
use schemars::JsonSchema;
use serde::Deserialize;

/// A step that ended by itself, or whose activity failed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StepTaken {
    /// Its activity failed, for good or too often.
    Failed {
        /// The step.
        step: Step,
        /// In which region, if it is one of a region.
        #[serde(default)]
        region: Option<Region>,
        /// What the state machine caught.
        failure: Failure,
    },
    /// Its activity told what became of it.
    Told(StepResult),
}

/// What a state machine catches (<https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Failure {
    /// The error's name.
    error: String,
    /// What happened; a worker that is lost says nothing.
    #[serde(default)]
    cause: Option<String>,
}

impl StepTaken {
    /// Whether it changed something.
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Told(StepResult { outcome: StepOutcome::Done { .. }, .. }))
    }
}

impl From<StepTaken> for StepResult {
    fn from(taken: StepTaken) -> Self {
        match taken {
            StepTaken::Told(result) => result,
            StepTaken::Failed { step, region, failure: Failure { error, cause } } => {
                let cause = cause.unwrap_or_else(|| "No worker reported in time. Is a worker running?".to_owned());
                StepResult { step, region, outcome: StepOutcome::failed(&error, &cause) }
            }
        }
    }
}
