//! Says what is let go with an account, and whether somebody has seen exactly that.
//!
//! Falcon: the account is read. In the hub, which is Security Hub's administrator, in every region: GetFindings. A departing account may
//! be closed already, so that nothing is asked of it. Idempotent because it only reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::onboarding::{About, Confirmation, Departure, OnboardingRules, Unconfirmed};
use falconer_domain::place::{AccountId, Place};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::own_findings::own_findings;
use super::registration;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::falcon::{self, FalconCallError, FalconCloud};
use crate::registry::Services;
use crate::security_hub::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::security_hub::{READ_FINDINGS, SecurityHubError};

/// With what the `GeneratorId` of every finding of Falconer begins.
pub(super) const GENERATORS: &str = "falconer/";

const CHANGED: ErrorName = ErrorName::terminal(
    "Departure.Changed",
    "What would be let go is not what was confirmed; see the dry run again, and confirm what it shows now.",
);

/// See the module.
#[derive(Debug)]
pub struct PlanDeparture {
    accounts: Accounts,
    falcon: FalconCloud,
    rules: Arc<OnboardingRules>,
}

/// Whose departure.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// What PlanAccount said.
    plan: Offboarding,
    /// The execution's ARN.
    execution: String,
}

/// The account that is to be let go.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Offboarding {
    /// The account.
    account: AccountId,
    /// Where its findings are.
    places: Vec<Place>,
    /// What the dry run showed.
    #[serde(default)]
    confirm: Option<Confirmation>,
}

/// What is let go.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedDeparture {
    /// Whether somebody has seen it, so that it is done.
    confirmed: bool,
    /// For the report.
    about: About,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum DepartureError {
    /// Falcon's answer.
    #[error(transparent)]
    Falcon(#[from] FalconCallError),
    /// The hub's own clients.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The findings could not be read.
    #[error(transparent)]
    SecurityHub(#[from] SecurityHubError),
    /// `Departure.Changed`.
    #[error(transparent)]
    Changed(Unconfirmed),
}

impl ActivityError for DepartureError {
    const NAMES: &'static [ErrorName] = &[
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        UNAVAILABLE,
        ACCESS_DENIED,
        REJECTED,
        CHANGED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Falcon(error) => error.name(),
            Self::Account(error) => error.name(),
            Self::SecurityHub(error) => error.name(),
            Self::Changed(_) => CHANGED.name,
        }
    }
}

impl From<&Services> for PlanDeparture {
    fn from(services: &Services) -> Self {
        Self {
            accounts: services.accounts.clone(),
            falcon: services.falcon.clone(),
            rules: Arc::clone(&services.onboarding),
        }
    }
}

impl Activity for PlanDeparture {
    const NAME: &'static str = "PlanDeparture";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[FalconCloud::ACTIONS, READ_FINDINGS], ..Actions::NONE };
    type Input = Input;
    type Output = PlannedDeparture;
    type Error = DepartureError;

    async fn run(&self, _: TaskContext, Input { plan, execution }: Input) -> Result<PlannedDeparture, DepartureError> {
        let Offboarding { account, places, confirm } = plan;
        let mut departure = Departure { account, registrations: BTreeSet::new(), findings: BTreeMap::new() };
        if let Some(api) = self.rules.registration
            && registration::standing(&self.falcon, api, account).await?.is_some()
        {
            departure.registrations.insert(api);
        }
        for place in places {
            let ids = self.findings(&place, &execution).await?;
            departure.findings.insert(place.region, ids);
        }
        match departure.confirmed(confirm.as_ref()) {
            Ok(()) => Ok(PlannedDeparture { confirmed: true, about: About::Offboarding }),
            Err(Unconfirmed::NotSeen { .. }) => {
                Ok(PlannedDeparture { confirmed: false, about: About::preview(&departure) })
            }
            Err(changed) => Err(DepartureError::Changed(changed)),
        }
    }
}

impl PlanDeparture {
    /// The ids of the findings about a place, as the administrator sees them.
    async fn findings(&self, place: &Place, execution: &str) -> Result<BTreeSet<String>, DepartureError> {
        let hub = self.accounts.clients(&self.accounts.administrator(&place.region), execution).await?;
        let findings = own_findings(&hub.security_hub, place, GENERATORS).await?;
        Ok(findings.into_iter().filter_map(|finding| finding.id).collect())
    }
}
