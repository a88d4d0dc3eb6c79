//! The ledger in one rule group, as most tests have it.

use falconer_domain::ledger::{self, BlockRules, Caps, Change, Group, Ledger, Report, SidRange};
use jiff::Timestamp;

pub(crate) const NAME: &str = "falconer-block";

/// What the group can hold, and what new blocks are like.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) rules: usize,
    pub(crate) bytes: usize,
    pub(crate) sids: SidRange,
    pub(crate) quic: bool,
    pub(crate) automatic: Option<Caps>,
}

impl Limits {
    pub(crate) fn of_capacity(rules: usize) -> Self {
        let bytes = ledger::Limits::RULES_STRING_BYTES;
        Self { rules, bytes, sids: SidRange::BLOCKS, quic: true, automatic: None }
    }
}

pub(crate) fn roomy() -> Limits {
    Limits::of_capacity(30_000)
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Merged {
    pub(crate) text: String,
    pub(crate) report: Report,
}

pub(crate) fn merge(text: &str, change: &Change, now: Timestamp, limits: &Limits) -> Merged {
    let Limits { rules, bytes, sids, quic, automatic } = *limits;
    let group = Group { name: NAME, text, limits: ledger::Limits { rules, bytes } };
    let merged = ledger::merge(&[group], change, now, &BlockRules { sids, quic, automatic });
    Merged { text: merged.texts.concat(), report: merged.report }
}

pub(crate) fn read(text: &str) -> Ledger {
    Ledger::read([(NAME, text)])
}
