//! How sure Falcon Intelligence is that an indicator is bad.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `malicious_confidence` of a record; a later one is surer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Confidence {
    /// Nobody has looked, or the record says nothing that is known.
    Unverified,
    /// Perhaps.
    Low,
    /// Probably.
    Medium,
    /// In all likelihood.
    High,
}

impl Confidence {
    const ALL: [Self; 4] = [Self::Unverified, Self::Low, Self::Medium, Self::High];

    /// The word that Falcon writes, and a rule's metadata.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The confidence of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.word() == word)
    }
}
