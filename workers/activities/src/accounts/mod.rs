//! The clients of an account and region: the hub's own, and those that a member's role gives.

mod error;
mod hub;
mod session;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::identity::IdentityCache;
use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use falconer_domain::place::{self, AccountId, Place};

pub use self::error::AccountError;
pub(crate) use self::error::{ACCESS_DENIED, UNAVAILABLE};
pub use self::hub::{Hub, HubUnknown};
use self::session::{MemberSession, session_name};
use crate::clock::Clock;

/// Sessions that are kept: more accounts than a sweep has at the same time, and no more memory than some megabytes.
const MOST_SESSIONS: usize = 256;

/// How the workers get into member accounts.
#[derive(Clone, Debug)]
pub struct MemberRole {
    /// The role's name, with its path if it has one.
    pub name: String,
    /// What the role's trust policy demands as `sts:ExternalId`; `None` if nothing.
    pub external_id: Option<String>,
}

/// By account, and by the session's name.
type Sessions = HashMap<(AccountId, String), Arc<MemberSession>>;

/// A handle to every account; cheap to clone. All clones share their sessions.
#[derive(Clone, Debug)]
pub struct Accounts {
    sdk: SdkConfig,
    hub: Hub,
    role: Arc<MemberRole>,
    clock: Clock,
    sessions: Arc<Mutex<Sessions>>,
}

/// The clients of one account and region.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Where they reach.
    pub place: Place,
    /// AWS Config.
    pub config: aws_sdk_config::Client,
    /// Systems Manager.
    pub systems_manager: aws_sdk_ssm::Client,
    /// Security Hub.
    pub security_hub: aws_sdk_securityhub::Client,
}

impl Accounts {
    /// What [`clients`](Self::clients) must be allowed.
    pub(crate) const ACTIONS: &[&str] = &["sts:AssumeRole"];

    /// The accounts around `hub`, whose own clients `sdk` makes.
    #[must_use]
    pub fn new(sdk: SdkConfig, hub: Hub, role: MemberRole, clock: Clock) -> Self {
        Self { sdk, hub, role: Arc::new(role), clock, sessions: Arc::default() }
    }

    /// The account and region of the workers.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// How the workers get into member accounts.
    pub(crate) fn role(&self) -> &MemberRole {
        &self.role
    }

    /// The hub's account in a region, where it is Security Hub's administrator.
    #[must_use]
    pub fn administrator(&self, region: &place::Region) -> Place {
        Place { account: self.hub.place.account, region: region.clone() }
    }

    /// The clients of a place. `cause` is what the member's CloudTrail shall name as the reason: an execution's ARN.
    ///
    /// # Errors
    /// [`AccountError`], if the member's role cannot be assumed.
    pub async fn clients(&self, place: &Place, cause: &str) -> Result<Clients, AccountError> {
        let region = Region::new(place.region.as_str().to_owned());
        let sdk = self.sdk.to_builder().region(region);
        let sdk = if place.account == self.hub.place.account {
            sdk.build()
        } else {
            let session = self.session(place.account, cause);
            // Asked for now, so that a role that cannot be assumed is called so, and is no riddle of the first call.
            session.credentials().await?;
            // The session knows by the worker's own clock when it must renew.
            let provider = SharedCredentialsProvider::from(session as Arc<dyn ProvideCredentials>);
            sdk.credentials_provider(provider).identity_cache(IdentityCache::no_cache()).build()
        };
        Ok(Clients {
            place: place.clone(),
            config: aws_sdk_config::Client::new(&sdk),
            systems_manager: aws_sdk_ssm::Client::new(&sdk),
            security_hub: aws_sdk_securityhub::Client::new(&sdk),
        })
    }

    /// The session of this cause in the account: one for all regions.
    fn session(&self, account: AccountId, cause: &str) -> Arc<MemberSession> {
        let name = session_name(cause);
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= MOST_SESSIONS {
            // Whoever holds one keeps it; only who asks anew assumes the role anew.
            sessions.clear();
        }
        let session = sessions.entry((account, name.clone())).or_insert_with(|| {
            let role = format!("arn:{}:iam::{account}:role/{}", self.hub.partition, self.role.name);
            let sts = aws_sdk_sts::Client::new(&self.sdk);
            Arc::new(MemberSession::new(sts, account, role, self.role.external_id.clone(), name, self.clock.clone()))
        });
        Arc::clone(session)
    }
}
