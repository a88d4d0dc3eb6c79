//! The organization's EC2 instances: the one truth of which Config, Systems Manager and Falcon each show a part.

mod ids;
mod instance;
mod range;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ids::Ids;
pub use instance::{Agent, CommandFate, Health, Instance, Platform, Sensor, State};

/// Account, region and instance id.
type Key = (String, String, String);

/// All instances. A clone is the same fleet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    instances: Arc<Mutex<BTreeMap<Key, Instance>>>,
    ids: Ids,
}

impl Fleet {
    /// Adds the instance, or replaces the one of the same account, region and id.
    pub(crate) fn put(&self, instance: Instance) {
        self.ids.add(&instance);
        let key = (instance.account.clone(), instance.region.clone(), instance.id.clone());
        self.locked().insert(key, instance);
    }

    /// Shows every instance to `view`, by account, region and id, and answers what it makes of them.
    pub(crate) fn view<T>(&self, view: impl FnOnce(&mut dyn Iterator<Item = &Instance>) -> T) -> T {
        view(&mut self.locked().values())
    }

    /// One instance as it is now.
    pub(crate) fn get(&self, account: &str, region: &str, id: &str) -> Option<Instance> {
        self.change(account, region, id, |instance| instance.clone())
    }

    /// Changes one instance; `None` if there is no such instance.
    pub(crate) fn change<T>(
        &self,
        account: &str,
        region: &str,
        id: &str,
        change: impl FnOnce(&mut Instance) -> T,
    ) -> Option<T> {
        let key = (account.to_owned(), region.to_owned(), id.to_owned());
        self.locked().get_mut(&key).map(change)
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Key, Instance>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
