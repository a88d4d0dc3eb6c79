//! The values that a filter names.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::Kind;

/// A value of the kind that its field has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Seconds(i64),
    Truth(bool),
}

impl Literal {
    /// What stood between quotes, as a value of this kind.
    ///
    /// # Errors
    /// What it should have been.
    pub(super) fn quoted(text: &str, kind: Kind) -> Result<Self, String> {
        match kind {
            Kind::Name | Kind::Text if text.contains(['*', '\\']) => Err(format!("a wildcard or an escape in {text}")),
            Kind::Name | Kind::Text => Ok(Self::Text(text.to_owned())),
            Kind::Seconds | Kind::Truth => Self::bare(text, kind),
        }
    }

    /// What stood without quotes, as a value of this kind.
    ///
    /// # Errors
    /// What it should have been.
    pub(super) fn bare(text: &str, kind: Kind) -> Result<Self, String> {
        let (value, wanted) = match kind {
            Kind::Name | Kind::Text => (None, "a value between quotes"),
            Kind::Seconds => {
                (seconds(text).map(Self::Seconds), "seconds since 1970 or a time such as 2024-05-01T00:00:00Z")
            }
            Kind::Truth => (text.parse().ok().map(Self::Truth), "true or false"),
        };
        value.ok_or_else(|| format!("not {wanted}: {text}"))
    }

    /// How a record's value stands to this one, if it is of its kind.
    pub(super) fn order(&self, value: &Value) -> Option<Ordering> {
        match (self, value) {
            (Self::Text(text), Value::String(value)) => Some(value.as_str().cmp(text)),
            (Self::Seconds(seconds), Value::Number(value)) => value.as_i64().map(|value| value.cmp(seconds)),
            (Self::Truth(truth), Value::Bool(value)) => Some(value.cmp(truth)),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Seconds(_) | Self::Truth(_) => None,
        }
    }
}

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| text.parse().ok().map(Timestamp::as_second))
}
