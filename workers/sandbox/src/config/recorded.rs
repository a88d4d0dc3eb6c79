//! What Config knows of the resources that there are: as they are now where it records them, as they were when it stopped where it
//! has recorded them, and else nothing.
//!
//! "When you start the configuration recorder, AWS Config takes an inventory of all AWS resources in your account":
//! <https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html>.

use std::collections::BTreeMap;

use super::item::{INSTANCE, Item, Resource};
use super::recorder::{Place, Places};
use super::{Config, State};
use crate::fleet;
use crate::fleet::Instance;
use crate::wire::{Answer, Caller};

/// Account, region, type and id.
type Key = (String, String, String, String);

/// Resources beside the fleet's instances, and what is left of instances that are no longer recorded.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    there: BTreeMap<Key, Resource>,
    known: BTreeMap<Key, Resource>,
    /// By account and region.
    instances: BTreeMap<(String, String), Vec<Instance>>,
}

impl State {
    /// All that Config knows where `within` says, of these instances that there are.
    pub(super) fn known<'a, 'live: 'a>(
        &'a self,
        live: impl Iterator<Item = &'live Instance>,
        within: impl Fn(&str, &str) -> bool + Copy,
    ) -> impl Iterator<Item = Item<'a>> {
        // They come place by place, and there may be very many: each place is looked up once.
        let mut last: Option<(&str, &str, bool)> = None;
        let live = live.filter(move |instance| {
            let instance: &'live Instance = instance;
            let (account, region) = (instance.account.as_str(), instance.region.as_str());
            let recorded = match last {
                Some((same_account, same_region, recorded)) if (same_account, same_region) == (account, region) => {
                    recorded
                }
                _ => within(account, region) && self.places.record(account, region, INSTANCE),
            };
            last = Some((account, region, recorded));
            recorded && instance.state != fleet::State::Terminated
        });
        let kept = self.recorded.instances.iter().filter(move |((account, region), _)| within(account, region));
        let others = self.recorded.known.iter().filter(move |((account, region, ..), _)| within(account, region));
        let live = live.map(|instance| -> Item<'a> { Item::Instance(instance) });
        let kept = kept.flat_map(|(_, instances)| instances).map(Item::Instance);
        live.chain(kept).chain(others.map(|(_, resource)| Item::Other(resource)))
    }
}

impl Config {
    /// A resource is there now, or is as this says from now on.
    ///
    /// # Errors
    /// A sentence on a resource that Config would not record like that.
    pub(crate) fn put_item(&self, item: serde_json::Value) -> Result<(), String> {
        let resource: Resource = serde_json::from_value(item).map_err(|error| error.to_string())?;
        resource.check()?;
        if !self.organization.holds(&resource.account) {
            return Err(format!("account {} is not of the organization", resource.account));
        }
        self.locked(|state| {
            let (account, region, kind) = (&resource.account, &resource.region, &resource.resource_type);
            let recorded = state.places.record(account, region, kind);
            let key = (account.clone(), region.clone(), kind.clone(), resource.resource_id.clone());
            state.recorded.put(key, resource, recorded);
        });
        Ok(())
    }

    /// Changes the recorder or the delivery channel where the caller is, and then what Config knows there.
    pub(super) fn change(
        &self,
        state: &mut State,
        caller: &Caller,
        change: impl FnOnce(&mut Place) -> Answer,
    ) -> Answer {
        let Caller { account, region, .. } = caller;
        let before = state.places.record(account, region, INSTANCE);
        let answer = change(self.place(state, caller))?;
        let after = state.places.record(account, region, INSTANCE);
        let key = (account.clone(), region.clone());
        if after {
            state.recorded.instances.remove(&key);
        } else if before {
            let left = self.fleet.of(account, Some(region), |instances| {
                instances.filter(|instance| instance.state != fleet::State::Terminated).cloned().collect()
            });
            state.recorded.instances.insert(key, left);
        }
        state.recorded.take_inventory(&state.places, account, region);
        Ok(answer)
    }
}

impl Recorded {
    fn put(&mut self, key: Key, resource: Resource, recorded: bool) {
        if recorded {
            self.known.insert(key.clone(), resource.clone());
        }
        self.there.insert(key, resource);
    }

    /// Knows everything of the types that are recorded in an account and region as it is now.
    fn take_inventory(&mut self, places: &Places, account: &str, region: &str) {
        let is_recorded =
            |(of, at, kind, _): &&Key| of == account && at == region && places.record(account, region, kind);
        let found = self.there.iter().filter(|(key, _)| is_recorded(key));
        self.known.extend(found.map(|(key, resource)| (key.clone(), resource.clone())));
    }
}
