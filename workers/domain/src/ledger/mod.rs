//! The ledger: the text of the block rule group, which is the only record of what Falconer blocks.
//!
//! Each block is one rule (a network) or four (a domain; three without QUIC), and its first rule carries in its metadata
//! everything that there is to know of it. So a list of blocks is a reading of the text ([`Ledger::read`]), and a change
//! is a new text ([`merge`]). Whatever else stands in the group belongs to others and stays byte for byte.

mod caps;
mod merge;
mod read;
mod release;
mod rule;
mod sid;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use caps::Caps;
pub use merge::{BlockOutcome, BlockReport, Change, Limits, Merged, Report, merge};
pub use read::Ledger;
pub use release::{Release, ReleaseOutcome, ReleaseReport};
pub use sid::{SidRange, SidRangeError};

use crate::block::Entry;

/// A block that stands in the rule group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// What the metadata says of it.
    pub entry: Entry,
    /// The signature ids of its rules, as they come back in the firewall's alert log.
    pub sids: Vec<u32>,
}

impl Held {
    fn new(entry: Entry, base: u32, quic: bool) -> Self {
        Self { sids: rule::sids(&entry.indicator, base, quic), entry }
    }
}
