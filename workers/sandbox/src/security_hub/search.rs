//! GetFindings: filters, order and pages.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html>.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::criteria::Criterion;
use super::results::Wanted;
use super::{SecurityHub, State, invalid};
use crate::wire::{Answer, Call};

/// Filters of one call.
const MAX_FILTERS: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    filters: Option<Map<String, Value>>,
    #[serde(flatten)]
    wanted: Wanted,
}

impl SecurityHub {
    pub(super) fn get_findings(&self, state: &State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let now = self.clock.now();
        let filters = input.filters.unwrap_or_default();
        if filters.len() > MAX_FILTERS {
            return Err(invalid(format!("Filters must have at most {MAX_FILTERS} attributes")));
        }
        let criteria = filters.iter().map(|(name, values)| Criterion::parse(name, values, now));
        let criteria = criteria.collect::<Result<Vec<_>, _>>().map_err(invalid)?;
        let seen = state.findings.iter().filter(|(key, _)| self.sees(&call.caller, key.place()));
        let seen = seen.map(|(_, record)| &record.finding);
        let found = seen.filter(|finding| criteria.iter().all(|criterion| criterion.takes(finding))).collect();
        input.wanted.of(found).map_err(invalid)
    }
}
