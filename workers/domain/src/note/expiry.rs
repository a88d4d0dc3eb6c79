//! What is over of what a finding was told.

use super::Told;
use super::text::minute;
use crate::block::FindingRef;
use crate::indicator::Indicator;
use crate::ledger::{Held, Ledger};

/// What became of a finding's blocks since it was told of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// What was told and is no longer in force.
    pub expired: Vec<Indicator>,
    /// What the finding has in force.
    pub left: Vec<Held>,
}

impl Expiry {
    /// Compares what a finding was told with the ledger. `None` if it is still true, so that telling it twice is telling it
    /// once: nothing is over, and what is in force ends in the minute that was told, or in one that nobody can read.
    ///
    /// A block of which others have become the cause, or which others have extended, is in force for this finding too as
    /// long as the ledger counts it among the causes.
    pub fn of(finding: &FindingRef, told: &Told, ledger: &Ledger) -> Option<Self> {
        let asked_for = |held: &&Held| {
            let causes = &held.entry.causes;
            // Of one that is only counted the ledger is sure enough if the finding names the indicator itself.
            causes.listed().contains(finding) || told.blocked.contains(&held.entry.indicator) && causes.include(finding)
        };
        let left: Vec<Held> = ledger.held().iter().filter(asked_for).cloned().collect();
        let is_left = |indicator: &&Indicator| left.iter().any(|held| held.entry.indicator == **indicator);
        let expired: Vec<Indicator> = told.blocked.iter().filter(|told| !is_left(told)).cloned().collect();
        let first_end = left.iter().map(|held| held.entry.expires).min();
        let is_told = first_end.is_some_and(|end| {
            expired.is_empty() && told.until.is_none_or(|until| minute(until).to_string() == minute(end).to_string())
        });
        (!is_told).then_some(Self { expired, left })
    }
}
