//! What works and what does not, asked by harmless reads: nothing is written anywhere.
//!
//! ```text
//! aggregator    which accounts and regions there are
//! hub             the switch, the members' external id
//!   rule_groups   who enforces them, what they have room for, HOME_NET
//!   falcon        both API clients, and what each may do
//! account         the member's role, Falcon's registration, and each region
//!   place         AWS Config, Security Hub, Systems Manager
//! obstacle      what a failed call means, and how to mend it
//! ```
//!
//! Nothing waits for long: a question that is not answered in time is an unknown like others. What only a write would show, such as a
//! permission to import findings, is not tried.

mod account;
mod aggregator;
mod falcon;
mod hub;
mod obstacle;
mod place;
mod rule_groups;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::doctor::Diagnosis;
use falconer_domain::hunt::Hunts;
use falconer_domain::onboarding::OnboardingRules;
use futures_util::future::BoxFuture;

pub use self::aggregator::Known;
pub use self::hub::ExaminedHub;
use crate::accounts::Accounts;
use crate::falcon::FalconCloud;
use crate::firewall::BlockGroups;
use crate::fleet::Fleet;
use crate::switch::AutomaticSwitch;

/// What the accounts' CloudTrail names as the reason of the calls.
const CAUSE: &str = "falconer-doctor";

/// How long the answer to one question is waited for. The SDK's own repeats fit in where a service asks to come back.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks everything that the runbooks need. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Doctor {
    /// Every account of the organization.
    pub accounts: Accounts,
    /// Which accounts and regions hold instances.
    pub fleet: Fleet,
    /// The name of the organization's Config aggregator; empty if there is none.
    pub aggregator: String,
    /// Whether anything may act by itself.
    pub switch: AutomaticSwitch,
    /// The block rule groups.
    pub groups: BlockGroups,
    /// What is hunted.
    pub hunts: Arc<Hunts>,
    /// The Falcon cloud.
    pub falcon: FalconCloud,
    /// The same for the API client whose tokens installs are given.
    pub installer: FalconCloud,
    /// What is made of a new account.
    pub onboarding: Arc<OnboardingRules>,
}

/// What comes of a question, or that nothing has come of it in time. Boxed, since many are asked at the same time.
pub fn in_time<'a>(question: impl Future<Output = Diagnosis> + Send + 'a) -> BoxFuture<'a, Diagnosis> {
    Box::pin(async {
        tokio::time::timeout(PATIENCE, question).await.unwrap_or_else(|_| {
            Diagnosis::unknown(
                &format!("There was no answer within {} seconds.", PATIENCE.as_secs()),
                "Ask again. If it stays so, look at the service's health and at the network in between.",
            )
        })
    })
}
