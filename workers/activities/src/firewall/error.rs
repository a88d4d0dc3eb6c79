//! How a call to AWS Network Firewall can fail, whatever it was for.

use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

use crate::aws_failure::CallFailure;

/// No answer, a throttle or a fault of the service.
pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("Firewall.Unavailable", "Network Firewall did not answer, or asked to come back later.");
/// The role lacks a permission.
pub(crate) const ACCESS_DENIED: ErrorName = ErrorName::terminal(
    "Firewall.AccessDenied",
    "The worker's role may not make the call; the cause names the permission.",
);
/// No such rule group, firewall or operation.
pub(crate) const NOT_FOUND: ErrorName =
    ErrorName::terminal("Firewall.NotFound", "The rule group, firewall or flow operation does not exist.");
/// The service understood and refused.
pub(crate) const REJECTED: ErrorName =
    ErrorName::terminal("Firewall.Rejected", "Network Firewall refused the request; the cause holds its reason.");

/// A call that did not go through, after the SDK's own retries.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FirewallError {
    /// `Firewall.Unavailable`.
    #[error("Network Firewall did not carry out {call} on {resource}: {reason}. It is worth repeating")]
    Unavailable {
        /// The operation.
        call: &'static str,
        /// What it was asked of.
        resource: String,
        /// What came back.
        reason: String,
    },
    /// `Firewall.AccessDenied`.
    #[error(
        "the worker may not call {call} on {resource}: {reason}. Grant network-firewall:{call} to the worker's role"
    )]
    AccessDenied {
        /// The operation.
        call: &'static str,
        /// What it was asked of.
        resource: String,
        /// What came back.
        reason: String,
    },
    /// `Firewall.NotFound`.
    #[error(
        "Network Firewall has no {resource}. Create it, or name another one in the configuration (firewall.block_groups, \
         hunt.group)"
    )]
    NotFound {
        /// What was asked for.
        resource: String,
    },
    /// `Firewall.Rejected`.
    #[error("Network Firewall refused {call} on {resource}: {reason}")]
    Rejected {
        /// The operation.
        call: &'static str,
        /// What it was asked of.
        resource: String,
        /// What came back.
        reason: String,
    },
}

impl FirewallError {
    /// Names the failure of `call` on `resource`.
    pub(crate) fn of_call(call: &'static str, resource: &str, failure: CallFailure) -> Self {
        let resource = resource.to_owned();
        match failure {
            CallFailure::Unavailable(reason) => Self::Unavailable { call, resource, reason },
            CallFailure::AccessDenied(reason) => Self::AccessDenied { call, resource, reason },
            CallFailure::Refused { code, .. } if code == "ResourceNotFoundException" => Self::NotFound { resource },
            refused @ CallFailure::Refused { .. } => Self::Rejected { call, resource, reason: refused.to_string() },
        }
    }
}

impl ActivityError for FirewallError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, NOT_FOUND, REJECTED];

    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => UNAVAILABLE.name,
            Self::AccessDenied { .. } => ACCESS_DENIED.name,
            Self::NotFound { .. } => NOT_FOUND.name,
            Self::Rejected { .. } => REJECTED.name,
        }
    }
}
