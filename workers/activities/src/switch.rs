//! The switch that stops every automatic act, as every worker sees it: a parameter of Systems Manager.
//!
//! What is read is kept for two seconds, so that a thousand executions at once stay far below Parameter Store's 40 reads a
//! second (<https://docs.aws.amazon.com/general/latest/gr/ssm.html>), and a pause still reaches every worker within them.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use falconer_domain::policy::Switch;
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::aws_failure::CallFailure;

/// How long what was read counts.
const KEPT: Duration = Duration::from_secs(2);

/// No answer, a throttle or a fault of the service.
pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("Switch.Unavailable", "Systems Manager did not answer, or asked to come back later.");
/// The role may not read it, or the service refused.
pub(crate) const ACCESS_DENIED: ErrorName = ErrorName::terminal(
    "Switch.AccessDenied",
    "The switch for automatic acts cannot be read, and so nothing acts by itself; the cause says why.",
);

/// The switch could not be read or written. Nothing acts by itself then.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SwitchError {
    /// `Switch.Unavailable`.
    #[error("Systems Manager did not carry out {call} on {parameter}: {reason}. It is worth repeating")]
    Unavailable {
        /// The operation.
        call: &'static str,
        /// The parameter's name.
        parameter: String,
        /// What came back.
        reason: String,
    },
    /// `Switch.AccessDenied`.
    #[error(
        "{call} on the switch for automatic acts, {parameter}, was refused: {reason}. Grant ssm:{call} on it to the role"
    )]
    Refused {
        /// The operation.
        call: &'static str,
        /// The parameter's name.
        parameter: String,
        /// What came back.
        reason: String,
    },
}

impl ActivityError for SwitchError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED];

    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => UNAVAILABLE.name,
            Self::Refused { .. } => ACCESS_DENIED.name,
        }
    }
}

/// A handle to the switch; cheap to clone. All clones read together.
#[derive(Clone, Debug)]
pub struct AutomaticSwitch {
    client: Client,
    parameter: Arc<str>,
    seen: Arc<Mutex<Option<(Instant, Switch)>>>,
}

impl AutomaticSwitch {
    /// What [`read`](Self::read) must be allowed.
    pub(crate) const READ: &[&str] = &["ssm:GetParameter"];

    /// The switch in the parameter of this name.
    #[must_use]
    pub fn new(client: Client, parameter: &str) -> Self {
        Self { client, parameter: parameter.into(), seen: Arc::default() }
    }

    /// How the switch stands, at most two seconds ago.
    ///
    /// # Errors
    /// [`SwitchError`]. A parameter that does not exist is no error but [`Switch::Unclear`].
    pub async fn read(&self) -> Result<Switch, SwitchError> {
        let mut seen = self.seen.lock().await;
        if let Some((_, switch)) = seen.as_ref().filter(|(at, _)| at.elapsed() < KEPT) {
            return Ok(switch.clone());
        }
        let switch = self.ask().await?;
        *seen = Some((Instant::now(), switch.clone()));
        Ok(switch)
    }

    async fn ask(&self) -> Result<Switch, SwitchError> {
        match self.client.get_parameter().name(&*self.parameter).send().await {
            Ok(output) => Ok(Switch::read(output.parameter().and_then(|parameter| parameter.value()))),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_parameter_not_found()) => {
                Ok(Switch::read(None))
            }
            Err(error) => Err(self.failed("GetParameter", CallFailure::from(&error))),
        }
    }

    /// Sets the switch.
    ///
    /// # Errors
    /// [`SwitchError`].
    pub async fn write(&self, switch: &Switch) -> Result<(), SwitchError> {
        let put = self.client.put_parameter().name(&*self.parameter).set_value(switch.written());
        let put = put.r#type(ParameterType::String).overwrite(true).send().await;
        put.map(|_| ()).map_err(|error| self.failed("PutParameter", CallFailure::from(&error)))
    }

    fn failed(&self, call: &'static str, failure: CallFailure) -> SwitchError {
        let parameter = self.parameter.to_string();
        match failure {
            CallFailure::Unavailable(reason) => SwitchError::Unavailable { call, parameter, reason },
            refused => SwitchError::Refused { call, parameter, reason: refused.to_string() },
        }
    }
}
