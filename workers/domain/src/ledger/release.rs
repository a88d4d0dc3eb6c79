//! Taking blocks back: whole, or for one of the findings that asked for them.

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ledger;
use crate::block::{Causes, Entry, FindingRef};
use crate::indicator::Indicator;

/// A block to take back.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// What is blocked.
    pub indicator: Indicator,
    /// The finding that no longer asks for it: the block stays for the others. Without one it goes, whoever asked.
    pub cause: Option<FindingRef>,
}

impl Release {
    /// The block as a whole.
    pub fn whole(indicator: Indicator) -> Self {
        Self { indicator, cause: None }
    }
}

/// What became of one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseReport {
    /// The indicator.
    pub indicator: Indicator,
    /// The finding that no longer asks for it, if only that ends.
    pub cause: Option<FindingRef>,
    /// What became of it.
    pub outcome: ReleaseOutcome,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ReleaseOutcome {
    /// The block is gone.
    Released,
    /// The finding no longer asks for it, and the block stays for others that do.
    CauseEnded,
    /// There was none, or none that this finding asked for.
    NotHeld,
}

/// Takes out what is released. Several releases of one block are one, so that their order does not matter.
pub(super) fn release(ledger: &mut Ledger, releases: &[Release]) -> Vec<ReleaseReport> {
    if releases.is_empty() {
        // Most changes release nothing, and the ledger may be long.
        return Vec::new();
    }
    let releases: BTreeSet<&Release> = releases.iter().collect();
    let mut ends: HashMap<&Indicator, Vec<Option<&FindingRef>>> = HashMap::new();
    for release in &releases {
        ends.entry(&release.indicator).or_default().push(release.cause.as_ref());
    }
    let met = met(ledger, &releases);
    ledger.take_out(|held| {
        ends.get(&held.entry.indicator).is_some_and(|ends| remaining(&held.entry.causes, ends).is_none())
    });
    for place in 0..ledger.held().len() {
        let entry = &ledger.held()[place].entry;
        let causes = ends.get(&entry.indicator).and_then(|ends| remaining(&entry.causes, ends));
        if let Some(causes) = causes.filter(|causes| *causes != entry.causes) {
            let entry = Entry { causes, ..entry.clone() };
            ledger.rewrite(place, entry);
        }
    }
    let stays: BTreeSet<&Indicator> = ledger.held().iter().map(|held| &held.entry.indicator).collect();
    let report = |release: &Release| {
        let outcome = match (met.contains(release), stays.contains(&release.indicator)) {
            (false, _) => ReleaseOutcome::NotHeld,
            (true, false) => ReleaseOutcome::Released,
            (true, true) => ReleaseOutcome::CauseEnded,
        };
        ReleaseReport { indicator: release.indicator.clone(), cause: release.cause.clone(), outcome }
    };
    releases.into_iter().map(report).collect()
}

/// The releases that meet a block.
fn met<'a>(ledger: &Ledger, releases: &BTreeSet<&'a Release>) -> BTreeSet<&'a Release> {
    let mut held: HashMap<&Indicator, Vec<&Causes>> = HashMap::new();
    for block in ledger.held() {
        held.entry(&block.entry.indicator).or_default().push(&block.entry.causes);
    }
    let meets = |release: &&Release| {
        let asked = |causes: &&Causes| release.cause.as_ref().is_none_or(|cause| causes.include(cause));
        held.get(&release.indicator).is_some_and(|blocks| blocks.iter().any(asked))
    };
    releases.iter().copied().filter(meets).collect()
}

/// What is left of a block's causes; `None` if the block goes.
fn remaining(causes: &Causes, ends: &[Option<&FindingRef>]) -> Option<Causes> {
    ends.iter().try_fold(causes.clone(), |causes, end| causes.without((*end)?))
}
