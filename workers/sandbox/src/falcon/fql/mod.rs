//! Filters in Falcon's query language: `field:'value'`, `field:!'value'`, `field:>'value'` or `field:['one','other']`, joined
//! with `+` for "and" and `,` for "or".
//!
//! <https://falconpy.io/Falcon-Query-Language>. What may be asked of a field is said by its [`Kind`]. Parentheses, wildcards,
//! text matches (`~`) and times that are relative to now are refused. Texts are compared as they are, where Falcon has fields
//! that do not mind the case or take a part for the whole (<https://github.com/CrowdStrike/psfalcon/wiki/Filtering-Results>).

mod condition;
mod literal;
mod parser;

#[cfg(test)]
mod tests;

use serde_json::Value;

use condition::Condition;

/// What a field holds, and so what may be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text that a filter can only name.
    Name,
    /// A text that has an order.
    Text,
    /// Seconds since 1970; a filter may write them as a time.
    Seconds,
    /// `true` or `false`.
    Truth,
}

/// A filter; the default lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// One of them must hold, unless there is none.
    alternatives: Vec<Vec<Condition>>,
}

impl Filter {
    /// Reads a filter; `kind` knows the fields.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str, kind: impl Fn(&str) -> Option<Kind>) -> Result<Self, String> {
        parser::alternatives(text, &kind).map(|alternatives| Self { alternatives })
    }

    /// Whether a record passes. What is no object has no fields that it could fail by.
    pub(super) fn passes(&self, record: &Value) -> bool {
        let hold = |all: &Vec<Condition>| all.iter().all(|condition| condition.holds(record));
        self.alternatives.is_empty() || !record.is_object() || self.alternatives.iter().any(hold)
    }

    /// The texts of which every record that passes has one in this field, if the filter says which.
    pub(super) fn values(&self, field: &str) -> Option<Vec<&str>> {
        let mut values = Vec::new();
        for all in &self.alternatives {
            values.extend(all.iter().find_map(|condition| condition.texts(field))?);
        }
        (!self.alternatives.is_empty()).then_some(values)
    }
}
