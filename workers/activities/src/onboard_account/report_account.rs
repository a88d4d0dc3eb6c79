//! Puts together what became of every step, and says what people must be told.
//!
//! Calls nothing. Idempotent because it only puts its input together.

use std::convert::Infallible;
use std::time::Duration;

use falconer_domain::note::Notification;
use falconer_domain::onboarding::{About, Label, OnboardingReport, StepOutcome, StepResult};
use falconer_domain::place::AccountId;
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step_taken::StepTaken;
use crate::HEARTBEAT;
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct ReportAccount;

/// What became of the account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The account.
    account: AccountId,
    /// What it is called.
    #[serde(default)]
    label: Label,
    /// What it was about.
    about: About,
    /// The steps of the account as a whole.
    steps: Vec<StepTaken>,
    /// The steps of each region.
    #[serde(default)]
    of_regions: Vec<Vec<StepTaken>>,
    /// The execution's ARN.
    execution: String,
}

/// The report, and what comes of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// What became of every step.
    pub report: OnboardingReport,
    /// The same in a sentence.
    pub sentence: String,
    /// What people must be told, if anything; the state machine publishes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notification>,
    /// As what the execution fails, if not everything is as it should be: the first step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<ReportedFailure>,
}

/// As what an execution fails.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedFailure {
    /// The error's name, as on the operator's page.
    pub error: String,
    /// What happened, and what to do.
    pub cause: String,
}

impl From<&Services> for ReportAccount {
    fn from(_: &Services) -> Self {
        Self
    }
}

impl Activity for ReportAccount {
    const NAME: &'static str = "ReportAccount";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions::NONE;
    type Input = Input;
    type Output = Reported;
    type Error = Infallible;

    async fn run(&self, _: TaskContext, input: Input) -> Result<Reported, Infallible> {
        let Input { account, label, about, steps, of_regions, execution } = input;
        let taken = steps.into_iter().chain(of_regions.into_iter().flatten()).map(StepResult::from);
        let report = OnboardingReport::of(account, label, about, taken);
        let sentence = report.sentence();
        let notification = report.notification(&execution);
        let failure = report.steps.iter().find_map(|step| reported(step, &sentence));
        Ok(Reported { report, sentence, notification, failure })
    }
}

fn reported(step: &StepResult, sentence: &str) -> Option<ReportedFailure> {
    let StepOutcome::Failed { error, .. } = &step.outcome else { return None };
    let what_to_do = step.what_to_do().unwrap_or_default();
    Some(ReportedFailure { error: error.clone(), cause: format!("{sentence} {} {what_to_do}", step.sentence()) })
}
