//! The organization's EC2 instances: the one truth of which Config, Systems Manager and Falcon each show a part.

mod ids;
mod instance;
mod range;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ids::Ids;
pub use instance::{Agent, CommandFate, Health, Instance, Platform, Sensor, State};

/// Account and region.
type Place = (String, String);

/// The instances of one account and region, by id.
pub(crate) type Instances = BTreeMap<String, Instance>;

/// All instances, account by account and region by region, so that who asks for one account's does not walk the others'.
/// A clone is the same fleet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    places: Arc<Mutex<BTreeMap<Place, Instances>>>,
    ids: Ids,
}

impl Fleet {
    /// Adds the instance, or replaces the one of the same account, region and id.
    pub(crate) fn put(&self, instance: Instance) {
        self.ids.add(&instance);
        let place = (instance.account.clone(), instance.region.clone());
        self.locked().entry(place).or_default().insert(instance.id.clone(), instance);
    }

    /// Shows every instance to `view`, by account, region and id, and answers what it makes of them.
    pub(crate) fn view<T>(&self, view: impl FnOnce(&mut dyn Iterator<Item = &Instance>) -> T) -> T {
        view(&mut self.locked().values().flat_map(Instances::values))
    }

    /// Shows the instances of one account and region to `view`, and answers what it makes of them.
    pub(crate) fn of<T>(&self, account: &str, region: &str, view: impl FnOnce(&Instances) -> T) -> T {
        let place = (account.to_owned(), region.to_owned());
        view(self.locked().get(&place).unwrap_or(&Instances::new()))
    }

    /// Changes one instance; `None` if there is no such instance.
    pub(crate) fn change<T>(
        &self,
        account: &str,
        region: &str,
        id: &str,
        change: impl FnOnce(&mut Instance) -> T,
    ) -> Option<T> {
        let place = (account.to_owned(), region.to_owned());
        self.locked().get_mut(&place)?.get_mut(id).map(change)
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Place, Instances>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(account: &str, region: &str, id: &str) -> Instance {
        Instance {
            account: account.to_owned(),
            region: region.to_owned(),
            id: id.to_owned(),
            state: State::default(),
            platform: Platform::default(),
            tags: BTreeMap::new(),
            agent: Agent::default(),
            sensor: None,
            command: CommandFate::default(),
        }
    }

    #[test]
    fn an_instance_is_found_in_its_own_account_and_region_alone() {
        let fleet = Fleet::default();
        for (account, region, id) in [("1", "b", "i-1"), ("1", "a", "i-2"), ("2", "a", "i-1")] {
            fleet.put(instance(account, region, id));
        }
        let ids = |account, region| fleet.of(account, region, |found| found.keys().cloned().collect::<Vec<_>>());
        assert_eq!((ids("1", "a"), ids("2", "a"), ids("2", "b")), (vec!["i-2".into()], vec!["i-1".into()], vec![]));
        assert_eq!(
            fleet.view(|all| all.map(|one| one.account.clone() + &one.region).collect::<Vec<_>>()),
            ["1a", "1b", "2a"]
        );
        assert_eq!(fleet.change("2", "a", "i-2", |_| ()), None);
        fleet.change("2", "a", "i-1", |found| found.state = State::Stopped);
        let states = |account, region| fleet.of(account, region, |found| found["i-1"].state);
        assert_eq!((states("2", "a"), states("1", "b")), (State::Stopped, State::Running));
    }
}
