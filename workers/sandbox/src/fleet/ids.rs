//! Instances by their id alone, as Falcon is asked for them: ids are unique in AWS, but nothing here makes them so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Fleet, Instance};

/// Account and region.
type Place = (String, String);

/// Where the instances with an id are. A clone is the same index.
#[derive(Clone, Debug, Default)]
pub(super) struct Ids(Arc<Mutex<BTreeMap<String, BTreeSet<Place>>>>);

impl Ids {
    pub(super) fn add(&self, instance: &Instance) {
        let place = (instance.account.clone(), instance.region.clone());
        self.locked().entry(instance.id.clone()).or_default().insert(place);
    }

    fn places(&self, id: &str) -> BTreeSet<Place> {
        self.locked().get(id).cloned().unwrap_or_default()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, BTreeSet<Place>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fleet {
    /// Shows the instances with this id to `view`, and answers what it makes of each.
    pub(crate) fn with_id<T>(&self, id: &str, mut view: impl FnMut(&Instance) -> T) -> Vec<T> {
        let places = self.ids.places(id);
        let seen = places.iter().filter_map(|(account, region)| self.change(account, region, id, |one| view(one)));
        seen.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_finds_its_instances_wherever_they_are_and_as_they_are_now() {
        let fleet = Fleet::default();
        let put = |account: &str, region: &str, state: &str| {
            let instance = json!({ "account": account, "region": region, "id": "i-1", "state": state });
            fleet.put(serde_json::from_value(instance).unwrap());
        };
        put("1", "us-east-1", "running");
        put("2", "eu-west-1", "running");
        put("1", "us-east-1", "stopped");
        let found = fleet.with_id("i-1", |instance| (instance.account.clone(), format!("{:?}", instance.state)));
        assert_eq!(found, [("1".to_owned(), "Stopped".to_owned()), ("2".to_owned(), "Running".to_owned())]);
        assert_eq!(fleet.with_id("i-2", |_| ()), []);
    }
}
