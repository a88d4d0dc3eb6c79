//! GetFindings: filters, order and pages.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html>.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::criteria::{Criterion, values_at};
use super::{SecurityHub, State, invalid};
use crate::paging::page;
use crate::wire::{Answer, Call};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    filters: Option<Map<String, Value>>,
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

impl SecurityHub {
    pub(super) fn get_findings(&self, state: &State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let size = input.max_results.unwrap_or(100);
        if !(1..=100).contains(&size) {
            return Err(invalid("MaxResults must be between 1 and 100"));
        }
        let now = self.clock.now();
        let filters = input.filters.unwrap_or_default();
        let criteria = filters.iter().map(|(name, values)| Criterion::parse(name, values, now));
        let criteria = criteria.collect::<Result<Vec<_>, _>>().map_err(invalid)?;
        let seen =
            state.findings.iter().filter(|(key, _)| self.sees(&call.caller, key)).map(|(_, record)| &record.finding);
        let mut found: Vec<_> =
            seen.filter(|finding| criteria.iter().all(|criterion| criterion.takes(finding))).collect();
        let order = input.sort_criteria.unwrap_or_default();
        if let Some(wrong) =
            order.iter().filter_map(|by| by.sort_order.as_deref()).find(|order| !matches!(*order, "asc" | "desc"))
        {
            return Err(invalid(format!("SortOrder must be asc or desc, not {wrong}")));
        }
        found.sort_by(|left, right| compare(&order, left, right));
        let page = page(found.into_iter().cloned(), size, input.next_token.as_deref());
        let page = page.map_err(|_| invalid("NextToken is not valid"))?;
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
