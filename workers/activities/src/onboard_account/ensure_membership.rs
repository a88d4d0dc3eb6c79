//! Makes sure that Security Hub is on in a place, and that the account's findings reach the administrator.
//!
//! In the member, with its role: DescribeHub, GetAdministratorAccount, and EnableSecurityHub where it is off; in the hub, which is
//! Security Hub's administrator, CreateMembers where the account is nobody's member. Idempotent because what is there decides what is done,
//! and an account that somebody has just taken in is read again before it is called a failure.

use std::time::Duration;

use falconer_domain::onboarding::{MembershipDecision, Step, StepOutcome, StepResult};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::membership;
use super::place_task::PlaceTask;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts, Clients};
use crate::registry::Services;
use crate::security_hub::SecurityHubError;
use crate::security_hub::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};

const NOT_A_MEMBER: ErrorName = ErrorName::terminal(
    "SecurityHub.NotAMember",
    "The account's findings do not reach the administrator, and only a person may change that; the cause says why.",
);

/// See the module.
#[derive(Debug)]
pub struct EnsureMembership {
    accounts: Accounts,
}

/// Why findings do not reach the administrator.
#[derive(Debug, Error)]
pub enum MembershipError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A call failed.
    #[error(transparent)]
    SecurityHub(#[from] SecurityHubError),
    /// `SecurityHub.NotAMember`.
    #[error("in Security Hub, {place} is no member of {administrator}: {reason}")]
    NotAMember {
        /// Where.
        place: Place,
        /// Whose member it should be.
        administrator: Place,
        /// Why it is not.
        reason: String,
    },
}

impl ActivityError for MembershipError {
    const NAMES: &'static [ErrorName] =
        &[accounts::UNAVAILABLE, accounts::ACCESS_DENIED, UNAVAILABLE, ACCESS_DENIED, REJECTED, NOT_A_MEMBER];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::SecurityHub(error) => error.name(),
            Self::NotAMember { .. } => NOT_A_MEMBER.name,
        }
    }
}

impl From<&Services> for EnsureMembership {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone() }
    }
}

impl Activity for EnsureMembership {
    const NAME: &'static str = "EnsureMembership";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions {
        own: &[Accounts::ACTIONS, membership::ADD],
        assumed: &[membership::LOOK, membership::READ, membership::ENABLE],
    };
    type Input = PlaceTask;
    type Output = StepResult;
    type Error = MembershipError;

    async fn run(&self, _: TaskContext, task: PlaceTask) -> Result<StepResult, MembershipError> {
        let PlaceTask { place, dry_run, execution } = task;
        let administrator = self.accounts.administrator(&place.region);
        let member = self.accounts.clients(&place, &execution).await?;
        let outcome = match decide(&member, &administrator).await? {
            (false, false) => {
                StepOutcome::already_there("Security Hub is on, and its findings reach the administrator.")
            }
            (enable, add) if dry_run => StepOutcome::planned(&sentence(enable, add)),
            (enable, add) => {
                if enable {
                    membership::enable(&member).await?;
                }
                if add {
                    self.add(&member, &administrator, &execution).await?;
                }
                StepOutcome::done(&sentence(enable, add))
            }
        };
        Ok(StepResult::in_region(Step::Membership, place.region, outcome))
    }
}

impl EnsureMembership {
    async fn add(&self, member: &Clients, administrator: &Place, execution: &str) -> Result<(), MembershipError> {
        let hub = self.accounts.clients(administrator, execution).await?;
        match membership::add(&hub.security_hub, member.place.account).await? {
            // Somebody else may have taken it in meanwhile, or an answer was lost: then it is one now.
            Some(reason) if decide(member, administrator).await?.1 => {
                Err(not_a_member(&member.place, administrator, reason))
            }
            _ => Ok(()),
        }
    }
}

/// Whether Security Hub must be switched on, and whether the account must be taken in.
async fn decide(member: &Clients, administrator: &Place) -> Result<(bool, bool), MembershipError> {
    let facts = membership::facts(member).await?;
    match MembershipDecision::of(member.place.account, administrator.account, &facts) {
        MembershipDecision::Make { enable, add } => Ok((enable, add)),
        MembershipDecision::OtherAdministrator { account } => {
            let reason = format!(
                "it is a member of {account}. Make the hub the delegated administrator, or disassociate it there"
            );
            Err(not_a_member(&member.place, administrator, reason))
        }
        MembershipDecision::Unreachable => {
            let reason = "its membership is not active. See the account among the administrator's members";
            Err(not_a_member(&member.place, administrator, reason.to_owned()))
        }
    }
}

fn not_a_member(place: &Place, administrator: &Place, reason: String) -> MembershipError {
    MembershipError::NotAMember { place: place.clone(), administrator: administrator.clone(), reason }
}

fn sentence(enable: bool, add: bool) -> String {
    let enable = enable.then_some("Security Hub: switched on, without its default standards.");
    let add = add.then_some("The account: taken in by the administrator.");
    [enable, add].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
