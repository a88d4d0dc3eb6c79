//! What a refresh did, in numbers and a few examples.

use std::collections::BTreeMap;

use falconer_domain::hunt::{HuntName, HuntReport, MergedHunts, Ranked, Skipped};
use falconer_domain::indicator::Indicator;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::firewall::{GroupVersion, RuleGroupVersion};

/// Indicators that are named; the rest is counted. With names of any length all hunts stay below the 262,144 bytes that Step
/// Functions hands on (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const SHOWN: usize = 10;

/// Hunts that are named though they are gone.
const GONE_SHOWN: usize = 32;

/// What a refresh did, or with `dryRun` would do.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HuntRefresh {
    /// Why nothing was done, if that is so: automatic acts are paused, or no hunt is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle: Option<String>,
    /// The rule group; absent if nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupVersion>,
    /// What became of each hunt that was refreshed.
    pub hunts: BTreeMap<HuntName, RefreshedHunt>,
    /// Hunts that stood in the group and are configured no more, with how many indicators they had; at most 32.
    pub gone: BTreeMap<HuntName, usize>,
    /// Lines with Falconer's mark that a person has edited: they are kept, and no longer looked after.
    pub unreadable: usize,
}

/// What became of one hunt, in indicators.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshedHunt {
    /// How many the filter finds that can be hunted.
    pub wanted: usize,
    /// How many it looked for before and still does.
    pub kept: usize,
    /// How many it looks for now and did not before.
    pub added: usize,
    /// The first of them.
    pub first_added: Vec<Indicator>,
    /// How many it no longer looks for.
    pub removed: usize,
    /// The first of them.
    pub first_removed: Vec<Indicator>,
    /// How many found no room: the least certain and the oldest.
    pub left_out: usize,
    /// Records that cannot be hunted, by the reason.
    pub skipped: Skipped,
}

impl RefreshedHunt {
    fn new(report: HuntReport, skipped: Skipped) -> Self {
        let HuntReport { wanted, added, removed, kept, left_out } = report;
        let (how_many_added, how_many_removed) = (added.len(), removed.len());
        Self {
            wanted,
            kept,
            added: how_many_added,
            first_added: added.into_iter().take(SHOWN).collect(),
            removed: how_many_removed,
            first_removed: removed.into_iter().take(SHOWN).collect(),
            left_out,
            skipped,
        }
    }
}

impl HuntRefresh {
    /// Nothing was done, for this reason.
    pub(super) fn idle(because: String) -> Self {
        Self { idle: Some(because), ..Self::default() }
    }

    /// What a merge of these lists made of the group.
    pub(super) fn new(group: &RuleGroupVersion, merged: MergedHunts, lists: &BTreeMap<HuntName, Ranked>) -> Self {
        let (mut hunts, mut gone) = (BTreeMap::new(), BTreeMap::new());
        for (hunt, report) in merged.hunts {
            match lists.get(&hunt) {
                Some(list) => drop(hunts.insert(hunt, RefreshedHunt::new(report, list.skipped()))),
                None if gone.len() < GONE_SHOWN => drop(gone.insert(hunt, report.removed.len())),
                None => {}
            }
        }
        Self {
            idle: None,
            group: Some(GroupVersion::of(group, merged.rules)),
            hunts,
            gone,
            unreadable: merged.unreadable,
        }
    }
}
