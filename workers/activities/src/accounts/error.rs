//! What can go wrong on the way into a member account.

use falconer_domain::place::AccountId;
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

pub(crate) const UNAVAILABLE: ErrorName =
    ErrorName::transient("Account.Unavailable", "STS did not answer, or asked to come back later.");
pub(crate) const ACCESS_DENIED: ErrorName = ErrorName::terminal(
    "Account.AccessDenied",
    "The member account's role cannot be assumed; the cause names the role and what STS says.",
);

/// The member's role could not be assumed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AccountError {
    /// `Account.Unavailable`.
    #[error("STS did not let the worker into account {account}: {reason}. It is worth repeating")]
    Unavailable {
        /// The member.
        account: AccountId,
        /// What came back.
        reason: String,
    },
    /// `Account.AccessDenied`.
    #[error(
        "the worker cannot assume {role}: {reason}. See that the account has the role, that the role trusts the worker's, and that \
         accounts.external_id is the one that it demands"
    )]
    Refused {
        /// The role's ARN.
        role: String,
        /// What came back.
        reason: String,
    },
}

impl ActivityError for AccountError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED];

    fn name(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => UNAVAILABLE.name,
            Self::Refused { .. } => ACCESS_DENIED.name,
        }
    }
}
