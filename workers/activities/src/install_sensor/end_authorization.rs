//! Gives back what Falcon gave for one batch, whatever has become of it.
//!
//! Calls GetParameter and DeleteParameter, and Falcon to revoke the token. Idempotent: a token that is revoked or over is no
//! error, and a parameter that is gone neither.

use std::time::Duration;

use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::authorization::{Authorizations, parameter};
use super::batch::BatchInput;
use crate::HEARTBEAT;
use crate::falcon::{self, FalconCallError, FalconCloud};
use crate::registry::Services;
use crate::systems_manager::{self, SystemsManagerError};

/// See the module.
#[derive(Debug)]
pub struct EndAuthorization {
    installer: FalconCloud,
    authorizations: Authorizations,
}

/// What was given back.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Whether a token was revoked.
    pub revoked: bool,
}

/// What was not given back; it ends by itself half an hour after it was given.
#[derive(Debug, Error)]
pub enum EndError {
    /// Falcon did not revoke the token.
    #[error(transparent)]
    Falcon(#[from] FalconCallError),
    /// The parameter could not be read or deleted.
    #[error(transparent)]
    Store(#[from] SystemsManagerError),
}

impl ActivityError for EndError {
    const NAMES: &'static [ErrorName] = &[
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Falcon(error) => error.name(),
            Self::Store(error) => error.name(),
        }
    }
}

impl From<&Services> for EndAuthorization {
    fn from(services: &Services) -> Self {
        Self { installer: services.installer.clone(), authorizations: Authorizations::of(services) }
    }
}

impl Activity for EndAuthorization {
    const NAME: &'static str = "EndAuthorization";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions =
        Actions { own: &[Authorizations::GET, FalconCloud::ACTIONS, Authorizations::FORGET], ..Actions::NONE };
    type Input = BatchInput;
    type Output = Ended;
    type Error = EndError;

    async fn run(&self, _: TaskContext, BatchInput { state, execution }: BatchInput) -> Result<Ended, EndError> {
        let name = parameter(&execution, state.batch.index);
        let Some(secrets) = self.authorizations.get(&name).await? else { return Ok(Ended { revoked: false }) };
        let bearer = secrets.bearer();
        if let Some(bearer) = &bearer {
            self.installer.fresh().await?.revoke_issued(bearer).await.map_err(FalconCallError::from)?;
        }
        // Last, so that a run after a crash still finds the token.
        self.authorizations.forget(&name).await?;
        Ok(Ended { revoked: bearer.is_some() })
    }
}
