//! What traffic met: a block or a hunt.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::Causes;
use crate::hunt::{Details, HuntName};
use crate::indicator::Indicator;

/// What traffic met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A block.
    Block {
        /// What is blocked.
        indicator: Indicator,
        /// The findings that asked for it; not known of a block that is gone, if another than its first rule was met.
        causes: Option<Causes>,
    },
    /// An indicator of a hunt.
    Hunt {
        /// What is looked for.
        indicator: Indicator,
        /// Who looks for it; none if the rule is gone and another than its first was met.
        hunts: BTreeSet<HuntName>,
        /// What is known of it, unless the rule is gone.
        details: Option<Details>,
    },
}

/// The kinds of what traffic can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SubjectKind {
    /// A block.
    Block,
    /// A hunt.
    Hunt,
}

impl SubjectKind {
    const ALL: [Self; 2] = [Self::Block, Self::Hunt];

    /// The kind of this word.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.to_string() == word)
    }
}

/// `block` or `hunt`.
impl fmt::Display for SubjectKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Block => "block",
            Self::Hunt => "hunt",
        })
    }
}

impl Subject {
    /// The indicator that was met.
    pub fn indicator(&self) -> &Indicator {
        match self {
            Self::Block { indicator, .. } | Self::Hunt { indicator, .. } => indicator,
        }
    }

    /// Whether it is a block or a hunt.
    pub fn kind(&self) -> SubjectKind {
        match self {
            Self::Block { .. } => SubjectKind::Block,
            Self::Hunt { .. } => SubjectKind::Hunt,
        }
    }

    /// What tells it from every other in the Id of a finding, which may not hold whatever stands in an indicator:
    /// `hunt-0123456789abcdef`.
    pub(super) fn key(&self) -> String {
        format!("{}-{:016x}", self.kind(), self.indicator().number())
    }

    /// The one of two for the same indicator that tells more.
    pub(super) fn or(self, other: Self) -> Self {
        let tells_more = |subject: &Self| match subject {
            Self::Block { causes, .. } => causes.is_some(),
            Self::Hunt { hunts, details, .. } => details.is_some() || !hunts.is_empty(),
        };
        if tells_more(&self) { self } else { other }
    }
}
