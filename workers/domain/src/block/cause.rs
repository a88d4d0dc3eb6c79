//! Why there is a block: the finding behind it, and who asked.

use std::fmt::{self, Write as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Who asked for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Requester {
    /// A finding that Security Hub imported: nobody looked at it.
    Imported,
    /// A person who chose the finding and the custom action in Security Hub.
    Action,
    /// A person who wrote the manual form.
    Manual,
}

impl Requester {
    const ALL: [Self; 3] = [Self::Imported, Self::Action, Self::Manual];

    /// Whether nobody but a finding asks, at which no person has looked.
    pub fn is_automatic(self) -> bool {
        self == Self::Imported
    }

    /// The word that stands in a rule's metadata.
    pub fn token(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Action => "action",
            Self::Manual => "manual",
        }
    }

    /// The requester with this token.
    pub fn from_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|requester| requester.token() == token)
    }
}

/// The finding behind a block, short enough for a rule.
///
/// Sixteen hexadecimal digits of SHA-256 tell a million findings apart with a chance of 1 in 36 million to be wrong, and
/// hold nothing that a rule could choke on, whatever a provider puts into a finding's Id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^([0-9a-f]{16}|manual)$"))]
pub enum FindingRef {
    /// The first 16 hexadecimal digits of SHA-256 over the Id, a zero byte and the ProductArn.
    Hash(String),
    /// No finding: a person asked.
    Manual,
}

/// A text is not a reference to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a finding is referred to by 16 hexadecimal digits in lower case, or as `manual`")]
pub struct FindingRefError;

impl FindingRef {
    const DIGITS: usize = 16;
    const MANUAL: &str = "manual";

    /// The reference of the finding with this `Id` and `ProductArn`, which together name it in Security Hub.
    pub fn of(id: &str, product_arn: &str) -> Self {
        let digest = Sha256::new().chain_update(id).chain_update([0]).chain_update(product_arn).finalize();
        let mut hash = String::with_capacity(Self::DIGITS);
        for byte in digest.iter().take(Self::DIGITS / 2) {
            // Writing to a String cannot fail.
            let _ = write!(hash, "{byte:02x}");
        }
        Self::Hash(hash)
    }

    /// The finding's own bit among those that [`Causes`](super::Causes) marks.
    pub(super) fn mark(&self) -> u64 {
        let number = match self {
            Self::Hash(hash) => u64::from_str_radix(hash, 16).unwrap_or_default(),
            Self::Manual => 0,
        };
        1 << (number % u64::from(u64::BITS))
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn from_token(token: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        match token {
            Self::MANUAL => Some(Self::Manual),
            hash if hash.len() == Self::DIGITS && hash.bytes().all(digit) => Some(Self::Hash(hash.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for FindingRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Hash(hash) => hash,
            Self::Manual => Self::MANUAL,
        })
    }
}

impl TryFrom<String> for FindingRef {
    type Error = FindingRefError;

    fn try_from(token: String) -> Result<Self, FindingRefError> {
        Self::from_token(&token).ok_or(FindingRefError)
    }
}

impl From<FindingRef> for String {
    fn from(reference: FindingRef) -> Self {
        reference.to_string()
    }
}
