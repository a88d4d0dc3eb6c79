//! SelectResourceConfig and SelectAggregateResourceConfig.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_SelectAggregateResourceConfig.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::query::Query;
use super::{Config, State, aggregators, bad_token, size};
use crate::constraints::Constraints;
use crate::fleet::Instance;
use crate::paging::{BadToken, Page};
use crate::wire::{Answer, Call, Caller, ServiceError};

/// Rows of a page unless a number is asked for.
const ROWS: usize = 25;
/// The same of a query that counts.
const COUNTS: usize = 500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    expression: Option<String>,
    limit: Option<i64>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Config {
    /// Over the caller's account and region.
    pub(super) fn select(&self, state: &State, call: &Call) -> Answer {
        let Caller { account, region, .. } = &call.caller;
        let within = |of: &str, at: &str| of == account && at == region;
        self.answer(call, |query, size, token| {
            self.fleet
                .of(account, Some(region), |live| query.page(self.items(), state.known(live, within), size, token))
        })
    }

    /// Over what the aggregator collects. A query that names one account looks at that account's instances only.
    pub(super) fn select_aggregate(&self, state: &State, call: &Call) -> Answer {
        let aggregator = aggregators::named(state, call)?;
        let within = |account: &str, region: &str| aggregator.collects(region) && self.organization.holds(account);
        self.answer(call, |query, size, token| {
            let look = |live: &mut dyn Iterator<Item = &Instance>| {
                query.page(self.items(), state.known(live, within), size, token)
            };
            match query.pinned("accountId") {
                Some(account) => self.fleet.of(account, query.pinned("awsRegion"), look),
                None => self.fleet.view(look),
            }
        })
    }

    fn answer(
        &self,
        call: &Call,
        rows: impl FnOnce(&Query, usize, Option<&str>) -> Result<Page<Value>, BadToken>,
    ) -> Answer {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("expression", input.expression.as_ref())
            .length("expression", input.expression.as_deref(), 1, 4096)
            .finish()?;
        let query = Query::parse(&input.expression.unwrap_or_default()).map_err(|problem| {
            ServiceError::new("InvalidExpressionException", format!("The query cannot be read: {problem}"))
        })?;
        let size = size(input.max_results.or(input.limit), if query.is_aggregation() { COUNTS } else { ROWS })?;
        let page = rows(&query, size, input.next_token.as_deref()).map_err(bad_token)?;
        let rows: Vec<_> = page.items.iter().map(Value::to_string).collect();
        let mut answer = json!({ "Results": rows, "QueryInfo": { "SelectFields": query.fields() } });
        if let Some(next) = page.next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    }
}
