//! Turns what started the execution into one typed request, and says in which regions it is carried out.
//!
//! Reads the switch, if nobody asked in person; calls nothing else. Idempotent because it only reads.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::note::Notification;
use falconer_domain::onboarding::{AccountRequest, Confirmation, Label, OnboardingRules, Origin};
use falconer_domain::place::{AccountId, Place};
use falconer_domain::request::InvalidRequest;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::HEARTBEAT;
use crate::accounts::Hub;
use crate::registry::Services;
use crate::switch::{self, AutomaticSwitch, SwitchError};

/// Why nothing is done for an event while automatic acts are paused.
const PAUSED: &str = "Switch.Paused";

/// See the module.
#[derive(Debug)]
pub struct PlanAccount {
    hub: Hub,
    rules: Arc<OnboardingRules>,
    switch: AutomaticSwitch,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// An event of Control Tower or Organizations, or the manual form of runbooks/onboard-account.
    event: Value,
    /// The execution's ARN.
    execution: String,
}

/// What is to be done.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "action")]
pub enum AccountPlan {
    /// To protect the account.
    Onboard {
        /// The account.
        account: AccountId,
        /// What it is called.
        label: Label,
        /// The hub's region of it, where what belongs to the account as a whole has its place.
        home: Place,
        /// Where it is prepared.
        places: Vec<Place>,
        /// Whether only to tell what would be done.
        dry_run: bool,
    },
    /// To let the account go, if somebody has seen what goes with it.
    Offboard {
        /// The account.
        account: AccountId,
        /// Where its findings are.
        places: Vec<Place>,
        /// What the dry run showed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<Confirmation>,
    },
    /// Nothing, and that is no error.
    Nothing {
        /// Why, by its name.
        reason: String,
        /// The same in a sentence.
        sentence: String,
        /// What people must be told, if they have to do something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notification: Option<Notification>,
    },
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// `Input.Invalid`.
    #[error(transparent)]
    Input(#[from] InvalidRequest),
    /// Nobody knows whether anything may be done by itself.
    #[error(transparent)]
    Switch(#[from] SwitchError),
}

impl ActivityError for PlanError {
    const NAMES: &'static [ErrorName] = &[switch::UNAVAILABLE, switch::ACCESS_DENIED];

    fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => INPUT_INVALID.name,
            Self::Switch(error) => error.name(),
        }
    }
}

impl From<&Services> for PlanAccount {
    fn from(services: &Services) -> Self {
        Self {
            hub: services.accounts.hub().clone(),
            rules: Arc::clone(&services.onboarding),
            switch: services.switch.clone(),
        }
    }
}

impl Activity for PlanAccount {
    const NAME: &'static str = "PlanAccount";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[AutomaticSwitch::READ], ..Actions::NONE };
    type Input = Input;
    type Output = AccountPlan;
    type Error = PlanError;

    async fn run(&self, _: TaskContext, Input { event, execution }: Input) -> Result<AccountPlan, PlanError> {
        Ok(match AccountRequest::read(&event)? {
            AccountRequest::Ignored { why } => {
                AccountPlan::Nothing { reason: why.name().to_owned(), sentence: why.sentence(), notification: None }
            }
            AccountRequest::Onboard { account, label, origin, reason: _, dry_run } => {
                if let Some(objection) = self.objection(origin).await? {
                    return Ok(paused(account, &objection, &execution));
                }
                let home = Place { account, region: self.hub.place.region.clone() };
                AccountPlan::Onboard { account, label, home, places: self.places(account), dry_run }
            }
            AccountRequest::Offboard { account, origin: _, reason: _, confirm } => {
                AccountPlan::Offboard { account, places: self.places(account), confirm }
            }
        })
    }
}

impl PlanAccount {
    fn places(&self, account: AccountId) -> Vec<Place> {
        let regions = self.rules.regions(&self.hub.place.region);
        regions.into_iter().map(|region| Place { account, region }).collect()
    }

    /// Why an account must not be prepared now, if that is so: a person is always served.
    async fn objection(&self, origin: Origin) -> Result<Option<String>, SwitchError> {
        if origin == Origin::Person { Ok(None) } else { Ok(self.switch.read().await?.objection()) }
    }
}

/// The event does not come again, and so a person is told what to do about it.
fn paused(account: AccountId, objection: &str, execution: &str) -> AccountPlan {
    let sentence = format!("Account {account} was not prepared: {objection}.");
    let notification = Notification {
        subject: format!("Falconer: account {account} is not yet protected"),
        message: format!(
            "{sentence}\n\nWhen automatic acts go on, start onboard-account with\n{{\"accountId\": \"{account}\"}}\n\n\
             Execution: {execution}\n"
        ),
    };
    AccountPlan::Nothing { reason: PAUSED.to_owned(), sentence, notification: Some(notification) }
}
