//! Says whether the member's role can be assumed yet: StackSets may bring it minutes after the account.
//!
//! AssumeRole, in STS of the hub. The state machine waits between two attempts, so that no slot is held; what may be waited is
//! the configuration's (`onboarding.role_wait_minutes`), counted from the execution's start. Idempotent because it only asks.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::onboarding::{OnboardingRules, Step, StepOutcome, StepResult};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, TaskContext};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::HEARTBEAT;
use crate::accounts::{AccountError, Accounts};
use crate::clock::Clock;
use crate::registry::Services;

/// The shortest and the longest time between two attempts, in seconds: an eighth of what was waited so far lies between them, so
/// that a day of waiting is fewer than a thousand attempts.
const SOONEST: i64 = 15;
const LATEST: i64 = 120;

/// See the module.
#[derive(Debug)]
pub struct CheckRole {
    accounts: Accounts,
    rules: Arc<OnboardingRules>,
    clock: Clock,
}

/// Whose role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The account, in the hub's region.
    home: Place,
    /// When the execution was started.
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: Timestamp,
    /// Whether only to tell what would be done: then nothing is waited for.
    dry_run: bool,
    /// The execution's ARN.
    execution: String,
}

/// Whether it can be assumed.
#[derive(Debug, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "role")]
pub enum RoleCheck {
    /// It can.
    Ready {
        /// For the report.
        step: StepResult,
    },
    /// Not yet.
    Awaited {
        /// Until the next attempt.
        check_again_seconds: i64,
    },
}

impl From<&Services> for CheckRole {
    fn from(services: &Services) -> Self {
        Self {
            accounts: services.accounts.clone(),
            rules: Arc::clone(&services.onboarding),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for CheckRole {
    const NAME: &'static str = "CheckRole";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Accounts::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = RoleCheck;
    type Error = AccountError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<RoleCheck, AccountError> {
        let Input { home, since, dry_run, execution } = input;
        let waited = self.clock.now().duration_since(since);
        match self.accounts.clients(&home, &execution).await {
            Ok(_) => {
                let there = StepOutcome::already_there("The member role can be assumed.");
                Ok(RoleCheck::Ready { step: StepResult::of_account(Step::Role, there) })
            }
            Err(AccountError::Refused { .. }) if !dry_run && waited < self.rules.role_wait => {
                Ok(RoleCheck::Awaited { check_again_seconds: pause_after(waited) })
            }
            Err(error) => Err(error),
        }
    }
}

/// Seconds until the next attempt, after so long a time.
fn pause_after(waited: SignedDuration) -> i64 {
    (waited.as_secs() / 8).clamp(SOONEST, LATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_become_rarer_and_never_rare() {
        let after = |minutes| pause_after(SignedDuration::from_mins(minutes));
        assert_eq!([0, 1, 4, 10, 60, 1440].map(after), [15, 15, 30, 75, 120, 120]);
    }
}
