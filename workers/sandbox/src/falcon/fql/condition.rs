//! One condition of a filter, and whether a record meets it.

use std::cmp::Ordering;

use serde_json::Value;

use super::literal::Literal;

/// How a field's value stands to the condition's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is one of them.
    Is,
    /// It is none of them.
    IsNot,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// A field and what it is compared with: one value, or for [`Relation::Is`] and [`Relation::IsNot`] several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) field: String,
    pub(super) relation: Relation,
    pub(super) values: Vec<Literal>,
}

impl Condition {
    /// A list in a record meets the condition if something in it does.
    pub(super) fn holds(&self, record: &Value) -> bool {
        let is_one = |value: &Value| self.values.iter().any(|literal| literal.order(value) == Some(Ordering::Equal));
        let stands = |allowed: fn(Ordering) -> bool| {
            let in_order = |value: &Value| self.values.iter().any(|literal| literal.order(value).is_some_and(allowed));
            reaches(record, &self.field, &in_order)
        };
        match self.relation {
            Relation::Is => reaches(record, &self.field, &is_one),
            Relation::IsNot => !reaches(record, &self.field, &is_one),
            Relation::Above => stands(Ordering::is_gt),
            Relation::AtLeast => stands(Ordering::is_ge),
            Relation::Below => stands(Ordering::is_lt),
            Relation::AtMost => stands(Ordering::is_le),
        }
    }

    /// The texts of which the field must be one, if this condition says so of it.
    pub(super) fn texts(&self, field: &str) -> Option<Vec<&str>> {
        let says = self.relation == Relation::Is && self.field == field;
        says.then(|| self.values.iter().map(Literal::text).collect()).flatten()
    }
}

/// Whether something under the path has the property; a list is every one of its entries.
fn reaches(value: &Value, path: &str, property: &dyn Fn(&Value) -> bool) -> bool {
    if let Value::Array(entries) = value {
        return entries.iter().any(|entry| reaches(entry, path, property));
    }
    if path.is_empty() {
        return property(value);
    }
    let (member, rest) = path.split_once('.').unwrap_or((path, ""));
    reaches(&value[member], rest, property)
}
