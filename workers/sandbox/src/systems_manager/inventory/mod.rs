//! Inventory: what is installed on the instances, as their agents gathered it.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-inventory.html>. Here it is always as of now;
//! in AWS an association gathers it every thirty minutes or more seldom.

mod content;
mod entries;
mod filter;

use serde::Deserialize;
use serde_json::json;

use super::{State, SystemsManager, served};
use crate::constraints::Constraints;
use crate::fleet::{Agent, Instance};
use crate::wire::{Answer, Call, ServiceError};
use content::TypeName;
use filter::Filter;

const SERVED: [&str; 4] = ["Filters", "ResultAttributes", "MaxResults", "NextToken"];
const MAX_RESULTS: i64 = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetInventory {
    filters: Option<Vec<Filter>>,
    result_attributes: Option<Vec<ResultAttribute>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ResultAttribute {
    type_name: Option<String>,
}

impl SystemsManager {
    /// A filter chooses instances, not what is told of them: the user guide has it return "a list of managed nodes that
    /// include an application name that begins with the word Amazon"
    /// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-inventory-query.html>), and nothing
    /// that AWS documents says that the others of their applications are left out.
    pub(super) fn get_inventory(&self, _: &mut State, call: &Call) -> Answer {
        let input: GetInventory = call.input()?;
        let filters = input.filters.unwrap_or_default();
        let mut constraints = Constraints::default();
        constraints
            .entries("filters", Some(filters.len()).filter(|count| *count > 0), 1, 5)
            .range("maxResults", input.max_results, 1, MAX_RESULTS)
            .entries("resultAttributes", input.result_attributes.as_ref().map(Vec::len), 1, 1);
        filters.iter().for_each(|filter| filter.constrain(&mut constraints));
        let attribute = input.result_attributes.as_ref().and_then(|attributes| attributes.first());
        if let Some(attribute) = attribute {
            constraints.required("resultAttributes.typeName", attribute.type_name.as_ref());
        }
        constraints.finish()?;
        served(call, &SERVED)?;
        filters.iter().try_for_each(Filter::check)?;
        let wanted = match attribute.and_then(|attribute| attribute.type_name.as_deref()) {
            Some(name) => TypeName::read(name).ok_or_else(|| {
                ServiceError::new("InvalidResultAttributeException", format!("The sandbox has no inventory {name}"))
            })?,
            None => TypeName::InstanceInformation,
        };
        let size = usize::try_from(input.max_results.unwrap_or(MAX_RESULTS)).unwrap_or_default();
        let chosen = filters.iter().find_map(Filter::ids);
        let takes = |one: &Instance| has_inventory(one) && filters.iter().all(|filter| filter.takes(one));
        let page = self.page_of(&call.caller, chosen, takes, size, input.next_token.as_deref())?;
        let entity = |one: &Instance| json!({ "Id": one.id, "Data": { wanted.name(): self.item(one, wanted) } });
        Ok(json!({ "Entities": page.items.iter().map(entity).collect::<Vec<_>>(), "NextToken": page.next }))
    }
}

/// Whatever has registered once, also what is stopped or terminated.
fn has_inventory(instance: &Instance) -> bool {
    instance.agent != Agent::None
}
