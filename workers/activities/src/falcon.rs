//! The Falcon cloud, as the activities reach it: with credentials that are read when they are first needed.
//!
//! They stand in a parameter of Systems Manager, or in a secret of Secrets Manager that Parameter Store hands out
//! (<https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>), so that they are in no
//! configuration, execution or log. When Falcon no longer takes them they are read anew: somebody may have changed them.

use std::fmt;
use std::sync::Arc;

use aws_sdk_ssm::Client;
use falconer_domain::extract::{AlertIndicator, Alerts};
use falconer_falcon::{Alert, Cloud, Credentials, Falcon, FalconError, Patience, Setup, Transport};
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;
use tokio::sync::Mutex;

use crate::aws_failure::CallFailure;
use crate::clock::Clock;

/// No answer, a fault of the service, or too many requests.
pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("Falcon.Unavailable", "Falcon, or the store of its credentials, did not answer in time.");
/// The credentials cannot be read, are not what they must be, or do not suffice.
pub(crate) const ACCESS_DENIED: ErrorName = ErrorName::terminal(
    "Falcon.AccessDenied",
    "Falcon's credentials cannot be read or do not suffice; the cause names what is missing.",
);
/// Falcon understood and refused, or something else answered in its place.
pub(crate) const REJECTED: ErrorName =
    ErrorName::terminal("Falcon.Rejected", "Falcon refused the request; the cause holds its reason.");

/// Why Falcon could not be asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FalconCallError {
    /// The store of the credentials did not answer.
    #[error("Falcon's credentials could not be read from {parameter}: {reason}. It is worth repeating")]
    StoreUnavailable {
        /// The parameter's name.
        parameter: String,
        /// What came back.
        reason: String,
    },
    /// The credentials cannot be read, or are none.
    #[error(
        "Falcon's credentials in {parameter:?} cannot be used: {reason}. Look at falcon.credentials and falcon.install_credentials in the configuration"
    )]
    NoCredentials {
        /// The parameter's name.
        parameter: String,
        /// Why; never what stands in it.
        reason: String,
    },
    /// Falcon answered, and not in full.
    #[error(
        "Falcon answered with {records} records that cannot be read, and what is missing may be among them. It is worth repeating"
    )]
    Unreadable {
        /// How many.
        records: usize,
    },
    /// Falcon's own answer.
    #[error(transparent)]
    Falcon(#[from] FalconError),
}

impl ActivityError for FalconCallError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED];

    fn name(&self) -> &'static str {
        match self {
            Self::StoreUnavailable { .. } | Self::Unreadable { .. } => UNAVAILABLE.name,
            Self::Falcon(error) if error.is_transient() => UNAVAILABLE.name,
            Self::NoCredentials { .. } | Self::Falcon(FalconError::AccessDenied { .. }) => ACCESS_DENIED.name,
            Self::Falcon(_) => REJECTED.name,
        }
    }
}

/// Where the credentials are, and which cloud they are for.
#[derive(Clone, Debug)]
pub struct FalconAccess {
    /// The parameter's name; empty if Falcon is not to be asked.
    pub credentials: String,
    /// The cloud, if not the one that the credentials name.
    pub cloud: Option<Cloud>,
}

/// A handle to the Falcon cloud; cheap to clone. All clones share one client and its token.
#[derive(Clone)]
pub struct FalconCloud {
    store: Client,
    access: FalconAccess,
    transport: Arc<dyn Transport>,
    clock: Clock,
    client: Arc<Mutex<Option<Falcon>>>,
}

impl fmt::Debug for FalconCloud {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FalconCloud").field("access", &self.access).finish_non_exhaustive()
    }
}

impl FalconCloud {
    /// What it takes to read the credentials, wherever they are and whichever key they are encrypted with.
    pub(crate) const ACTIONS: &[&str] = &["ssm:GetParameter", "secretsmanager:GetSecretValue", "kms:Decrypt"];

    /// The cloud behind `transport`, with credentials out of `store`.
    #[must_use]
    pub fn new(store: Client, access: FalconAccess, transport: Arc<dyn Transport>, clock: Clock) -> Self {
        Self { store, access, transport, clock, client: Arc::default() }
    }

    /// Whether the configuration says where credentials are.
    #[must_use]
    pub fn is_configured(&self) -> bool {
        !self.access.credentials.is_empty()
    }

    /// What the alerts with these composite ids name; `None` if the configuration gives no credentials.
    ///
    /// # Errors
    /// See [`FalconCallError`].
    pub(crate) async fn alerts(&self, composite_ids: &[String]) -> Result<Option<Alerts>, FalconCallError> {
        if !self.is_configured() {
            return Ok(None);
        }
        let alerts = self.ask(async |falcon| falcon.alerts(composite_ids).await).await?;
        let named = alerts.found.into_iter().filter_map(|alert| Some((alert.composite_id.clone()?, indicators(alert))));
        Ok(Some(named.collect()))
    }

    /// Asks Falcon. Credentials that it does not take are read anew the next time.
    ///
    /// # Errors
    /// See [`FalconCallError`].
    pub async fn ask<T>(&self, call: impl AsyncFnOnce(Falcon) -> Result<T, FalconError>) -> Result<T, FalconCallError> {
        let answer = call(self.client().await?).await;
        if let Err(FalconError::AccessDenied { .. }) = answer {
            self.client.lock().await.take();
        }
        Ok(answer?)
    }

    async fn client(&self) -> Result<Falcon, FalconCallError> {
        let mut client = self.client.lock().await;
        if let Some(falcon) = client.as_ref() {
            return Ok(falcon.clone());
        }
        let falcon = self.fresh().await?;
        Ok(client.insert(falcon).clone())
    }

    /// A client of its own, with a token of its own.
    ///
    /// # Errors
    /// See [`FalconCallError`].
    pub(crate) async fn fresh(&self) -> Result<Falcon, FalconCallError> {
        let credentials = self.credentials().await?;
        Ok(Falcon::new(Setup {
            cloud: self.access.cloud.as_ref().or(credentials.cloud()).cloned().unwrap_or_default(),
            credentials,
            transport: Arc::clone(&self.transport),
            clock: self.clock.clone(),
            patience: Patience::default(),
        }))
    }

    async fn credentials(&self) -> Result<Credentials, FalconCallError> {
        let parameter = || self.access.credentials.clone();
        let unusable = |reason: String| FalconCallError::NoCredentials { parameter: parameter(), reason };
        if !self.is_configured() {
            return Err(unusable("the configuration names no parameter".to_owned()));
        }
        let output = self.store.get_parameter().name(parameter()).with_decryption(true).send().await;
        let output = output.map_err(|error| match CallFailure::from(&error) {
            CallFailure::Unavailable(reason) => FalconCallError::StoreUnavailable { parameter: parameter(), reason },
            refused => unusable(refused.to_string()),
        })?;
        let text = output.parameter().and_then(|parameter| parameter.value()).unwrap_or_default();
        Credentials::from_json(text).map_err(|error| unusable(error.to_string()))
    }
}

/// What fired, and neither the connections nor the names beside it: the resolver that was asked is one of them.
fn indicators(alert: Alert) -> Vec<AlertIndicator> {
    let Alert { ioc_type, ioc_value, ioc_values, ioc_context, .. } = alert;
    let of_alert = ioc_value.into_iter().chain(ioc_values).filter_map(|value| Some((ioc_type.clone()?, value)));
    let in_context = ioc_context.into_iter().filter_map(|one| Some((one.ioc_type?, one.ioc_value?)));
    of_alert.chain(in_context).map(|(kind, value)| AlertIndicator { kind, value }).collect()
}
