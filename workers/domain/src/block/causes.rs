//! The findings that stand behind one block, in a size that a rule can carry.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::FindingRef;

/// The findings that asked for one block; never none.
///
/// The oldest three stand by their reference. The others are marks in 64 bits: each finding has one, taken from its
/// reference, so that a finding which asks twice is counted once, and one that ends takes back its own mark. A plain
/// number could do neither, and merging a request again would change the ledger. The price is that two findings share a
/// mark now and then: the number is then too low, and the two end together.
///
/// Written as `e5e80084e2842703`, as `e5e80084e2842703+manual`, or with marks after a slash as
/// `e5e80084e2842703+manual+0123456789abcdef/0000000000000400`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^(([0-9a-f]{16}|manual)([+]([0-9a-f]{16}|manual)){0,2})?(/[0-9a-f]{16})?$"))]
pub struct Causes {
    /// At most three, the oldest first. None when all of them have ended and others have not.
    listed: Vec<FindingRef>,
    /// The marks of the others.
    marks: u64,
}

/// A text is not a list of causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "causes are up to three references of findings with `+` between, and 16 hexadecimal digits after `/` for others"
)]
pub struct CausesError;

impl Causes {
    /// How many stand by their reference.
    const LISTED: usize = 3;
    /// Hexadecimal digits of the marks.
    const DIGITS: usize = 16;

    /// The findings that stand by their reference, the oldest first.
    pub fn listed(&self) -> &[FindingRef] {
        &self.listed
    }

    /// How many others there are; too low by one for each two that share a mark.
    pub fn others(&self) -> u32 {
        self.marks.count_ones()
    }

    /// How many there are, listed and others.
    pub fn count(&self) -> usize {
        self.listed.len() + self.others() as usize
    }

    /// Whether a finding is among them: for certain if it is listed, and else in all likelihood.
    pub fn include(&self, finding: &FindingRef) -> bool {
        self.listed.contains(finding) || self.marks & finding.mark() != 0
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, finding: FindingRef) -> Self {
        if !self.include(&finding) {
            match self.listed.len() {
                ..Self::LISTED => self.listed.push(finding),
                _ => self.marks |= finding.mark(),
            }
        }
        self
    }

    /// These and those of another request for the same block.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let mut causes = other.listed.iter().cloned().fold(self, Self::with);
        causes.marks |= other.marks;
        causes
    }

    /// These without one; `None` if there is none left. One that is not among them changes nothing.
    pub fn without(mut self, finding: &FindingRef) -> Option<Self> {
        let listed = self.listed.len();
        self.listed.retain(|cause| cause != finding);
        if self.listed.len() == listed {
            self.marks &= !finding.mark();
        }
        (!self.is_empty()).then_some(self)
    }

    /// Reads what [`fmt::Display`] writes, and nothing else.
    pub fn from_token(token: &str) -> Option<Self> {
        let (listed, marks) = match token.split_once('/') {
            None => (token, 0),
            Some((listed, marks)) => (listed, read_marks(marks)?),
        };
        let references = listed.split('+').filter(|_| !listed.is_empty());
        let listed = references.map(FindingRef::from_token).collect::<Option<Vec<_>>>()?;
        let causes = Self { listed, marks };
        let is_ours = causes.listed.len() <= Self::LISTED && causes.to_string() == token;
        (is_ours && !causes.is_empty()).then_some(causes)
    }

    fn is_empty(&self) -> bool {
        self.listed.is_empty() && self.marks == 0
    }
}

fn read_marks(text: &str) -> Option<u64> {
    (text.len() == Causes::DIGITS).then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

impl From<FindingRef> for Causes {
    fn from(finding: FindingRef) -> Self {
        Self { listed: vec![finding], marks: 0 }
    }
}

impl fmt::Display for Causes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, finding) in self.listed.iter().enumerate() {
            let separator = if place == 0 { "" } else { "+" };
            write!(formatter, "{separator}{finding}")?;
        }
        if self.marks != 0 {
            write!(formatter, "/{:0digits$x}", self.marks, digits = Self::DIGITS)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Causes {
    type Error = CausesError;

    fn try_from(token: String) -> Result<Self, CausesError> {
        Self::from_token(&token).ok_or(CausesError)
    }
}

impl From<Causes> for String {
    fn from(causes: Causes) -> Self {
        causes.to_string()
    }
}
