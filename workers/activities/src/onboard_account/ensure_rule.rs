//! Makes sure that the Config rule is there by which every new instance comes to `install-sensor` by itself.
//!
//! In the member, with its role: DescribeConfigRules, and PutConfigRule where the rule is missing or is not as it should be. A rule of
//! somebody else by the same name stays, and a person is told. No secret goes into the account: the rule calls a function of the hub.
//! Idempotent because what is there decides what is done.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::onboarding::{OnboardingRules, RULE, RuleDecision, RuleDefinition, Step, StepOutcome, StepResult};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::place_task::PlaceTask;
use super::rule;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::fleet::ConfigError;
use crate::fleet::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::registry::Services;

const RULE_DELETING: ErrorName = ErrorName::transient(
    "Config.RuleDeleting",
    "AWS Config is still deleting a rule by the same name; it is made as soon as that is over.",
);
const FOREIGN_RULE: ErrorName = ErrorName::terminal(
    "Config.ForeignRule",
    "Somebody else's Config rule has the name of Falconer's; rename or delete it, then run this again.",
);

/// See the module.
#[derive(Debug)]
pub struct EnsureRule {
    accounts: Accounts,
    rules: Arc<OnboardingRules>,
}

/// Why the rule is not there.
#[derive(Debug, Error)]
pub enum RuleError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A call failed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// `Config.RuleDeleting`.
    #[error("AWS Config of {place} is still deleting the rule {RULE}. It is worth repeating")]
    Deleting {
        /// Where.
        place: Place,
    },
    /// `Config.ForeignRule`.
    #[error("the rule {RULE} in {place} is not Falconer's: rename or delete it, then run this again")]
    Foreign {
        /// Where.
        place: Place,
    },
}

impl ActivityError for RuleError {
    const NAMES: &'static [ErrorName] = &[
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        UNAVAILABLE,
        ACCESS_DENIED,
        REJECTED,
        RULE_DELETING,
        FOREIGN_RULE,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Deleting { .. } => RULE_DELETING.name,
            Self::Foreign { .. } => FOREIGN_RULE.name,
        }
    }
}

impl From<&Services> for EnsureRule {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), rules: Arc::clone(&services.onboarding) }
    }
}

impl Activity for EnsureRule {
    const NAME: &'static str = "EnsureRule";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Accounts::ACTIONS], assumed: &[rule::READ, rule::PUT] };
    type Input = PlaceTask;
    type Output = StepResult;
    type Error = RuleError;

    async fn run(
        &self,
        _: TaskContext,
        PlaceTask { place, dry_run, execution }: PlaceTask,
    ) -> Result<StepResult, RuleError> {
        let Some(function) = &self.rules.rule_function else {
            let why = "onboarding.rule_function is empty: another makes the Config rule.";
            return Ok(StepResult::in_region(Step::Rule, place.region, StepOutcome::left_out(why)));
        };
        let clients = self.accounts.clients(&place, &execution).await?;
        let standing = rule::standing(&clients).await?;
        let (wanted, what) = match RuleDecision::of(standing.as_ref(), RuleDefinition::wanted(function, &place)) {
            RuleDecision::Nothing => {
                let there = StepOutcome::already_there(&format!(
                    "The rule {RULE} calls {}.",
                    function.in_region(&place.region)
                ));
                return Ok(StepResult::in_region(Step::Rule, place.region, there));
            }
            RuleDecision::Wait => return Err(RuleError::Deleting { place }),
            RuleDecision::Foreign => return Err(RuleError::Foreign { place }),
            RuleDecision::Create(wanted) => (wanted, format!("The rule {RULE}: made.")),
            RuleDecision::Correct(wanted) => (wanted, format!("The rule {RULE}: written anew.")),
        };
        let outcome = if dry_run {
            StepOutcome::planned(&what)
        } else {
            rule::put(&clients, &wanted).await?;
            StepOutcome::done(&what)
        };
        Ok(StepResult::in_region(Step::Rule, place.region, outcome))
    }
}
