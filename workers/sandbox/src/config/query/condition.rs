//! What a WHERE clause asks of an item.

use super::super::item::{Items, Property};
use crate::fleet::Instance;

/// A condition; one on a property with several values holds if it holds for any of them:
/// <https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations>
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// `=` and `IN`.
    OneOf {
        property: Property,
        values: Vec<String>,
    },
    /// `LIKE 'stem%'`, or `LIKE 'stem_'` for exactly one more character.
    Begins {
        property: Property,
        stem: String,
        one_more: bool,
    },
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

impl Condition {
    pub(super) fn holds(&self, items: Items<'_>, instance: &Instance) -> bool {
        match self {
            Self::OneOf { property, values } => {
                items.values(*property, instance).iter().any(|value| values.contains(value))
            }
            Self::Begins { property, stem, one_more } => items.values(*property, instance).iter().any(|value| {
                value.strip_prefix(stem.as_str()).is_some_and(|rest| !one_more || rest.chars().count() == 1)
            }),
            Self::Not(condition) => !condition.holds(items, instance),
            Self::And(left, right) => left.holds(items, instance) && right.holds(items, instance),
            Self::Or(left, right) => left.holds(items, instance) || right.holds(items, instance),
        }
    }

    /// The only value that it lets a property have, if there is only one.
    pub(super) fn pinned(&self, path: &str) -> Option<&str> {
        match self {
            Self::OneOf { property, values } if property.path == path => match values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            Self::And(left, right) => left.pinned(path).or_else(|| right.pinned(path)),
            _ => None,
        }
    }
}
