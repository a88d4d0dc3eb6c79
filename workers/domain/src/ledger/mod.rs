//! The ledger: the texts of the block rule groups, which are the only record of what Falconer blocks.
//!
//! Each block is one rule (a network) or four (a domain; three without QUIC), and its first rule carries in its metadata
//! everything that there is to know of it. So a list of blocks is a reading of the text ([`Ledger::read`]), and a change
//! is a new text ([`merge`]). Whatever else stands in a group belongs to others and stays byte for byte.

mod caps;
mod merge;
mod read;
mod release;
mod report;
mod room;
mod rule;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use caps::Caps;
pub(crate) use rule::TITLE;

pub use merge::{BlockRules, Change, Group, Merged, merge};
pub use read::Ledger;
pub use release::{Release, ReleaseOutcome, ReleaseReport};
pub use report::{BlockOutcome, BlockReport, Report};

use crate::block::Entry;
pub use crate::rule_group::{Limits, SidRange, SidRangeError};

/// A block that stands in a rule group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The name of the rule group.
    pub group: String,
    /// What the metadata says of it.
    pub entry: Entry,
    /// The signature ids of its rules, as they come back in the firewall's alert log.
    pub sids: Vec<u32>,
}
