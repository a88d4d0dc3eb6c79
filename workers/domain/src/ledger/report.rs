//! What a merge did.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Held;
use super::release::{ReleaseOutcome, ReleaseReport};
use crate::block::FindingRef;
use crate::indicator::Indicator;

/// What a merge does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// One for each wanted indicator, in their order.
    pub blocks: Vec<BlockReport>,
    /// One for each block that was to be released, for each finding that was to end, in their order.
    pub released: Vec<ReleaseReport>,
    /// What each finding that was to end still has in force.
    pub left: BTreeMap<FindingRef, Vec<Held>>,
    /// Blocks whose time is over and which were taken out, in the order of the texts.
    pub expired: Vec<Held>,
    /// Lines with Falconer's mark that a person has edited: they are kept, and no longer looked after.
    pub unreadable: usize,
    /// Rules in each new text, everybody's.
    pub rules: Vec<usize>,
}

/// What became of one wanted indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockReport {
    /// The indicator.
    pub indicator: Indicator,
    /// What became of it.
    pub outcome: BlockOutcome,
    /// The block as the new text holds it, if it does.
    pub held: Option<Held>,
}

/// What became of a wanted block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BlockOutcome {
    /// It is new.
    Added,
    /// The one in force ends later now.
    Extended,
    /// The one in force drops now what it only reported, and perhaps ends later.
    Promoted,
    /// The one in force lasts as long already, and is as strong. Its causes may be more now.
    Kept,
    /// No group has room for it: it is not blocked.
    RefusedForCapacity,
    /// Its own time is over already: it is not blocked.
    AlreadyOver,
    /// Nobody but a finding asks for it, and findings have made as many blocks within the hour as they may: it is not
    /// blocked until a person asks.
    BeyondCap,
}

impl Report {
    /// This report as the one of a merge that had to be made again, because of the first it is not known what was written:
    /// what the first has done is told as done, though the second finds it so already.
    #[must_use]
    pub fn after(mut self, first: Self) -> Self {
        // Both have the same indicators in the same order.
        for (block, before) in self.blocks.iter_mut().zip(first.blocks) {
            if block.outcome == BlockOutcome::Kept && before.held.is_some() {
                block.outcome = before.outcome;
            }
        }
        let key = |report: &ReleaseReport| (report.indicator.clone(), report.cause.clone());
        let news = self.released.into_iter().filter(|report| report.outcome != ReleaseOutcome::NotHeld);
        let released = first.released.into_iter().chain(news).map(|report| (key(&report), report));
        self.released = released.collect::<BTreeMap<_, _>>().into_values().collect();
        let news = self.expired.into_iter().filter(|held| !first.expired.contains(held)).collect::<Vec<_>>();
        self.expired = first.expired.into_iter().chain(news).collect();
        self
    }
}
