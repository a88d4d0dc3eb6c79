//! Reads the rule's event or the manual form, and finds out which accounts and regions it is about.
//!
//! Calls SelectAggregateResourceConfig if the request does not name its region. Idempotent because it only reads.

use std::collections::BTreeSet;
use std::time::Duration;

use falconer_domain::fleet::{CheckRequest, InstanceId, RuleCall, Scope};
use falconer_domain::place::Place;
use falconer_domain::request::InvalidRequest;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::HEARTBEAT;
use crate::accounts::{AccountError, Accounts};
use crate::falcon::{ACCESS_DENIED as FALCON_ACCESS_DENIED, FalconCloud};
use crate::fleet::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::fleet::{ConfigError, Fleet};
use crate::registry::Services;

/// Places of one execution: some seven events of a history of 25,000 each, as many again where an install is started, and room for
/// repeated attempts (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const MOST_PLACES: usize = 1_500;

/// Places whose summaries are added up before they travel on.
const PLACES_TOGETHER: usize = 25;

const TOO_LARGE: ErrorName = ErrorName::terminal(
    "Fleet.TooLarge",
    "More accounts and regions hold instances than one execution can check; check account by account.",
);

/// See the module.
#[derive(Debug)]
pub struct PlanCheck {
    accounts: Accounts,
    fleet: Fleet,
    falcon: FalconCloud,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The event of a Config rule, or the manual form of runbooks/check-compliance.
    event: Value,
    /// The execution's ARN.
    execution: String,
}

/// What is to be checked.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckPlan {
    /// The accounts and regions, in groups whose summaries are added up together.
    pub groups: Vec<Vec<Place>>,
    /// What is the same for all of them.
    pub terms: CheckTerms,
}

/// What a place is checked for.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckTerms {
    /// The instances, if only some are meant.
    pub instances: Option<BTreeSet<InstanceId>>,
    /// The call of a Config rule that waits for evaluations.
    pub rule: Option<RuleCall>,
    /// Whether only to tell the verdicts.
    pub dry_run: bool,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// `Input.Invalid`.
    #[error(transparent)]
    Input(#[from] InvalidRequest),
    /// `Falcon.AccessDenied`.
    #[error("falcon.credentials is not configured: without Falcon nobody knows which sensors report")]
    NoFalcon,
    /// `Fleet.TooLarge`.
    #[error(
        "{places} accounts and regions hold instances, more than {MOST_PLACES}: check account by account, with {{\"accountId\": \"…\"}}"
    )]
    TooLarge {
        /// How many.
        places: usize,
    },
    /// The aggregator could not be asked.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The hub's own clients.
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl ActivityError for PlanError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED, FALCON_ACCESS_DENIED, TOO_LARGE];

    fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => INPUT_INVALID.name,
            Self::NoFalcon => FALCON_ACCESS_DENIED.name,
            Self::TooLarge { .. } => TOO_LARGE.name,
            Self::Config(error) => error.name(),
            Self::Account(error) => error.name(),
        }
    }
}

impl From<&Services> for PlanCheck {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), fleet: services.fleet.clone(), falcon: services.falcon.clone() }
    }
}

impl Activity for PlanCheck {
    const NAME: &'static str = "PlanCheck";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Fleet::PLACES], ..Actions::NONE };
    type Input = Input;
    type Output = CheckPlan;
    type Error = PlanError;

    async fn run(&self, _: TaskContext, Input { event, execution }: Input) -> Result<CheckPlan, PlanError> {
        let CheckRequest { scope, rule, dry_run } = CheckRequest::read(&event)?;
        if !self.falcon.is_configured() {
            return Err(PlanError::NoFalcon);
        }
        let (account, place, instances) = match scope {
            Scope::All => (None, None, None),
            Scope::Account { account, region: None } => (Some(account), None, None),
            Scope::Account { account, region: Some(region) } => (None, Some(Place { account, region }), None),
            Scope::Instances { place, ids } => (None, Some(place), Some(ids)),
        };
        let places: Vec<Place> = match place {
            Some(place) => vec![place],
            None => {
                let hub = self.accounts.clients(&self.accounts.hub().place, &execution).await?;
                self.fleet.places(&hub, account).await?.into_iter().collect()
            }
        };
        if places.len() > MOST_PLACES {
            return Err(PlanError::TooLarge { places: places.len() });
        }
        let groups = places.chunks(PLACES_TOGETHER).map(<[Place]>::to_vec).collect();
        Ok(CheckPlan { groups, terms: CheckTerms { instances, rule, dry_run } })
    }
}
