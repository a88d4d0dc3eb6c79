//! How long a block lasts.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How long a block lasts: whole minutes, hours or days from five minutes to 365 days, written `90m`, `24h` or `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]+[mhd]$"))]
pub struct Ttl {
    minutes: i64,
}

/// Why a text is not a [`Ttl`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TtlError {
    /// Not a whole number with one of the three units.
    #[error("it must be a whole number of minutes, hours or days, as in `90m`, `24h` or `7d`")]
    Form,
    /// Shorter than five minutes, or longer than 365 days.
    #[error("it must be from 5m to 365d")]
    Range,
}

impl Ttl {
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * Self::HOUR;
    /// An enforced block takes minutes to reach every zone: a shorter one would expire before it works.
    const SHORTEST: i64 = 5;
    /// A block that should outlive a year is a rule of its own, which somebody looks after.
    const LONGEST: i64 = 365 * Self::DAY;

    /// The moment at which a block made at `created` ends.
    pub fn end(self, created: Timestamp) -> Timestamp {
        created.saturating_add(SignedDuration::from_mins(self.minutes)).unwrap_or(Timestamp::MAX)
    }
}

impl FromStr for Ttl {
    type Err = TtlError;

    fn from_str(text: &str) -> Result<Self, TtlError> {
        let unit = match text.bytes().last() {
            Some(b'm') => 1,
            Some(b'h') => Self::HOUR,
            Some(b'd') => Self::DAY,
            _ => return Err(TtlError::Form),
        };
        let digits = &text[..text.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TtlError::Form);
        }
        // A number too large for i64 is out of range as well.
        let minutes = digits.parse::<i64>().ok().and_then(|number| number.checked_mul(unit));
        match minutes {
            Some(minutes) if (Self::SHORTEST..=Self::LONGEST).contains(&minutes) => Ok(Self { minutes }),
            _ => Err(TtlError::Range),
        }
    }
}

/// In the largest unit that needs no fraction.
impl fmt::Display for Ttl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minutes {
            minutes if minutes % Self::DAY == 0 => write!(formatter, "{}d", minutes / Self::DAY),
            minutes if minutes % Self::HOUR == 0 => write!(formatter, "{}h", minutes / Self::HOUR),
            minutes => write!(formatter, "{minutes}m"),
        }
    }
}

impl TryFrom<String> for Ttl {
    type Error = TtlError;

    fn try_from(text: String) -> Result<Self, TtlError> {
        text.parse()
    }
}

impl From<Ttl> for String {
    fn from(ttl: Ttl) -> Self {
        ttl.to_string()
    }
}
