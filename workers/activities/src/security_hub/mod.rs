//! Security Hub as Falconer uses it: what was done to a finding stands on the finding.

mod annotate;
mod error;

pub use self::annotate::Record;
pub use self::error::SecurityHubError;

pub(crate) use self::annotate::annotate_all;
