//! Records of Falcon Intelligence, their lists, and the hunt rule group.
#![allow(dead_code, reason = "each test uses some of it")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use falconer_domain::guard::{Guard, GuardConfig};
use falconer_domain::hunt::{
    self, HuntChange, HuntGroup, HuntList, HuntName, HuntRules, IntelRecord, MergedHunts, Ranked,
};
use falconer_domain::ledger::Limits;

/// 2026-01-15, ten o'clock.
pub(crate) const TEN: i64 = 1_768_471_200;
pub(crate) const DAY: i64 = 86_400;

pub(crate) static GUARD: LazyLock<Guard> = LazyLock::new(|| {
    let config = GuardConfig { allow_documentation_ranges: true, ..GuardConfig::default() };
    Guard::new(config).unwrap()
});

/// A record of high confidence of this day, whose kind its form tells.
pub(crate) fn record(indicator: &str) -> IntelRecord<'_> {
    let kind = if indicator.contains('/') {
        "ip_address_block"
    } else if indicator.parse::<std::net::IpAddr>().is_ok() {
        "ip_address"
    } else {
        "domain"
    };
    IntelRecord { indicator, kind, malicious_confidence: "high", last_updated: TEN, ..IntelRecord::default() }
}

pub(crate) fn ranked(records: &[IntelRecord<'_>]) -> Ranked {
    let mut list = HuntList::new(&GUARD, true);
    records.iter().for_each(|record| list.add(record));
    list.rank()
}

pub(crate) fn listed(ranked: &Ranked) -> Vec<String> {
    ranked.indicators().map(ToString::to_string).collect()
}

pub(crate) fn name(hunt: &str) -> HuntName {
    hunt.parse().unwrap()
}

/// These hunts look for these indicators now; nobody says which other hunts there are.
pub(crate) fn refresh<'a>(lists: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>) -> HuntChange {
    let list = |(hunt, indicators): (&str, Vec<&str>)| {
        let records: Vec<_> = indicators.into_iter().map(record).collect();
        (name(hunt), ranked(&records))
    };
    HuntChange { refreshed: lists.into_iter().map(list).collect(), hunts: None }
}

pub(crate) fn configured<const N: usize>(
    hunts: [(&str, Option<usize>); N],
) -> Option<BTreeMap<HuntName, Option<usize>>> {
    Some(hunts.into_iter().map(|(hunt, most)| (name(hunt), most)).collect())
}

pub(crate) fn roomy() -> Limits {
    Limits::of_capacity(30_000)
}

pub(crate) fn merge(text: &str, change: &HuntChange) -> MergedHunts {
    merge_within(text, change, roomy())
}

pub(crate) fn merge_within(text: &str, change: &HuntChange, limits: Limits) -> MergedHunts {
    hunt::merge(text, limits, change, &HuntRules::default())
}

/// What stands in a text: each indicator with its hunts, as `evil.example: energy+fancy-bear`.
pub(crate) fn hunted(text: &str) -> Vec<String> {
    let line = |hunted: &hunt::Hunted| {
        let hunts: Vec<&str> = hunted.hunts.iter().map(HuntName::as_str).collect();
        format!("{}: {}", hunted.indicator, hunts.join("+"))
    };
    let mut lines: Vec<String> = HuntGroup::read(text).hunted().iter().map(line).collect();
    lines.sort();
    lines
}
