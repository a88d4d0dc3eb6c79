//! How many instances there are of each verdict.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdict::Verdict;

/// A verdict without its particulars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum VerdictKind {
    /// [`Verdict::Healthy`]
    Healthy,
    /// [`Verdict::Missing`]
    Missing,
    /// [`Verdict::Stale`]
    Stale,
    /// [`Verdict::ReducedFunctionality`]
    ReducedFunctionality,
    /// [`Verdict::Outdated`]
    Outdated,
    /// [`Verdict::Unmanaged`]
    Unmanaged,
    /// [`Verdict::UnsupportedPlatform`]
    UnsupportedPlatform,
    /// [`Verdict::Excluded`]
    Excluded,
    /// [`Verdict::Unknown`]
    Unknown,
}

/// Instances by verdict; a verdict that nobody got is not there, so that the tally of an account is small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tally(BTreeMap<VerdictKind, u64>);

impl VerdictKind {
    /// In their order.
    pub const ALL: [Self; 9] = [
        Self::Healthy,
        Self::Missing,
        Self::Stale,
        Self::ReducedFunctionality,
        Self::Outdated,
        Self::Unmanaged,
        Self::UnsupportedPlatform,
        Self::Excluded,
        Self::Unknown,
    ];

    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::ReducedFunctionality => "reduced functionality",
            Self::Outdated => "outdated",
            Self::Unmanaged => "unmanaged",
            Self::UnsupportedPlatform => "unsupported platform",
            Self::Excluded => "excluded",
            Self::Unknown => "unknown",
        }
    }
}

impl Verdict {
    /// The verdict without its particulars.
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Healthy { .. } => VerdictKind::Healthy,
            Self::Missing { .. } => VerdictKind::Missing,
            Self::Stale { .. } => VerdictKind::Stale,
            Self::ReducedFunctionality { .. } => VerdictKind::ReducedFunctionality,
            Self::Outdated { .. } => VerdictKind::Outdated,
            Self::Unmanaged { .. } => VerdictKind::Unmanaged,
            Self::UnsupportedPlatform { .. } => VerdictKind::UnsupportedPlatform,
            Self::Excluded { .. } => VerdictKind::Excluded,
            Self::Unknown { .. } => VerdictKind::Unknown,
        }
    }
}

impl Tally {
    /// Counts one instance.
    pub fn count(&mut self, verdict: &Verdict) {
        *self.0.entry(verdict.kind()).or_default() += 1;
    }

    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        for (kind, number) in &other.0 {
            *self.0.entry(*kind).or_default() += number;
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are of one verdict.
    pub fn of(&self, kind: VerdictKind) -> u64 {
        self.0.get(&kind).copied().unwrap_or_default()
    }

    /// How many there are in all.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// `480 instances: 470 healthy, 8 missing, 2 excluded`.
    pub fn sentence(&self) -> String {
        let total = self.total();
        let plural = if total == 1 { "" } else { "s" };
        let parts: Vec<String> = self.0.iter().map(|(kind, number)| format!("{number} {}", kind.words())).collect();
        if parts.is_empty() {
            "0 instances".to_owned()
        } else {
            format!("{total} instance{plural}: {}", parts.join(", "))
        }
    }
}
