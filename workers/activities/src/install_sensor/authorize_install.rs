//! Gets from Falcon what one batch needs, and keeps it where no execution's data shows it.
//!
//! For an install: the customer's id, an installation token if Falcon requires one, and a bearer token of the API client that may
//! only download sensors; for an uninstall, the host's own maintenance token. Calls Falcon, GetParameter and PutParameter. May
//! run twice: the token of a run before is given back first, so that none is left that nobody knows.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::fleet::SensorVersion;
use falconer_domain::install::{Action, InstallRules, Method, SensorKind, VersionChoice};
use falconer_falcon::{DeviceId, FalconError, Release, Target, UpdatePolicies};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::authorization::{Authorizations, Secrets, parameter};
use super::batch::{Authorized, BatchInput, BatchState};
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::falcon::{self, FalconCallError, FalconCloud};
use crate::registry::Services;
use crate::systems_manager::{self, SystemsManagerError};

/// How long an uninstall may take, and so how long its maintenance token is kept.
const UNINSTALL: SignedDuration = SignedDuration::from_mins(29);

const NO_VERSION: ErrorName = ErrorName::terminal(
    "Install.NoVersion",
    "Falcon has no sensor of the release that was asked for; the cause names it.",
);

/// See the module.
#[derive(Debug)]
pub struct AuthorizeInstall {
    falcon: FalconCloud,
    installer: FalconCloud,
    authorizations: Authorizations,
    rules: Arc<InstallRules>,
    clock: Clock,
}

/// Why a batch is not authorized.
#[derive(Debug, Error)]
pub enum AuthorizeError {
    /// Falcon did not give what is needed.
    #[error(transparent)]
    Falcon(#[from] FalconCallError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] SystemsManagerError),
    /// `Install.NoVersion`.
    #[error(
        "Falcon names no sensor for {kind:?} that is {behind} releases behind the newest: ask for a version by its number"
    )]
    NoVersion {
        /// For which hosts.
        kind: SensorKind,
        /// 0, 1 or 2.
        behind: u8,
    },
}

impl ActivityError for AuthorizeError {
    const NAMES: &'static [ErrorName] = &[
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
        NO_VERSION,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Falcon(error) => error.name(),
            Self::Store(error) => error.name(),
            Self::NoVersion { .. } => NO_VERSION.name,
        }
    }
}

impl From<&Services> for AuthorizeInstall {
    fn from(services: &Services) -> Self {
        Self {
            falcon: services.falcon.clone(),
            installer: services.installer.clone(),
            authorizations: Authorizations::of(services),
            rules: Arc::clone(&services.install),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for AuthorizeInstall {
    const NAME: &'static str = "AuthorizeInstall";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions =
        Actions { own: &[FalconCloud::ACTIONS, Authorizations::GET, Authorizations::KEEP], ..Actions::NONE };
    type Input = BatchInput;
    type Output = Authorized;
    type Error = AuthorizeError;

    async fn run(
        &self,
        _: TaskContext,
        BatchInput { state, execution }: BatchInput,
    ) -> Result<Authorized, AuthorizeError> {
        let name = parameter(&execution, state.batch.index);
        match (state.action, self.rules.method) {
            (Action::Uninstall, _) => self.uninstall(&state, &name).await,
            (Action::Install, Method::Distributor) => self.install(&state, &name).await,
            // The document has credentials of its own in each account, and asks Falcon itself.
            (Action::Install, Method::AutomationDocument) => {
                Ok(Authorized { version: self.version(&state).await?, ends: self.end_of_uninstall() })
            }
        }
    }
}

impl AuthorizeInstall {
    async fn install(&self, state: &BatchState, name: &str) -> Result<Authorized, AuthorizeError> {
        let version = self.version(state).await?;
        // A client of its own, whose own token goes with it.
        let installer = self.installer.fresh().await?;
        if let Some(earlier) = self.authorizations.get(name).await?.and_then(|secrets| secrets.bearer()) {
            installer.revoke_issued(&earlier).await.map_err(FalconCallError::from)?;
        }
        let given = async {
            let customer_id = installer.ccid().await?;
            let installation_token = installer.installation_token().await?;
            let bearer = installer.fresh_token().await?;
            Ok::<_, FalconError>((customer_id, installation_token, bearer))
        };
        let given = given.await;
        let own_token_ended = installer.revoke().await;
        let (customer_id, installation_token, bearer) = given.map_err(FalconCallError::from)?;
        let now = self.clock.now();
        let left = SignedDuration::try_from(bearer.lifetime_left(now)).unwrap_or_default();
        let ends = now.saturating_add(left).unwrap_or(Timestamp::MAX);
        let secrets = Secrets {
            bearer: Some(bearer.expose_whole()),
            customer_id: Some(customer_id.to_string()),
            installation_token: installation_token.map(|token| token.expose().to_owned()),
            maintenance_token: None,
        };
        if let Err(error) = self.authorizations.keep(name, &secrets, ends).await {
            // Nobody else knows the token: it is ended here or never.
            installer.revoke_issued(&bearer).await.map_err(FalconCallError::from)?;
            return Err(error.into());
        }
        own_token_ended.map_err(FalconCallError::from)?;
        Ok(Authorized { version, ends })
    }

    async fn uninstall(&self, state: &BatchState, name: &str) -> Result<Authorized, AuthorizeError> {
        let device: Option<DeviceId> = state.batch.host.as_deref().and_then(|host| host.parse().ok());
        let maintenance_token = match device {
            // A sensor for Linux is handed no token by the package, so that none is revealed.
            Some(device) if state.batch.kind == SensorKind::Windows => {
                let message = format!("Falconer uninstalls the sensor: {}", state.reason);
                self.falcon.ask(async |falcon| falcon.uninstall_token(&device, &message).await).await?
            }
            _ => None,
        };
        let ends = self.end_of_uninstall();
        let maintenance_token = maintenance_token.map(|token| token.expose().to_owned());
        let secrets = Secrets { bearer: None, customer_id: None, installation_token: None, maintenance_token };
        self.authorizations.keep(name, &secrets, ends).await?;
        Ok(Authorized { version: None, ends })
    }

    fn end_of_uninstall(&self) -> Timestamp {
        self.clock.now().saturating_add(UNINSTALL).unwrap_or(Timestamp::MAX)
    }

    async fn version(&self, state: &BatchState) -> Result<Option<SensorVersion>, AuthorizeError> {
        let kind = state.batch.kind;
        let target = match kind {
            SensorKind::Windows => Target::Windows,
            SensorKind::LinuxX86 => Target::Linux,
            SensorKind::LinuxArm => Target::LinuxArm64,
        };
        match &state.version {
            VersionChoice::Exact { version } => Ok(Some(version.clone())),
            VersionChoice::Policy => {
                let policies = self.falcon.ask(async |falcon| falcon.update_policies().await).await?;
                Ok(wanted_of_new_hosts(&policies, target))
            }
            VersionChoice::Newest { behind } => {
                let release = match behind {
                    0 => Release::N,
                    1 => Release::NMinus1,
                    _ => Release::NMinus2,
                };
                let builds = self.falcon.ask(async |falcon| falcon.update_builds().await).await?;
                let version = builds.version(target, release).and_then(|version| version.to_string().parse().ok());
                version.map(Some).ok_or(AuthorizeError::NoVersion { kind, behind: *behind })
            }
        }
    }
}

/// What the default policy wants: a host that is not there yet is in no group that another policy applies to.
fn wanted_of_new_hosts(policies: &UpdatePolicies, target: Target) -> Option<SensorVersion> {
    policies.wanted_of_new_hosts(target)?.to_string().parse().ok()
}
