//! Makes sure that AWS Config records instances and what Systems Manager knows of them.
//!
//! In the member, with its role: DescribeConfigurationRecorders, DescribeConfigurationRecorderStatus, DescribeDeliveryChannels; and only
//! where something is missing PutConfigurationRecorder, PutDeliveryChannel, StartConfigurationRecorder. What Control Tower or somebody
//! else has chosen stays, and a person is told. Idempotent because what is there decides what is done.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::onboarding::{
    OnboardingRules, RecorderActs, RecorderDecision, RecorderProblem, Step, StepOutcome, StepResult,
};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::place_task::PlaceTask;
use super::recorder;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::fleet::ConfigError;
use crate::fleet::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::registry::Services;

const NOT_RECORDING: ErrorName = ErrorName::terminal(
    "Config.NotRecording",
    "AWS Config does not record what is needed, and only a person may change that; the cause says what to do.",
);

/// See the module.
#[derive(Debug)]
pub struct EnsureRecorder {
    accounts: Accounts,
    rules: Arc<OnboardingRules>,
}

/// Why it does not record.
#[derive(Debug, Error)]
pub enum RecorderError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A call failed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// `Config.NotRecording`.
    #[error("AWS Config of {place}: {problem}")]
    Told {
        /// Where.
        place: Place,
        /// What a person decides.
        problem: RecorderProblem,
    },
}

impl ActivityError for RecorderError {
    const NAMES: &'static [ErrorName] =
        &[accounts::UNAVAILABLE, accounts::ACCESS_DENIED, UNAVAILABLE, ACCESS_DENIED, REJECTED, NOT_RECORDING];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Told { .. } => NOT_RECORDING.name,
        }
    }
}

impl From<&Services> for EnsureRecorder {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), rules: Arc::clone(&services.onboarding) }
    }
}

impl Activity for EnsureRecorder {
    const NAME: &'static str = "EnsureRecorder";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Accounts::ACTIONS], assumed: &[recorder::READ, recorder::CARRY_OUT] };
    type Input = PlaceTask;
    type Output = StepResult;
    type Error = RecorderError;

    async fn run(
        &self,
        _: TaskContext,
        PlaceTask { place, dry_run, execution }: PlaceTask,
    ) -> Result<StepResult, RecorderError> {
        let clients = self.accounts.clients(&place, &execution).await?;
        let facts = recorder::facts(&clients).await?;
        let outcome = match facts.decide(&place, self.rules.config_bucket.as_deref()) {
            RecorderDecision::Nothing => StepOutcome::already_there("AWS Config records what is needed."),
            RecorderDecision::Told(problem) => return Err(RecorderError::Told { place, problem }),
            RecorderDecision::Act(acts) if dry_run => StepOutcome::planned(&sentence(&acts)),
            RecorderDecision::Act(acts) => {
                recorder::carry_out(&clients, &acts).await?;
                StepOutcome::done(&sentence(&acts))
            }
        };
        Ok(StepResult::in_region(Step::Recorder, place.region, outcome))
    }
}

/// `Recorder default: records 5 types by a role of AWS; delivers to falconer-config; started.`
fn sentence(acts: &RecorderActs) -> String {
    let put = acts.put.as_ref().map(|(role, types)| format!("{} types by {role}", types.len()));
    let channel = acts.channel.as_ref().map(|bucket| format!("delivery to {bucket}"));
    let start = acts.start.then(|| "start".to_owned());
    let parts: Vec<String> = [put, channel, start].into_iter().flatten().collect();
    format!("The recorder {}: {}.", acts.name, parts.join(", "))
}
