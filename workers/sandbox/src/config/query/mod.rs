//! Advanced queries: a subset of SQL's SELECT.
//!
//! <https://docs.aws.amazon.com/config/latest/developerguide/query-components.html>. The sandbox has of it `COUNT(*)`, `=`,
//! `IN`, `LIKE`, `AND`, `OR`, `NOT`, `GROUP BY` and `ORDER BY`.

mod condition;
mod parser;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::item::{Item, Items, Property, Scalar, place, tags};
use crate::paging::{BadToken, Page, page};
use condition::Condition;

/// A query that was understood.
#[derive(Clone, Debug)]
pub(super) struct Query {
    columns: Vec<Column>,
    condition: Option<Condition>,
    groups: Vec<Property>,
    order: Vec<Order>,
}

/// What is selected.
#[derive(Clone, Copy, Debug)]
enum Column {
    Scalar(Property),
    Configuration,
    Tags,
    Count,
}

#[derive(Clone, Copy, Debug)]
struct Order {
    property: Property,
    descending: bool,
}

/// The values of the properties of a GROUP BY.
type Group = Vec<Option<Scalar>>;

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text)
    }

    /// Whether it counts resources instead of listing them.
    pub(super) fn is_aggregation(&self) -> bool {
        self.columns.iter().any(|column| matches!(column, Column::Count))
    }

    /// The only value that a resource may have at this path, if the query asks for one.
    pub(super) fn pinned(&self, path: &str) -> Option<&str> {
        self.condition.as_ref().and_then(|condition| condition.pinned(path))
    }

    /// `SelectFields` of a `QueryInfo`.
    pub(super) fn fields(&self) -> Value {
        self.columns.iter().map(|column| json!({ "Name": column.name() })).collect()
    }

    /// One page of the rows that the query gives of these resources.
    pub(super) fn page<'a>(
        &self,
        items: Items<'_>,
        resources: impl Iterator<Item = Item<'a>>,
        size: usize,
        token: Option<&str>,
    ) -> Result<Page<Value>, BadToken> {
        let holds = |item: &Item<'a>| self.condition.as_ref().is_none_or(|condition| condition.holds(items, *item));
        let found = resources.filter(holds);
        if self.is_aggregation() {
            return page(self.counts(items, found).into_iter(), size, token);
        }
        let found = if self.order.is_empty() {
            page(found, size, token)?
        } else {
            page(self.ordered(items, found).into_iter(), size, token)?
        };
        let rows = found.items.into_iter().map(|item| self.row(items, item));
        Ok(Page { items: rows.collect(), next: found.next })
    }

    fn row(&self, items: Items<'_>, item: Item<'_>) -> Value {
        let mut row = json!({});
        for column in &self.columns {
            match column {
                Column::Scalar(property) => {
                    if let Some(value) = items.values(*property, item).into_iter().next() {
                        place(&mut row, property.path, value.into());
                    }
                }
                Column::Configuration => row["configuration"] = items.configuration(item),
                Column::Tags => row["tags"] = tags(item),
                Column::Count => {}
            }
        }
        row
    }

    fn ordered<'a>(&self, items: Items<'_>, found: impl Iterator<Item = Item<'a>>) -> Vec<Item<'a>> {
        let mut found: Vec<_> = found.collect();
        for Order { property, descending } in self.order.iter().rev() {
            found.sort_by(|left, right| {
                let [left, right] = [left, right].map(|item| items.values(*property, *item));
                if *descending { right.cmp(&left) } else { left.cmp(&right) }
            });
        }
        found
    }

    /// A row for each group with the number of its resources; without groups, one row for all.
    fn counts<'a>(&self, items: Items<'_>, found: impl Iterator<Item = Item<'a>>) -> Vec<Value> {
        let mut counts: BTreeMap<Group, u64> = BTreeMap::new();
        if self.groups.is_empty() {
            counts.insert(Vec::new(), 0);
        }
        for item in found {
            let group = self.groups.iter().map(|property| items.values(*property, item).into_iter().next());
            *counts.entry(group.collect()).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        for Order { property, descending } in self.order.iter().rev() {
            let at = |group: &Group| self.value_in(group, *property);
            counts.sort_by(
                |(left, _), (right, _)| {
                    if *descending { at(right).cmp(&at(left)) } else { at(left).cmp(&at(right)) }
                },
            );
        }
        counts.iter().map(|(group, count)| self.count(group, *count)).collect()
    }

    fn count(&self, group: &Group, count: u64) -> Value {
        let mut row = json!({});
        for column in &self.columns {
            match column {
                Column::Scalar(property) => {
                    if let Some(value) = self.value_in(group, *property) {
                        place(&mut row, property.path, value.into());
                    }
                }
                Column::Count => row[column.name()] = count.into(),
                Column::Configuration | Column::Tags => {}
            }
        }
        row
    }

    fn value_in(&self, group: &Group, property: Property) -> Option<Scalar> {
        let at = self.groups.iter().position(|one| one.path == property.path)?;
        group.get(at).cloned().flatten()
    }
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Scalar(property) => property.path,
            Self::Configuration => "configuration",
            Self::Tags => "tags",
            Self::Count => "COUNT(*)",
        }
    }
}
