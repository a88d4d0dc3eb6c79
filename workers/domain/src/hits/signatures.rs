//! From a signature id to the block or the hunt behind it.

use std::collections::HashMap;

use super::alert::Alert;
use super::batch::AlertLog;
use super::hit::{Hits, Met};
use super::{Subject, fallback};
use crate::hunt::HuntGroup;
use crate::ledger::Ledger;
use crate::rule_group::SidRange;

/// The signature ids of our rules, with what they stand for.
#[derive(Clone, Debug)]
pub struct Signatures {
    subjects: HashMap<u32, Subject>,
    blocks: SidRange,
    hunts: SidRange,
}

impl Signatures {
    /// Those of the rule groups' texts. The ranges are those that the configuration gives to new rules: an alert in them whose
    /// rule is gone is told by what the log says of the rule.
    pub fn of(ledger: &Ledger, hunts: &HuntGroup, block_sids: SidRange, hunt_sids: SidRange) -> Self {
        let blocks = ledger.held().iter().map(|held| {
            let (indicator, causes) = (held.entry.indicator.clone(), Some(held.entry.causes.clone()));
            (&held.sids, Subject::Block { indicator, causes })
        });
        let hunts = hunts.hunted().iter().map(|hunted| {
            let (indicator, details) = (hunted.indicator.clone(), Some(hunted.details.clone()));
            (&hunted.sids, Subject::Hunt { indicator, hunts: hunted.hunts.clone(), details })
        });
        let of_each = |(sids, subject): (&Vec<u32>, Subject)| {
            sids.iter().map(move |sid| (*sid, subject.clone())).collect::<Vec<_>>()
        };
        Self { subjects: blocks.chain(hunts).flat_map(of_each).collect(), blocks: block_sids, hunts: hunt_sids }
    }

    /// The hits of a log's alerts.
    pub fn meet(&self, log: &AlertLog) -> Met {
        let mut hits = Hits::default();
        let (mut foreign, mut unknown) = (0, 0);
        for delivery in &log.deliveries {
            for alert in &delivery.alerts {
                match self.subject(alert) {
                    Some(subject) => hits.add(subject, alert, &delivery.reference),
                    None if self.blocks.contains(alert.sid) || self.hunts.contains(alert.sid) => unknown += 1,
                    None => foreign += 1,
                }
            }
        }
        Met { hits: hits.into_hits(), foreign, unknown }
    }

    fn subject(&self, alert: &Alert) -> Option<Subject> {
        match self.subjects.get(&alert.sid) {
            Some(subject) => Some(subject.clone()),
            None if self.blocks.contains(alert.sid) => fallback::block(alert, self.blocks),
            None if self.hunts.contains(alert.sid) => fallback::hunt(alert, self.hunts),
            None => None,
        }
    }
}
