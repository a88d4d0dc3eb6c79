//! How it went with one finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::Mode;
use crate::finding::State;
use crate::indicator::Indicator;
use crate::ledger::{BlockOutcome, BlockReport, Held, ReleaseReport};
use crate::policy::Waiting;

/// An indicator that waits for a person, although its finding acts by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reserved {
    /// What is not blocked.
    pub indicator: Indicator,
    /// Why, and how to approve it.
    pub waiting: Waiting,
}

/// How it went.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// To its end.
    Done {
        /// What became of the finding's indicators in the ledger.
        blocks: &'a [BlockReport],
        /// What waits for a person, although the finding acts.
        reserved: &'a [Reserved],
        /// Whether nothing was written.
        dry_run: bool,
    },
    /// A person decides.
    Waiting {
        /// Why, and how to approve it.
        waiting: &'a Waiting,
        /// What would be blocked.
        indicators: &'a [Indicator],
    },
    /// A person took blocks back.
    Released {
        /// What became of each.
        releases: &'a [ReleaseReport],
        /// What the finding still has in force.
        left: &'a [Held],
    },
    /// The time of blocks is over.
    Expired {
        /// What is no longer blocked.
        expired: &'a [Indicator],
        /// What the finding still has in force.
        left: &'a [Held],
    },
    /// Not to its end.
    Failed {
        /// The error's name, such as `Firewall.TokenConflict`.
        error: &'a str,
        /// What was not done because of it, as a sentence.
        not_done: &'a str,
    },
}

impl<'a> Outcome<'a> {
    /// What became of the finding, in a word.
    pub(super) fn state(&self) -> State {
        let any = |outcome: BlockOutcome| self.reports().iter().any(|block| block.outcome == outcome);
        let otherwise = match self {
            Self::Failed { .. } => return State::Failed,
            Self::Waiting { .. } => return State::Waiting,
            Self::Done { .. } if any(BlockOutcome::RefusedForCapacity) => return State::Failed,
            Self::Done { reserved, .. } if any(BlockOutcome::BeyondCap) || !reserved.is_empty() => State::Waiting,
            Self::Done { .. } => State::NothingToBlock,
            Self::Released { .. } => State::Released,
            Self::Expired { .. } => State::Expired,
        };
        match (self.held().map(|held| held.entry.mode).max(), self) {
            (None, _) => otherwise,
            (Some(_), Self::Done { dry_run: true, .. }) => State::DryRun,
            (Some(Mode::Drop), _) => State::Blocked,
            (Some(Mode::Alert), _) => State::Alerting,
        }
    }

    /// What became of the finding's indicators in the ledger.
    pub(super) fn reports(&self) -> &'a [BlockReport] {
        match self {
            Self::Done { blocks, .. } => blocks,
            _ => &[],
        }
    }

    /// What waits for a person, although the finding acts.
    pub(super) fn reserved(&self) -> &'a [Reserved] {
        match self {
            Self::Done { reserved, .. } => reserved,
            _ => &[],
        }
    }

    /// What the finding has in force now.
    pub(super) fn held(&self) -> impl Iterator<Item = &'a Held> + use<'a> {
        let left: &[Held] = match self {
            Self::Released { left, .. } | Self::Expired { left, .. } => left,
            _ => &[],
        };
        self.reports().iter().filter_map(|block| block.held.as_ref()).chain(left)
    }
}
