//! The ledger in one rule group, as most tests and benchmarks have it.

use falconer_domain::ledger::{BlockRules, Change, Group, Ledger, Limits, Report, merge};
use jiff::Timestamp;

use crate::house::BLOCK_GROUP;

/// The blocks in a text.
#[must_use]
pub fn read(text: &str) -> Ledger {
    Ledger::read([(BLOCK_GROUP, text)])
}

/// What the writer makes of a text.
#[must_use]
pub fn merged(text: &str, change: &Change, now: Timestamp, limits: Limits) -> (String, Report) {
    let merged = merge(&[Group { name: BLOCK_GROUP, text, limits }], change, now, &BlockRules::default());
    (merged.texts.concat(), merged.report)
}
