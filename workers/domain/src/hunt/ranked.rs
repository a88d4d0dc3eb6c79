//! The indicators of one hunt, the best first.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::intelligence::{Entry, IntelRecord, Skipped};
use crate::guard::Guard;
use crate::indicator::Indicator;

/// How many indicators of a hunt can stand: a rule group holds no more rules
/// (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>).
const MOST: usize = 30_000;

/// The list of one hunt while its records come in. However many they are, it keeps no more entries than twice those that can
/// stand, and a number for each of the others.
#[derive(Debug)]
pub struct HuntList<'a> {
    guard: &'a Guard,
    addresses: bool,
    entries: HashMap<Indicator, Entry>,
    /// The indicators that so many better ones go before that they cannot stand, by their numbers.
    beyond: HashSet<u64>,
    skipped: Skipped,
}

/// The list of one hunt, ranked: the surest first, of equally sure ones the newest, and then in the order of the indicators.
/// Each indicator stands in it once, and the guard has admitted it.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Those that can stand.
    pub(super) entries: Vec<Entry>,
    /// How many more there are.
    beyond: usize,
    skipped: Skipped,
}

impl<'a> HuntList<'a> {
    /// A list without entries. Addresses and networks come into it only where the hunt asks for them.
    pub fn new(guard: &'a Guard, addresses: bool) -> Self {
        Self { guard, addresses, entries: HashMap::new(), beyond: HashSet::new(), skipped: Skipped::default() }
    }

    /// Takes a record in, or counts why not. Of two for one indicator the better one counts, whichever came first.
    pub fn add(&mut self, record: &IntelRecord<'_>) {
        let Some(entry) = record.entry(self.guard, self.addresses, &mut self.skipped) else {
            return;
        };
        let indicator = entry.indicator.indicator();
        let known = self.entries.get(indicator);
        // What was left out comes back with its new record, and stays if that is better.
        let was_beyond = !self.beyond.is_empty() && self.beyond.remove(&indicator.number());
        self.skipped.repeated += usize::from(known.is_some() || was_beyond);
        if known.is_none_or(|known| entry.is_better_than(known)) {
            self.entries.insert(indicator.clone(), entry);
        }
        if self.entries.len() > 2 * MOST {
            let best = self.take_best();
            self.entries.extend(best.into_iter().map(|entry| (entry.indicator.indicator().clone(), entry)));
        }
    }

    /// Counts records that are none.
    pub fn add_malformed(&mut self, records: usize) {
        self.skipped.malformed += records;
    }

    /// The list as it is now.
    pub fn rank(mut self) -> Ranked {
        Ranked { entries: self.take_best(), beyond: self.beyond.len(), skipped: self.skipped }
    }

    /// Takes the entries that can stand, the best first, and remembers the others by their numbers alone.
    fn take_best(&mut self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.entries.drain().map(|(_, entry)| entry).collect();
        entries.sort_by(|one, other| one.rank().cmp(&other.rank()));
        let others = entries.drain(MOST.min(entries.len())..);
        self.beyond.extend(others.map(|entry| entry.indicator.indicator().number()));
        entries
    }
}

impl Ranked {
    /// How many indicators the hunt looks for.
    pub fn len(&self) -> usize {
        self.entries.len() + self.beyond
    }

    /// Whether it looks for nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The indicators that can stand, the best first.
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
