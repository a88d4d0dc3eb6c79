//! How bad a finding is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `Severity.Label` (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html>); a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// No issue was found.
    Informational,
    /// It needs no action by itself.
    Low,
    /// It must be looked at, not at once.
    Medium,
    /// It must be looked at before others.
    High,
    /// It must be looked at now.
    Critical,
}

impl Severity {
    const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The label as Security Hub writes it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Informational => "INFORMATIONAL",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    /// The severity with this label, in any case.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.label().eq_ignore_ascii_case(label))
    }
}
