//! The order and the pages of what was found, which GetFindings and GetFindingsV2 have in common.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::{Value, json};

use super::criteria::values_at;
use crate::paging::page;

/// How much of what was found is asked for, and in which order.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wanted {
    sort_criteria: Option<Vec<SortCriterion>>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SortCriterion {
    field: Option<String>,
    sort_order: Option<String>,
}

impl Wanted {
    /// The answer with one page of the findings. What is wrong with the request is said in a sentence.
    pub(super) fn of(self, mut found: Vec<&Value>) -> Result<Value, String> {
        let size = self.max_results.unwrap_or(100);
        if !(1..=100).contains(&size) {
            return Err("MaxResults must be between 1 and 100".to_owned());
        }
        let order = self.sort_criteria.unwrap_or_default();
        let mut orders = order.iter().filter_map(|by| by.sort_order.as_deref());
        if let Some(wrong) = orders.find(|order| !matches!(*order, "asc" | "desc")) {
            return Err(format!("SortOrder must be asc or desc, not {wrong}"));
        }
        found.sort_by(|left, right| compare(&order, left, right));
        let page = page(found.into_iter().cloned(), size, self.next_token.as_deref());
        let page = page.map_err(|_| "NextToken is not valid".to_owned())?;
        let mut answer = json!({ "Findings": page.items });
        if let Some(next) = page.next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    }
}

/// By each criterion in turn; a criterion's field is an attribute, or a path of attributes.
fn compare(order: &[SortCriterion], left: &Value, right: &Value) -> Ordering {
    let by = order.iter().map(|criterion| {
        let field = criterion.field.as_deref().unwrap_or_default();
        let ordering = rank(left, field).partial_cmp(&rank(right, field)).unwrap_or(Ordering::Equal);
        if criterion.sort_order.as_deref() == Some("desc") { ordering.reverse() } else { ordering }
    });
    by.fold(Ordering::Equal, Ordering::then)
}

fn rank(finding: &Value, field: &str) -> (Option<f64>, Option<String>) {
    let path: Vec<&str> = field.split('.').collect();
    let value = values_at(finding, &path).into_iter().next();
    (value.and_then(Value::as_f64), value.and_then(Value::as_str).map(str::to_owned))
}
