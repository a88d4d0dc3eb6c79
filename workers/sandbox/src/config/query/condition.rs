//! What a WHERE clause asks of an item.

use crate::config::item::{Item, Items, Property, Scalar};

/// A condition; one on a property with several values holds if it holds for any of them:
/// <https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html#query-limitations>
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// `=` and `IN`.
    OneOf {
        property: Property,
        values: Vec<Scalar>,
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
    pub(super) fn holds(&self, items: Items<'_>, item: Item<'_>) -> bool {
        match self {
            Self::OneOf { property, values } => {
                items.values(*property, item).iter().any(|value| values.contains(value))
            }
            Self::Begins { property, stem, one_more } => items.values(*property, item).iter().any(|value| {
                let rest = match value {
                    Scalar::Text(text) => text.strip_prefix(stem.as_str()),
                    Scalar::Flag(_) => None,
                };
                rest.is_some_and(|rest| !one_more || rest.chars().count() == 1)
            }),
            Self::Not(condition) => !condition.holds(items, item),
            Self::And(left, right) => left.holds(items, item) && right.holds(items, item),
            Self::Or(left, right) => left.holds(items, item) || right.holds(items, item),
        }
    }

    /// The only value that it lets a property have, if there is only one.
    pub(super) fn pinned(&self, path: &str) -> Option<&str> {
        match self {
            Self::OneOf { property, values } if property.path == path => match values.as_slice() {
                [Scalar::Text(value)] => Some(value),
                _ => None,
            },
            Self::And(left, right) => left.pinned(path).or_else(|| right.pinned(path)),
            _ => None,
        }
    }
}
