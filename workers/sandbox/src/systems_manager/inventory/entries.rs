//! ListInventoryEntries: one instance's entries of one type.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListInventoryEntries.html>. Here a filter chooses
//! entries: AWS's own tests of its PowerShell tools count what `AWS:Application.Name` leaves over.

use serde::Deserialize;
use serde_json::json;

use super::content::TypeName;
use super::filter::Filter;
use super::{MAX_RESULTS, has_inventory};
use crate::constraints::Constraints;
use crate::paging;
use crate::systems_manager::{State, SystemsManager, bad_token, instance_id};
use crate::wire::{Answer, Call, ServiceError};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListEntries {
    instance_id: Option<String>,
    type_name: Option<String>,
    filters: Option<Vec<Filter>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl SystemsManager {
    /// An instance without inventory has no entries.
    pub(in crate::systems_manager) fn list_inventory_entries(&self, _: &mut State, call: &Call) -> Answer {
        let input: ListEntries = call.input()?;
        let filters = input.filters.unwrap_or_default();
        let mut constraints = Constraints::default();
        constraints
            .required("instanceId", input.instance_id.as_ref())
            .required("typeName", input.type_name.as_ref())
            .length("typeName", input.type_name.as_deref(), 1, 100)
            .entries("filters", Some(filters.len()).filter(|count| *count > 0), 1, 5)
            .range("maxResults", input.max_results, 1, MAX_RESULTS);
        instance_id::check(&mut constraints, "instanceId", input.instance_id.as_deref());
        filters.iter().for_each(|filter| filter.constrain(&mut constraints));
        constraints.finish()?;
        filters.iter().try_for_each(Filter::check)?;
        let name = input.type_name.unwrap_or_default();
        let wanted = TypeName::read(&name).ok_or_else(|| {
            ServiceError::new("InvalidTypeNameException", format!("The sandbox has no inventory {name}"))
        })?;
        let id = input.instance_id.unwrap_or_default();
        let instance = self.fleet.get(&call.caller.account, &call.caller.region, &id).filter(has_inventory);
        let entries = instance.map(|instance| self.content(&instance, wanted)).unwrap_or_default();
        let entries =
            entries.into_iter().filter(|entry| filters.iter().all(|filter| filter.takes_entry(wanted, entry)));
        let size = usize::try_from(input.max_results.unwrap_or(MAX_RESULTS)).unwrap_or_default();
        let page = paging::page(entries, size, input.next_token.as_deref()).map_err(bad_token)?;
        Ok(json!({
            "TypeName": wanted.name(),
            "InstanceId": id,
            "SchemaVersion": wanted.schema_version(),
            "CaptureTime": self.capture_time(),
            "Entries": page.items,
            "NextToken": page.next,
        }))
    }
}
