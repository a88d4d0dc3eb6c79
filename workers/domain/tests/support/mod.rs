//! What the tests of the ledger and the note make their blocks with.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "each test uses some of it")]

use std::sync::LazyLock;

use falconer_domain::block::{Block, FindingRef, Mode, Requester};
use falconer_domain::guard::{Admitted, Guard, GuardConfig};
use falconer_domain::ledger::{Change, Limits};
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
    let finding = FindingRef::of("finding-1", "arn:aws:securityhub:us-east-1::product/acme/probe");
    Block::new(admitted(text), finding, Requester::Action, mode, created, ttl.parse().unwrap())
}

/// Dropped from ten o'clock for a day.
pub(crate) fn drop(text: &str) -> Block {
    block(text, Mode::Drop, ten(), "24h")
}

pub(crate) fn want(wanted: impl IntoIterator<Item = Block>) -> Change {
    Change { wanted: wanted.into_iter().collect(), released: Vec::new() }
}

pub(crate) fn release(text: &str) -> Change {
    Change { wanted: Vec::new(), released: vec![text.parse().unwrap()] }
}

pub(crate) fn roomy() -> Limits {
    Limits::of_capacity(30_000)
}
