//! Registers the account with Falcon's cloud security, and hands over what that gives.
//!
//! Falcon: the account is read, then registered or updated. In the member, with its role, in the hub's region: GetParameters,
//! PutParameter (handover.rs). Idempotent because Falcon is asked first, an account that it knows already is a success, and a parameter
//! is written only if it says something else.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::onboarding::{OnboardingRules, Step, StepOutcome, StepResult, WantedRegistration};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::handover::{self, hand_over};
use super::place_task::PlaceTask;
use super::registration;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::falcon::{self, FalconCallError, FalconCloud};
use crate::registry::Services;
use crate::systems_manager::{self, SystemsManagerError};

/// See the module.
#[derive(Debug)]
pub struct RegisterAccount {
    accounts: Accounts,
    falcon: FalconCloud,
    rules: Arc<OnboardingRules>,
}

/// Why the account is not registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// Falcon's answer.
    #[error(transparent)]
    Falcon(#[from] FalconCallError),
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The account is registered, and what that gives could not be handed over.
    #[error("the account is registered, and what that gives could not be handed over: {0}")]
    NotHandedOver(#[from] SystemsManagerError),
}

impl ActivityError for RegisterError {
    const NAMES: &'static [ErrorName] = &[
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Falcon(error) => error.name(),
            Self::Account(error) => error.name(),
            Self::NotHandedOver(error) => error.name(),
        }
    }
}

impl From<&Services> for RegisterAccount {
    fn from(services: &Services) -> Self {
        Self {
            accounts: services.accounts.clone(),
            falcon: services.falcon.clone(),
            rules: Arc::clone(&services.onboarding),
        }
    }
}

impl Activity for RegisterAccount {
    const NAME: &'static str = "RegisterAccount";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[FalconCloud::ACTIONS, Accounts::ACTIONS], assumed: &[handover::ACTIONS] };
    type Input = PlaceTask;
    type Output = StepResult;
    type Error = RegisterError;

    async fn run(&self, _: TaskContext, task: PlaceTask) -> Result<StepResult, RegisterError> {
        let wanted = self.rules.wanted_registration(task.place.account, &self.accounts.hub().place.region);
        let outcome = match &wanted {
            None => StepOutcome::left_out("onboarding.registration is none."),
            Some(wanted) if task.dry_run => self.preview(wanted).await?,
            Some(wanted) => self.register(wanted, &task).await?,
        };
        Ok(StepResult::of_account(Step::Registration, outcome))
    }
}

impl RegisterAccount {
    async fn preview(&self, wanted: &WantedRegistration) -> Result<StepOutcome, RegisterError> {
        let standing = registration::standing(&self.falcon, wanted.api, wanted.account).await?;
        Ok(match standing {
            None => StepOutcome::planned("The account would be registered."),
            Some(standing) => match registration::lacks(&standing, wanted).as_slice() {
                [] => StepOutcome::already_there(&registration::given(wanted, &standing, true).sentence()),
                lacks => StepOutcome::planned(&format!("The registration would be given {}.", lacks.join(", "))),
            },
        })
    }

    async fn register(&self, wanted: &WantedRegistration, task: &PlaceTask) -> Result<StepOutcome, RegisterError> {
        let (standing, is_changed) = registration::register(&self.falcon, wanted).await?;
        let registered = registration::given(wanted, &standing, !is_changed);
        let clients = self.accounts.clients(&task.place, &task.execution).await?;
        let is_handed_over = hand_over(&clients, &registered, &standing).await?;
        let sentence = registered.sentence();
        Ok(if is_changed || is_handed_over {
            StepOutcome::done(&sentence)
        } else {
            StepOutcome::already_there(&sentence)
        })
    }
}
