//! Hosts: the fleet as its sensors report it, and whatever records a test puts beside.
//!
//! `CombinedDevicesByFilter` and `PostDeviceDetailsV2`, <https://falconpy.io/Service-Collections/Hosts.html>; how the list is paged is shown by
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/deviceapi_device_paging_v2.go>.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clients::Scope;
use super::device::{device_id, last_seen, record, reporting, whole_second};
use super::envelope::{listed, paged};
use super::fql::Filter;
use super::ids::ids;
use super::query::Query;
use super::{Falcon, State, refused};
use crate::fleet::Instance;
use crate::paging::page;
use crate::wire::{Answer, Call};

/// Ids of one request.
const MAX_IDS: usize = 5000;

const FILTERED: [&str; 9] = [
    "device_id",
    "hostname",
    "instance_id",
    "service_provider",
    "service_provider_account_id",
    "platform_name",
    "agent_version",
    "status",
    "reduced_functionality_mode",
];

impl Falcon {
    pub(super) fn hosts(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::HostsRead)?;
        let query = Query::of(call, &["filter", "fields", "limit", "offset", "sort"])?;
        let filter = query.filter(&FILTERED)?;
        let limit = query.number("limit", 100, 1..=10_000)?;
        query.one_of("sort", &["device_id.asc"])?;
        let offset = query.text("offset");
        let fields: Option<Vec<&str>> = query.text("fields").map(|fields| fields.split(',').collect());
        let records = self.matching(state, &filter);
        let total = records.len();
        let page = page(records.into_iter(), limit, offset).map_err(|_| refused(400, "invalid offset"))?;
        let records = page.items.into_iter().map(|record| match &fields {
            Some(fields) => only(record, fields),
            None => record,
        });
        let mut paging = json!({ "limit": limit, "offset": offset.unwrap_or_default(), "total": total });
        if let Some(next) = page.next {
            paging["next"] = next.into();
        }
        Ok(paged(records.collect(), paging))
    }

    /// Ids that are not found are left out, and the records come in an order of their own.
    pub(super) fn hosts_by_id(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::HostsRead)?;
        let ids: BTreeSet<&str> = ids(call, "ids", MAX_IDS)?.into_iter().collect();
        let now = self.clock.now();
        let mut records: Vec<Value> = self.fleet.view(|instances| {
            let asked = instances.filter(|instance| ids.contains(device_id(instance).as_str()));
            asked.filter_map(|instance| seen(state, instance, now)).collect()
        });
        let asked = |record: &&Value| record["device_id"].as_str().is_some_and(|id| ids.contains(id));
        records.extend(state.raw_hosts.iter().filter(asked).cloned());
        Ok(listed(records))
    }

    /// The records that pass, by device id. A filter for instance ids looks up those alone, whatever the size of the fleet.
    fn matching(&self, state: &mut State, filter: &Filter) -> Vec<Value> {
        let now = self.clock.now();
        let mut see = |instance: &Instance| seen(state, instance, now);
        let of_fleet: Vec<Value> = match filter.values("instance_id") {
            Some(ids) => ids.into_iter().flat_map(|id| self.fleet.with_id(id, &mut see)).flatten().collect(),
            None => self.fleet.view(|instances| instances.filter_map(see).collect()),
        };
        let all = of_fleet.into_iter().chain(state.raw_hosts.iter().cloned());
        let mut records: Vec<Value> = all.filter(|record| filter.passes(record)).collect();
        records.sort_by(|one, other| one["device_id"].as_str().cmp(&other["device_id"].as_str()));
        records
    }

    /// Whether a sensor with this id has ever reported.
    pub(super) fn knows(&self, device: &str) -> bool {
        let now = self.clock.now();
        self.fleet.view(|instances| {
            let mut reporting = instances.filter(|instance| reporting(instance, now).is_some());
            reporting.any(|instance| device_id(instance) == device)
        })
    }

    /// Takes a record in as it is, a broken one too.
    pub(crate) fn put_host(&self, record: Value) {
        self.locked().raw_hosts.push(record);
    }
}

/// An instance's record, if its sensor has reported. One that no longer runs was last seen when Falcon was first asked for it
/// since.
fn seen(state: &mut State, instance: &Instance, now: Timestamp) -> Option<Value> {
    let sensor = reporting(instance, now)?;
    let device = device_id(instance);
    let seen = match last_seen(instance, sensor, now) {
        Some(seen) => {
            state.stopped.remove(&device);
            seen
        }
        None => *state.stopped.entry(device.clone()).or_insert_with(|| whole_second(now)),
    };
    Some(record(&device, instance, sensor, seen))
}

/// A record without the members that were not asked for.
fn only(record: Value, fields: &[&str]) -> Value {
    match record {
        Value::Object(members) => Value::Object(
            members.into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect::<Map<_, _>>(),
        ),
        broken => broken,
    }
}
