//! GetFindings: filters, order and pages.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html>.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::criteria::Criterion;
use super::finding::Key;
use super::results::Wanted;
use super::{SecurityHub, State, invalid};
use crate::wire::{Answer, Call, Caller};

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
        let found = self.seen(state, &call.caller, &criteria);
        let found = found.filter(|finding| criteria.iter().all(|criterion| criterion.takes(finding))).collect();
        input.wanted.of(found).map_err(invalid)
    }

    /// What the caller sees, as far as the account that is asked for does not leave it out.
    fn seen<'a>(
        &'a self,
        state: &'a State,
        caller: &'a Caller,
        criteria: &'a [Criterion],
    ) -> Box<dyn Iterator<Item = &'a Value> + 'a> {
        let of_one = |account| state.findings.of(account, &caller.region).map(|(_, record)| &record.finding);
        if caller.account != self.organization.hub {
            return Box::new(of_one(&caller.account));
        }
        match criteria.iter().find_map(Criterion::account) {
            Some(account) if self.sees(caller, (account, &caller.region)) => Box::new(of_one(account)),
            Some(_) => Box::new(std::iter::empty()),
            None => {
                let accounts = self.administered(caller);
                let is_seen = move |key: &Key| key.region == caller.region && accounts.contains(&key.account);
                let seen = state.findings.all().filter(move |(key, _)| is_seen(key));
                Box::new(seen.map(|(_, record)| &record.finding))
            }
        }
    }
}
