//! Taking blocks back: whole, or for one of the findings that asked for them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Held, Ledger};
use crate::block::{Causes, Entry, FindingRef};
use crate::indicator::Indicator;

/// What to take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// The block of an indicator, whoever asked for it.
    Block(Indicator),
    /// All that a finding asks for: the blocks that list it, and those of these indicators that count it. A block stays for
    /// others that ask for it.
    Finding {
        /// The finding that no longer asks.
        finding: FindingRef,
        /// What it names, since a block with many causes only counts it.
        indicators: Vec<Indicator>,
    },
}

/// What became of a block that was to be released, as a whole or for one finding.
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

/// A block, and the finding whose claim on it ends; without one the block ends, whoever asked.
type End = (Indicator, Option<FindingRef>);

/// Takes out what is released. Several releases of one block are one, so that their order does not matter.
pub(super) fn release(ledger: &mut Ledger, releases: &[Release]) -> Vec<ReleaseReport> {
    if releases.is_empty() {
        // Most changes release nothing, and the ledger may be long.
        return Vec::new();
    }
    let ends: BTreeSet<End> = releases.iter().flat_map(|release| release.ends(ledger)).collect();
    let mut causes: HashMap<&Indicator, Vec<Option<&FindingRef>>> = HashMap::new();
    for (indicator, cause) in &ends {
        causes.entry(indicator).or_default().push(cause.as_ref());
    }
    let met = met(ledger, &ends);
    ledger.take_out(|held| {
        causes.get(&held.entry.indicator).is_some_and(|ends| remaining(&held.entry.causes, ends).is_none())
    });
    for block in 0..ledger.held().len() {
        let entry = &ledger.held()[block].entry;
        let causes = causes.get(&entry.indicator).and_then(|ends| remaining(&entry.causes, ends));
        if let Some(causes) = causes.filter(|causes| *causes != entry.causes) {
            let entry = Entry { causes, ..entry.clone() };
            ledger.rewrite(block, entry);
        }
    }
    let stays: HashSet<&Indicator> = ledger.held().iter().map(|held| &held.entry.indicator).collect();
    let report = |end: &End| {
        let (indicator, cause) = end.clone();
        let outcome = match (met.contains(end), stays.contains(&indicator)) {
            (false, _) => ReleaseOutcome::NotHeld,
            (true, false) => ReleaseOutcome::Released,
            (true, true) => ReleaseOutcome::CauseEnded,
        };
        ReleaseReport { indicator, cause, outcome }
    };
    ends.iter().map(report).collect()
}

/// What the findings that were to end still have in force.
pub(super) fn left(ledger: &Ledger, releases: &[Release]) -> BTreeMap<FindingRef, Vec<Held>> {
    let findings = releases.iter().filter_map(Release::finding);
    findings.map(|finding| (finding.clone(), ledger.held_for(finding).cloned().collect())).collect()
}

impl Release {
    /// The finding that ends, if one does.
    pub fn finding(&self) -> Option<&FindingRef> {
        match self {
            Self::Finding { finding, .. } => Some(finding),
            Self::Block(_) => None,
        }
    }

    /// The block that ends whoever asked, if one does.
    pub fn block(&self) -> Option<&Indicator> {
        match self {
            Self::Block(indicator) => Some(indicator),
            Self::Finding { .. } => None,
        }
    }

    fn ends(&self, ledger: &Ledger) -> Vec<End> {
        match self {
            Self::Block(indicator) => vec![(indicator.clone(), None)],
            Self::Finding { finding, indicators } => {
                let held = ledger.held_for(finding).map(|held| &held.entry.indicator);
                held.chain(indicators).map(|indicator| (indicator.clone(), Some(finding.clone()))).collect()
            }
        }
    }
}

/// The ends that meet a block.
fn met(ledger: &Ledger, ends: &BTreeSet<End>) -> BTreeSet<End> {
    let mut held: HashMap<&Indicator, Vec<&Causes>> = HashMap::new();
    for block in ledger.held() {
        held.entry(&block.entry.indicator).or_default().push(&block.entry.causes);
    }
    let meets = |(indicator, cause): &&End| {
        let asked = |causes: &&Causes| cause.as_ref().is_none_or(|cause| causes.include(cause));
        held.get(indicator).is_some_and(|blocks| blocks.iter().any(asked))
    };
    ends.iter().filter(meets).cloned().collect()
}

/// What is left of a block's causes; `None` if the block goes.
fn remaining(causes: &Causes, ends: &[Option<&FindingRef>]) -> Option<Causes> {
    ends.iter().try_fold(causes.clone(), |causes, end| causes.without((*end)?))
}
