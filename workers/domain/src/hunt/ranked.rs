//! The indicators of one hunt, the best first.

use std::cmp::Reverse;
use std::collections::{HashMap, hash_map};

use super::intelligence::{Entry, IntelRecord, Skipped};
use crate::guard::Guard;
use crate::indicator::Indicator;

/// The list of one hunt while its records come in.
#[derive(Debug)]
pub struct HuntList<'a> {
    guard: &'a Guard,
    addresses: bool,
    entries: HashMap<Indicator, Entry>,
    skipped: Skipped,
}

/// The list of one hunt, ranked: the surest first, of equally sure ones the newest, and then in the order of the indicators.
/// Each indicator stands in it once, and the guard has admitted it.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub(super) entries: Vec<Entry>,
    skipped: Skipped,
}

impl<'a> HuntList<'a> {
    /// A list without entries. Addresses and networks come into it only where the hunt asks for them.
    pub fn new(guard: &'a Guard, addresses: bool) -> Self {
        Self { guard, addresses, entries: HashMap::new(), skipped: Skipped::default() }
    }

    /// Takes a record in, or counts why not. Of two for one indicator the better one counts, whichever came first.
    pub fn add(&mut self, record: &IntelRecord<'_>) {
        let Some(entry) = record.entry(self.guard, self.addresses, &mut self.skipped) else {
            return;
        };
        match self.entries.entry(entry.indicator.indicator().clone()) {
            hash_map::Entry::Vacant(place) => {
                place.insert(entry);
            }
            hash_map::Entry::Occupied(mut place) => {
                self.skipped.repeated += 1;
                if entry.is_better_than(place.get()) {
                    place.insert(entry);
                }
            }
        }
    }

    /// The list as it is now.
    pub fn rank(self) -> Ranked {
        let mut entries: Vec<Entry> = self.entries.into_values().collect();
        entries.sort_by(|one, other| one.rank().cmp(&other.rank()));
        Ranked { entries, skipped: self.skipped }
    }
}

impl Ranked {
    /// How many indicators the hunt looks for.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it looks for nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The indicators, the best first.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.entries.iter().map(|entry| entry.indicator.indicator())
    }

    /// How many records were left out.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }
}

impl Entry {
    /// Less is better. The indicator makes the order total: no two of one list are equal.
    pub(super) fn rank(&self) -> impl Ord + '_ {
        (Reverse(self.details.confidence), Reverse(self.updated), self.indicator.indicator())
    }

    /// Whether it tells more of the same indicator than another does, in an order that is total.
    pub(super) fn is_better_than(&self, other: &Self) -> bool {
        (self.rank(), &self.details) < (other.rank(), &other.details)
    }
}
