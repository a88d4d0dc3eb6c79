//! ListAssociations: oldest first.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListAssociations.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Association;
use crate::constraints::Constraints;
use crate::paging;
use crate::systems_manager::{State, SystemsManager, bad_token, place, served};
use crate::wire::{Answer, Call};

const SERVED: [&str; 3] = ["AssociationFilterList", "MaxResults", "NextToken"];
const MAX_RESULTS: i64 = 50;
const KEYS: [&str; 8] = [
    "InstanceId",
    "Name",
    "AssociationId",
    "AssociationStatusName",
    "LastExecutedBefore",
    "LastExecutedAfter",
    "AssociationName",
    "ResourceGroupName",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    association_filter_list: Option<Vec<Filter>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// Its members are small in the model.
#[derive(Debug, Deserialize)]
struct Filter {
    key: Option<String>,
    value: Option<String>,
}

impl SystemsManager {
    pub(in crate::systems_manager) fn list_associations(&self, state: &mut State, call: &Call) -> Answer {
        let listing: Listing = call.input()?;
        let filters = listing.association_filter_list;
        let mut constraints = Constraints::default();
        constraints.entries("associationFilterList", filters.as_ref().map(Vec::len), 1, usize::MAX).range(
            "maxResults",
            listing.max_results,
            1,
            MAX_RESULTS,
        );
        let filters = filters.unwrap_or_default();
        filters.iter().for_each(|filter| filter.constrain(&mut constraints));
        constraints.finish()?;
        served(call, &SERVED)?;
        let size = usize::try_from(listing.max_results.unwrap_or(MAX_RESULTS)).unwrap_or_default();
        let own = state.associations.0.get(&place(&call.caller)).into_iter().flatten();
        let chosen = own.filter(|one| filters.iter().all(|filter| filter.takes(one)));
        let page = paging::page(chosen, size, listing.next_token.as_deref()).map_err(bad_token)?;
        let listed: Vec<Value> = page.items.into_iter().map(Association::summarize).collect();
        Ok(json!({ "Associations": listed, "NextToken": page.next }))
    }
}

impl Filter {
    fn constrain(&self, constraints: &mut Constraints) {
        constraints
            .required("associationFilterList.key", self.key.as_ref())
            .one_of("associationFilterList.key", self.key.as_deref(), &KEYS)
            .required("associationFilterList.value", self.value.as_ref())
            .length("associationFilterList.value", self.value.as_deref(), 1, usize::MAX);
    }

    fn takes(&self, association: &Association) -> bool {
        let value = match self.key.as_deref().unwrap_or_default() {
            "Name" => association.settings.name.as_deref(),
            "AssociationName" => association.settings.association_name.as_deref(),
            "AssociationId" => Some(association.id.as_str()),
            "AssociationStatusName" => Some("Pending"),
            // None was made with an instance's id or with a group, and none has run.
            _ => None,
        };
        value.is_some() && value == self.value.as_deref()
    }
}
