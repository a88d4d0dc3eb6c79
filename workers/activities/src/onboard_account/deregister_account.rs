//! Has Falcon's cloud security forget an account that is let go.
//!
//! Falcon: the account is read, and deregistered if it is known. Idempotent because an account that Falcon does not know is a success.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::onboarding::{OnboardingRules, Step, StepOutcome, StepResult};
use falconer_domain::place::AccountId;
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;

use super::registration;
use crate::HEARTBEAT;
use crate::falcon::{FalconCallError, FalconCloud};
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct DeregisterAccount {
    falcon: FalconCloud,
    rules: Arc<OnboardingRules>,
}

/// Whose registration.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The account, whose departure is confirmed.
    account: AccountId,
}

impl From<&Services> for DeregisterAccount {
    fn from(services: &Services) -> Self {
        Self { falcon: services.falcon.clone(), rules: Arc::clone(&services.onboarding) }
    }
}

impl Activity for DeregisterAccount {
    const NAME: &'static str = "DeregisterAccount";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[FalconCloud::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = StepResult;
    type Error = FalconCallError;

    async fn run(&self, _: TaskContext, Input { account }: Input) -> Result<StepResult, FalconCallError> {
        let outcome = match self.rules.registration {
            None => StepOutcome::left_out("onboarding.registration is none."),
            Some(api) if registration::standing(&self.falcon, api, account).await?.is_none() => {
                StepOutcome::already_there(&format!("The account is not registered with {}.", api.name()))
            }
            Some(api) => {
                registration::deregister(&self.falcon, api, account).await?;
                StepOutcome::done(&format!("The account is no longer registered with {}.", api.name()))
            }
        };
        Ok(StepResult::of_account(Step::Deregistration, outcome))
    }
}
