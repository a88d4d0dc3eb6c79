//! What can go wrong between Falconer and AWS Config.

use falconer_domain::place::Place;
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

use crate::aws_failure::CallFailure;

pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("Config.Unavailable", "AWS Config did not answer, or asked to come back later.");
pub(crate) const ACCESS_DENIED: ErrorName =
    ErrorName::terminal("Config.AccessDenied", "The role may not make the call; the cause names the permission.");
pub(crate) const REJECTED: ErrorName = ErrorName::terminal(
    "Config.Rejected",
    "AWS Config refused the request, as without an aggregator or a recorder; the cause holds its reason.",
);
pub(crate) const RESULT_TOKEN_EXPIRED: ErrorName = ErrorName::terminal(
    "Config.ResultTokenExpired",
    "AWS Config no longer takes evaluations for this call of the rule; the next call brings them.",
);

/// A failure of a call of AWS Config.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// `Config.Unavailable`.
    #[error("AWS Config of {place} did not carry out {call}: {reason}. It is worth repeating")]
    Unavailable {
        /// Whose Config.
        place: Place,
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `Config.AccessDenied`.
    #[error("the role may not call {call} in {place}: {reason}. Grant config:{call} to it")]
    AccessDenied {
        /// Whose Config.
        place: Place,
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `Config.ResultTokenExpired`.
    #[error("AWS Config of {place} takes no more evaluations for this call of its rule: {reason}")]
    ResultTokenExpired {
        /// Whose Config.
        place: Place,
        /// What came back.
        reason: String,
    },
    /// `Config.Rejected`.
    #[error("AWS Config of {place} refused {call}: {reason}")]
    Rejected {
        /// Whose Config.
        place: Place,
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
}

impl ConfigError {
    /// Names the failure of `call`.
    pub(crate) fn of_call(place: &Place, call: &'static str, failure: CallFailure) -> Self {
        let (place, reason) = (place.clone(), failure.to_string());
        match failure {
            CallFailure::Unavailable(_) => Self::Unavailable { place, call, reason },
            CallFailure::AccessDenied(_) => Self::AccessDenied { place, call, reason },
            CallFailure::Refused { code, .. } if code == "InvalidResultTokenException" => {
                Self::ResultTokenExpired { place, reason }
            }
            CallFailure::Refused { .. } => Self::Rejected { place, call, reason },
        }
    }
}

impl ActivityError for ConfigError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED, RESULT_TOKEN_EXPIRED];

    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => UNAVAILABLE.name,
            Self::AccessDenied { .. } => ACCESS_DENIED.name,
            Self::ResultTokenExpired { .. } => RESULT_TOKEN_EXPIRED.name,
            Self::Rejected { .. } => REJECTED.name,
        }
    }
}
