//! How often each block and each hunted indicator was met.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Serialize;

use super::{SubjectKind, Tally, fields};
use crate::indicator::Indicator;

/// How often something was met, over all workloads and hours that the findings tell of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HitTotal {
    /// Packets that were blocked.
    pub blocked: u64,
    /// Packets that passed.
    pub allowed: u64,
    /// When the last was seen.
    pub last: Option<Timestamp>,
}

/// Sums the findings of [`GENERATOR`](super::GENERATOR), of each its `ProductFields`, by what was met. Of one that cannot be
/// read nothing is counted.
pub fn totals<'a>(
    findings: impl IntoIterator<Item = &'a HashMap<String, String>>,
) -> BTreeMap<(SubjectKind, Indicator), HitTotal> {
    let mut totals: BTreeMap<_, HitTotal> = BTreeMap::new();
    for finding in findings {
        let kind = finding.get(fields::KIND).and_then(|kind| SubjectKind::from_word(kind));
        let Some(key) = kind.zip(fields::one(finding, fields::INDICATOR)) else {
            continue;
        };
        let seen = Tally::read(finding).seen;
        let total = totals.entry(key).or_default();
        total.blocked = total.blocked.saturating_add(seen.blocked);
        total.allowed = total.allowed.saturating_add(seen.allowed);
        total.last = total.last.max(seen.last);
    }
    totals
}
