//! Choice rules: what a Choice state asks of its input.
//!
//! Source: <https://states-language.net/spec.html#choice-state>. A comparison of two types that do not fit is false; a
//! variable that is not there fails the execution, except for `IsPresent`.

use std::cmp::Ordering;

use serde_json::Value;

use super::path::Path;
use super::{Scope, timestamp};
use crate::states::failure::Failure;

/// One rule, with all the rules in it.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    /// `And`
    All(Vec<Rule>),
    /// `Or`
    Any(Vec<Rule>),
    /// `Not`
    Not(Box<Rule>),
    /// A comparison of one variable.
    Test {
        /// Where the variable is.
        variable: Path,
        /// What is asked of it.
        test: Test,
    },
}

/// What is asked of a variable.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// `IsString` and its kin: whether the answer is the expected one.
    Is(Nature, bool),
    /// `StringMatches`
    Matches(String),
    /// `NumericLessThanPath` and its kin.
    Compare {
        /// How both sides are read.
        family: Family,
        /// Which orders of left and right satisfy it.
        satisfied_by: &'static [Ordering],
        /// The right side.
        operand: Operand,
    },
}

/// What a variable can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    Null,
    Present,
    Number,
    Text,
    Boolean,
    Timestamp,
}

/// How the two sides of a comparison are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Text,
    Number,
    Boolean,
    Timestamp,
}

/// The right side of a comparison.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    /// Written in the definition.
    Literal(Value),
    /// Taken from the input or the context object.
    Path(Path),
}

impl Rule {
    /// Whether the rule holds.
    ///
    /// # Errors
    /// `States.Runtime` if a variable or an operand is not there.
    pub(crate) fn holds(&self, scope: Scope<'_>) -> Result<bool, Failure> {
        match self {
            Self::All(rules) => rules.iter().try_fold(true, |so_far, rule| Ok(so_far && rule.holds(scope)?)),
            Self::Any(rules) => rules.iter().try_fold(false, |so_far, rule| Ok(so_far || rule.holds(scope)?)),
            Self::Not(rule) => rule.holds(scope).map(|holds| !holds),
            Self::Test { variable, test: Test::Is(Nature::Present, expected) } => {
                Ok(variable.find(scope).is_some() == *expected)
            }
            Self::Test { variable, test } => test.holds(&present(variable, scope)?, scope),
        }
    }
}

impl Test {
    fn holds(&self, value: &Value, scope: Scope<'_>) -> Result<bool, Failure> {
        match self {
            Self::Is(nature, expected) => Ok(nature.fits(value) == *expected),
            Self::Matches(pattern) => Ok(value.as_str().is_some_and(|text| matches(pattern, text))),
            Self::Compare { family, satisfied_by, operand } => {
                let ordering = match operand {
                    Operand::Literal(other) => family.compare(value, other),
                    Operand::Path(path) => family.compare(value, &present(path, scope)?),
                };
                Ok(ordering.is_some_and(|ordering| satisfied_by.contains(&ordering)))
            }
        }
    }
}

fn present(path: &Path, scope: Scope<'_>) -> Result<Value, Failure> {
    path.find(scope).ok_or_else(|| {
        let path = path.text();
        Failure::runtime(format!(
            "Invalid path '{path}': The choice state's condition path references an invalid value."
        ))
    })
}

impl Nature {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Present => true,
            Self::Number => value.is_number(),
            Self::Text => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => value.as_str().is_some_and(|text| timestamp::parse(text).is_some()),
        }
    }
}

impl Family {
    /// Whether a literal of the definition is one that this family can compare with.
    pub(crate) fn accepts(self, literal: &Value) -> bool {
        match self {
            Self::Text => literal.is_string(),
            Self::Number => literal.is_number(),
            Self::Boolean => literal.is_boolean(),
            Self::Timestamp => Nature::Timestamp.fits(literal),
        }
    }

    fn compare(self, left: &Value, right: &Value) -> Option<Ordering> {
        match self {
            Self::Text => Some(left.as_str()?.cmp(right.as_str()?)),
            Self::Boolean => Some(left.as_bool()?.cmp(&right.as_bool()?)),
            Self::Timestamp => Some(timestamp::parse(left.as_str()?)?.cmp(&timestamp::parse(right.as_str()?)?)),
            Self::Number => match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
            },
        }
    }
}

/// Whether the pattern, in which `*` stands for any characters and `\*` for itself, fits the whole text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = vec![String::new()];
    let mut characters = pattern.chars();
    while let Some(c) = characters.next() {
        match (c, parts.last_mut()) {
            ('*', _) => parts.push(String::new()),
            ('\\', Some(part)) => part.extend(characters.next()),
            (_, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    let [first, middle @ .., last] = parts.as_slice() else {
        return parts.first().is_some_and(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else {
        return false;
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part.as_str()) else {
            return false;
        };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_an_escaped_one_for_itself() {
        for (pattern, text) in [
            ("*", ""),
            ("foo*.log", "foo23.log"),
            ("foo*.log", "foo.log"),
            ("*zebra*", "a zebra b"),
            ("a*b*c", "a-b-b-c"),
            (r"\*\\", r"*\"),
            ("exact", "exact"),
        ] {
            assert!(matches(pattern, text), "{pattern} should match {text}");
        }
        for (pattern, text) in
            [("foo*.log", "foo.txt"), ("ab*ba", "aba"), (r"\*", "x"), ("exact", "exactly"), ("a*b*c", "a-c"), ("", "x")]
        {
            assert!(!matches(pattern, text), "{pattern} should not match {text}");
        }
    }

    #[test]
    fn timestamps_are_compared_as_points_in_time_and_must_be_written_strictly() {
        let compare = |left: &str, right: &str| Family::Timestamp.compare(&left.into(), &right.into());
        assert_eq!(compare("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"), Some(Ordering::Equal));
        assert_eq!(compare("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z"), Some(Ordering::Greater));
        assert_eq!(compare("2026-01-01t00:00:00Z", "2026-01-01T00:00:00Z"), None);
        assert_eq!(compare("2026-01-01T00:00:00z", "2026-01-01T00:00:00Z"), None);
    }
}
