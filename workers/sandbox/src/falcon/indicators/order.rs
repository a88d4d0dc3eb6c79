//! The order in which indicators come.

use std::cmp::Ordering;

use serde_json::Value;

const SORTED: [&str; 6] = ["_marker", "id", "indicator", "last_updated", "published_date", "type"];

/// A field and a direction: `_marker.asc`, `last_updated|desc`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    field: &'a str,
    descending: bool,
}

impl<'a> Order<'a> {
    /// # Errors
    /// A sentence on a field or a direction that there is not.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let parts = text.split_once(['.', '|']).filter(|(field, _)| SORTED.contains(field));
        let order = parts.and_then(|(field, direction)| match direction {
            "asc" => Some(Self { field, descending: false }),
            "desc" => Some(Self { field, descending: true }),
            _ => None,
        });
        order.ok_or_else(|| format!("invalid sort: {text}"))
    }

    /// A record without the field comes last in either direction.
    pub(super) fn compare(&self, one: &Value, other: &Value) -> Ordering {
        let ordered = match (one.get(self.field), other.get(self.field)) {
            (Some(Value::String(one)), Some(Value::String(other))) => one.cmp(other),
            (Some(Value::Number(one)), Some(Value::Number(other))) => one.as_i64().cmp(&other.as_i64()),
            (one, other) => return one.is_none().cmp(&other.is_none()),
        };
        if self.descending { ordered.reverse() } else { ordered }
    }
}
