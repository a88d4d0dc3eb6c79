//! What a merge did for one hunt.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{HuntGroup, HuntName};
use crate::indicator::Indicator;

/// What a merge did for one hunt, in indicators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HuntReport {
    /// How many the hunt looks for.
    pub wanted: usize,
    /// Those that it looks for now and did not before, in their order.
    pub added: Vec<Indicator>,
    /// Those that it no longer looks for, in their order.
    pub removed: Vec<Indicator>,
    /// How many it looked for before and still does.
    pub kept: usize,
    /// How many found no room: the least certain and the oldest.
    pub left_out: usize,
}

impl HuntReport {
    /// This and an earlier one of the same hunt, whose text may have been written or not: both together tell what became of
    /// the text before either.
    #[must_use]
    pub(super) fn after(self, earlier: Self) -> Self {
        let together = |these: Vec<Indicator>, those: Vec<Indicator>| -> Vec<Indicator> {
            these.into_iter().chain(those).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let standing = self.kept + self.added.len();
        let added = together(self.added, earlier.added);
        let removed = together(self.removed, earlier.removed);
        Self { kept: standing.saturating_sub(added.len()), added, removed, ..self }
    }
}

/// The indicators of each hunt in a group.
pub(super) struct Holdings(BTreeMap<HuntName, BTreeSet<Indicator>>);

impl Holdings {
    pub(super) fn of(group: &HuntGroup) -> Self {
        let mut holdings: BTreeMap<HuntName, BTreeSet<Indicator>> = BTreeMap::new();
        for hunted in group.hunted() {
            for hunt in &hunted.hunts {
                holdings.entry(hunt.clone()).or_default().insert(hunted.indicator.clone());
            }
        }
        Self(holdings)
    }

    /// The hunts that hold anything.
    pub(super) fn hunts(&self) -> impl Iterator<Item = &HuntName> {
        self.0.keys()
    }

    /// What became of a hunt that wants so many indicators, between these holdings and later ones.
    pub(super) fn report(&self, later: &Self, hunt: &HuntName, wanted: usize) -> HuntReport {
        let nothing = BTreeSet::new();
        let (before, after) = (self.0.get(hunt).unwrap_or(&nothing), later.0.get(hunt).unwrap_or(&nothing));
        HuntReport {
            wanted,
            added: after.difference(before).cloned().collect(),
            removed: before.difference(after).cloned().collect(),
            kept: after.intersection(before).count(),
            left_out: wanted.saturating_sub(after.len()),
        }
    }
}
