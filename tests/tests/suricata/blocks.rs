//! The blocks of these tests, and the text that Falconer writes for them.

use std::sync::LazyLock;

use falconer_domain::block::{Block, Causes, FindingRef, Mode, Requester};
use falconer_domain::guard::{Guard, GuardConfig};
use falconer_domain::ledger::{BlockRules, Change, Group, Limits, Report, merge};
use falconer_tests::{findings, one_group};
use jiff::Timestamp;

/// The capacity of a rule group as large as Network Firewall allows
/// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>).
const CAPACITY: usize = 30_000;

/// The guard as it is, but for the addresses that only tests may block.
pub(crate) static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let config = GuardConfig { allow_documentation_ranges: true, ..GuardConfig::default() };
    Guard::new(config).unwrap()
});

/// When everything here happens, unless it says otherwise.
pub(crate) fn ten() -> Timestamp {
    "2026-01-15T10:00:00Z".parse().unwrap()
}

/// A block of an indicator for a day, with a finding of its own about the account 444455556666.
pub(crate) fn block(indicator: &str, mode: Mode, created: Timestamp) -> Block {
    block_for(indicator, finding(indicator), mode, created)
}

/// The same for other findings.
pub(crate) fn block_for(indicator: &str, causes: impl Into<Causes>, mode: Mode, created: Timestamp) -> Block {
    let (admitted, ttl) = (GUARD.admit(indicator.parse().unwrap()).unwrap(), "24h".parse().unwrap());
    let block = Block::new(admitted, causes, Requester::Imported, mode, created, ttl);
    block.about(Some("444455556666".parse().unwrap()))
}

/// The reference of a finding with this name.
pub(crate) fn finding(name: &str) -> FindingRef {
    FindingRef::of(name, findings::FALCON)
}

/// The text of a group that held `text` before these are blocked at ten.
pub(crate) fn beside(text: &str, mode: Mode, indicators: &[&str]) -> String {
    let wanted = indicators.iter().map(|indicator| block(indicator, mode, ten())).collect();
    merged(text, &Change { wanted, released: Vec::new() }, ten()).0
}

/// What the writer makes of a group that held `text`.
pub(crate) fn merged(text: &str, change: &Change, now: Timestamp) -> (String, Report) {
    one_group::merged(text, change, now, Limits::of_capacity(CAPACITY))
}

/// What the writer makes of several groups.
pub(crate) fn merged_in(texts: &[&str], change: &Change, now: Timestamp) -> (Vec<String>, Report) {
    let names: Vec<String> = (1..=texts.len()).map(|number| format!("falconer-block-{number}")).collect();
    let limits = Limits::of_capacity(CAPACITY);
    let groups: Vec<Group<'_>> = names.iter().zip(texts).map(|(name, text)| Group { name, text, limits }).collect();
    let merged = merge(&groups, change, now, &BlockRules::default());
    (merged.texts, merged.report)
}

/// The text of a new group that drops these.
pub(crate) fn dropping(indicators: &[&str]) -> String {
    beside("", Mode::Drop, indicators)
}
