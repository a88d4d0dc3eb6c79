//! What Falconer has said of a finding before.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The user-defined field that holds the [`State`].
pub const STATE_FIELD: &str = "falconerState";
/// How every note of Falconer's begins, and every comment on a finding in OCSF, which names no author.
pub const NOTE_OPENING: &str = "Falconer ";

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
    const ALL: [Self; 8] = [
        Self::Blocked,
        Self::Alerting,
        Self::DryRun,
        Self::NothingToBlock,
        Self::Waiting,
        Self::Released,
        Self::Expired,
        Self::Failed,
    ];

    /// Whether the finding has blocks in force.
    pub fn holds_blocks(self) -> bool {
        matches!(self, Self::Blocked | Self::Alerting)
    }

    /// The states in which a finding has blocks in force.
    pub fn holding_blocks() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|state| state.holds_blocks())
    }

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

    /// The state with this word.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.token() == token)
    }
}
