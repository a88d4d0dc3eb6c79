//! What the tests of the ledger and the note make their blocks with.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod detections;
pub(crate) mod inputs;
pub(crate) mod one_group;

use std::sync::LazyLock;

use falconer_domain::block::{Block, Causes, FindingRef, Mode, Requester};
use falconer_domain::guard::{Admitted, Guard, GuardConfig};
use falconer_domain::ledger::{Change, Release};
use jiff::Timestamp;

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Ten o'clock: when everything here happens unless it says otherwise.
pub(crate) fn ten() -> Timestamp {
    time("2026-01-15T10:00:00Z")
}

static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let config = GuardConfig { allow_documentation_ranges: true, ..GuardConfig::default() };
    Guard::new(config).unwrap()
});

pub(crate) fn admitted(text: &str) -> Admitted {
    GUARD.admit(text.parse().unwrap()).unwrap()
}

pub(crate) fn block(text: &str, mode: Mode, created: Timestamp, ttl: &str) -> Block {
    Block::new(admitted(text), finding(1), Requester::Action, mode, created, ttl.parse().unwrap())
}

/// The reference of a finding, one for each number.
pub(crate) fn finding(number: usize) -> FindingRef {
    FindingRef::of(&format!("finding-{number}"), "arn:aws:securityhub:us-east-1::product/acme/probe")
}

/// As [`drop`], asked for by these findings.
pub(crate) fn drop_for(text: &str, findings: impl IntoIterator<Item = usize>) -> Block {
    let mut causes = findings.into_iter().map(finding);
    let first = Causes::from(causes.next().unwrap());
    let ttl = "24h".parse().unwrap();
    Block::new(admitted(text), causes.fold(first, Causes::with), Requester::Action, Mode::Drop, ten(), ttl)
}

/// Dropped from ten o'clock for a day.
pub(crate) fn drop(text: &str) -> Block {
    block(text, Mode::Drop, ten(), "24h")
}

/// As [`drop`], asked for by a finding about an account and by nobody else.
pub(crate) fn imported(text: &str, number: usize, account: &str) -> Block {
    let ttl = "24h".parse().unwrap();
    let block = Block::new(admitted(text), finding(number), Requester::Imported, Mode::Drop, ten(), ttl);
    block.about(Some(account.parse().unwrap()))
}

pub(crate) fn want(wanted: impl IntoIterator<Item = Block>) -> Change {
    Change { wanted: wanted.into_iter().collect(), released: Vec::new() }
}

pub(crate) fn release(text: &str) -> Change {
    Change { wanted: Vec::new(), released: vec![Release::Block(text.parse().unwrap())] }
}
