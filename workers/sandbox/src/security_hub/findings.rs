//! All findings, to be found by their place or by their name without a look at the others.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Key, Record};

/// Findings in the AWS Security Finding Format.
#[derive(Debug, Default)]
pub(super) struct Findings {
    by_key: BTreeMap<Key, Record>,
    /// By product and id, which name a finding only together with its account and region.
    keys: BTreeMap<(String, String), BTreeSet<Key>>,
}

impl Findings {
    pub(super) fn get(&self, key: &Key) -> Option<&Record> {
        self.by_key.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &Key) -> Option<&mut Record> {
        self.by_key.get_mut(key)
    }

    pub(super) fn insert(&mut self, key: Key, record: Record) {
        let name = (key.product.clone(), key.id.clone());
        self.keys.entry(name).or_default().insert(key.clone());
        self.by_key.insert(key, record);
    }

    /// Every finding, by account and region.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Key, &Record)> {
        self.by_key.iter()
    }

    /// Those of one account and region.
    pub(super) fn of(&self, account: &str, region: &str) -> impl Iterator<Item = (&Key, &Record)> {
        let place = (account, region);
        self.by_key.range(Key::first(place)..).take_while(move |(key, _)| key.place() == place)
    }

    /// The keys of the findings with this product and id, in whichever account and region.
    pub(super) fn named(&self, product: &str, id: &str) -> impl Iterator<Item = &Key> {
        self.keys.get(&(product.to_owned(), id.to_owned())).into_iter().flatten()
    }
}
