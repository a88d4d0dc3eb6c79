//! What can go wrong between Falconer and Systems Manager, where it acts on instances.

use aws_sdk_ssm::error::BuildError;
use falconer_domain::place::Place;
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

use crate::aws_failure::CallFailure;

pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("Ssm.Unavailable", "Systems Manager did not answer, or asked to come back later.");
pub(crate) const ACCESS_DENIED: ErrorName =
    ErrorName::terminal("Ssm.AccessDenied", "The role may not make the call; the cause names the permission.");
pub(crate) const REJECTED: ErrorName =
    ErrorName::terminal("Ssm.Rejected", "Systems Manager refused the request; the cause holds its reason.");

/// A failure of a call of Systems Manager.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SystemsManagerError {
    /// `Ssm.Unavailable`.
    #[error("Systems Manager of {place} did not carry out {call}: {reason}. It is worth repeating")]
    Unavailable {
        /// Whose.
        place: Place,
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `Ssm.AccessDenied`.
    #[error("the role may not call {call} in {place}: {reason}. Grant ssm:{call} to it")]
    AccessDenied {
        /// Whose.
        place: Place,
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `Ssm.Rejected`.
    #[error("Systems Manager of {place} refused {call}: {reason}")]
    Rejected {
        /// Whose.
        place: Place,
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
}

impl SystemsManagerError {
    /// Names the failure of `call`.
    pub(crate) fn of_call(place: &Place, call: &'static str, failure: CallFailure) -> Self {
        let (place, reason) = (place.clone(), failure.to_string());
        match failure {
            CallFailure::Unavailable(_) => Self::Unavailable { place, call, reason },
            CallFailure::AccessDenied(_) => Self::AccessDenied { place, call, reason },
            CallFailure::Refused { .. } => Self::Rejected { place, call, reason },
        }
    }

    /// A request that the SDK does not even build: it lacks what the model demands.
    pub(crate) fn unbuilt(place: &Place, call: &'static str, error: &BuildError) -> Self {
        Self::Rejected { place: place.clone(), call, reason: error.to_string() }
    }
}

impl ActivityError for SystemsManagerError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED];

    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => UNAVAILABLE.name,
            Self::AccessDenied { .. } => ACCESS_DENIED.name,
            Self::Rejected { .. } => REJECTED.name,
        }
    }
}
