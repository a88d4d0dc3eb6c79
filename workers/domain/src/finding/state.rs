//! What Falconer has said of a finding before.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The user-defined field that holds the [`State`].
pub const STATE_FIELD: &str = "falconerState";
/// How every note of Falconer's begins.
pub(crate) const NOTE_OPENING: &str = "Falconer ";

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum State {
    /// Its traffic is dropped.
    Blocked,
    /// Its traffic is reported and passes.
    Alerting,
    /// Nothing was written: the request asked only what would change.
    DryRun,
    /// It names nothing, or nothing that may be blocked.
    NothingToBlock,
    /// A person decides.
    Waiting,
    /// A person has taken its blocks back.
    Released,
    /// The time of its blocks is over.
    Expired,
    /// Something went wrong, and not everything that was to be blocked is.
    Failed,
}

impl State {
    /// The word that stands in [`STATE_FIELD`].
    pub fn token(self) -> &'static str {
        match self {
            Self::Blocked => "Blocked",
            Self::Alerting => "Alerting",
            Self::DryRun => "DryRun",
            Self::NothingToBlock => "NothingToBlock",
            Self::Waiting => "Waiting",
            Self::Released => "Released",
            Self::Expired => "Expired",
            Self::Failed => "Failed",
        }
    }
}
