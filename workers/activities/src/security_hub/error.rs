//! What can go wrong between Falconer and Security Hub.

use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

use crate::aws_failure::CallFailure;

pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("SecurityHub.Unavailable", "Security Hub did not answer, or asked to come back later.");
pub(crate) const ACCESS_DENIED: ErrorName = ErrorName::terminal(
    "SecurityHub.AccessDenied",
    "The worker's role may not make the call, or Security Hub is not enabled; the cause names the permission.",
);
pub(crate) const REJECTED: ErrorName =
    ErrorName::terminal("SecurityHub.Rejected", "Security Hub refused the request; the cause holds its reason.");
pub(crate) const NOT_ANNOTATED: ErrorName = ErrorName::terminal(
    "SecurityHub.NotAnnotated",
    "Security Hub did not take what was to be written on a finding; the cause names the finding and the reason.",
);

/// A failure of the activities that annotate findings.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SecurityHubError {
    /// `SecurityHub.Unavailable`.
    #[error("Security Hub did not carry out {call}: {reason}. It is worth repeating")]
    Unavailable {
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `SecurityHub.AccessDenied`.
    #[error(
        "the worker may not call {call}: {reason}. Grant securityhub:{} to the worker's role, and enable Security Hub",
        permission(.call)
    )]
    AccessDenied {
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `SecurityHub.Rejected`.
    #[error("Security Hub refused {call}: {reason}")]
    Rejected {
        /// The operation.
        call: &'static str,
        /// What came back.
        reason: String,
    },
    /// `SecurityHub.NotAnnotated`.
    #[error("Security Hub did not take what was to be written on {}", .findings.join("; "))]
    NotAnnotated {
        /// Each finding with its reason.
        findings: Vec<String>,
    },
}

impl SecurityHubError {
    /// Names the failure of `call`.
    pub(crate) fn of_call(call: &'static str, failure: CallFailure) -> Self {
        match failure {
            CallFailure::Unavailable(reason) => Self::Unavailable { call, reason },
            CallFailure::AccessDenied(reason) => Self::AccessDenied { call, reason },
            // Of Security Hub this is a throttle (HTTP 429), of other services a quota:
            // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html
            // The other is what the operations on findings in OCSF answer while somebody else writes:
            // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html
            CallFailure::Refused { ref code, .. }
                if matches!(&**code, "LimitExceededException" | "ConflictException") =>
            {
                Self::Unavailable { call, reason: failure.to_string() }
            }
            CallFailure::Refused { .. } => Self::Rejected { call, reason: failure.to_string() },
        }
    }
}

/// IAM knows one permission for both versions of an operation:
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html>.
fn permission(call: &str) -> &str {
    call.trim_end_matches("V2")
}

impl ActivityError for SecurityHubError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED, NOT_ANNOTATED];

    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => UNAVAILABLE.name,
            Self::AccessDenied { .. } => ACCESS_DENIED.name,
            Self::Rejected { .. } => REJECTED.name,
            Self::NotAnnotated { .. } => NOT_ANNOTATED.name,
        }
    }
}
