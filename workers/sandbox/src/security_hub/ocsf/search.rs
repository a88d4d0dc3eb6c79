//! GetFindingsV2: filters, order and pages.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html>.

use serde::Deserialize;

use super::super::results::Wanted;
use super::super::{SecurityHub, State};
use super::filters::{Filters, SentFilters};
use super::invalid;
use crate::wire::{Answer, Call};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    filters: Option<SentFilters>,
    #[serde(flatten)]
    wanted: Wanted,
}

impl SecurityHub {
    pub(super) fn get_ocsf_findings(&self, state: &State, call: &Call) -> Answer {
        if let Some(member) = call.unserved(&["Filters", "SortCriteria", "NextToken", "MaxResults"]) {
            return Err(invalid(format!("The sandbox has no {member}")));
        }
        let input: Input = call.input()?;
        let filters = Filters::parse(input.filters.unwrap_or_default(), self.clock.now()).map_err(invalid)?;
        let seen = state.ocsf_findings.values().filter(|record| self.sees(&call.caller, record.place()));
        let found = seen.map(|record| &record.finding).filter(|finding| filters.take(finding)).collect();
        input.wanted.of(found).map_err(invalid)
    }
}
