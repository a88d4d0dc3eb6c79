//! Signature ids: derived from the indicator, so that the same entry has the same ids wherever and whenever it is made.

use std::collections::HashSet;

use thiserror::Error;

use crate::indicator::Indicator;

/// The ids of one indicator lie next to each other, one for each kind of rule.
pub(crate) const SLOT: u32 = 4;

/// The signature ids that Falconer may use for its blocks, or for its hunts. Every indicator takes a slot of four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SidRange {
    first: u32,
    slots: u32,
}

/// Why two ids are not a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SidRangeError {
    /// Suricata has no signature 0.
    #[error("signature ids begin at 1")]
    Zero,
    /// Not one indicator fits.
    #[error("the range must hold at least {SLOT} signature ids, the first before the last")]
    TooSmall,
}

impl SidRange {
    /// The range from `first` to `last`, both in it.
    ///
    /// # Errors
    /// If it begins at 0 or has no room for one indicator.
    pub fn new(first: u32, last: u32) -> Result<Self, SidRangeError> {
        if first == 0 {
            return Err(SidRangeError::Zero);
        }
        // In u64, because the largest range holds more ids than u32 can count.
        let ids = (u64::from(last) + 1).saturating_sub(u64::from(first));
        match u32::try_from(ids / u64::from(SLOT)) {
            Ok(slots) if slots > 0 => Ok(Self { first, slots }),
            _ => Err(SidRangeError::TooSmall),
        }
    }

    /// Whether an id lies in the range.
    pub fn contains(self, sid: u32) -> bool {
        self.slot(sid).is_some()
    }

    /// Whether an id lies in both ranges.
    pub fn overlaps(self, other: Self) -> bool {
        self.contains(other.first) || other.contains(self.first)
    }

    /// The first id of the last slot, of which no other is longer.
    pub(crate) fn last_slot(self) -> u32 {
        self.first + (self.slots - 1) * SLOT
    }

    /// Whether an id is one of those that an indicator has unless they were taken when it came.
    pub(crate) fn is_at_home(self, indicator: &Indicator, sid: u32) -> bool {
        self.slot(sid) == Some(self.home(indicator))
    }

    fn home(self, indicator: &Indicator) -> u32 {
        // Less than `slots`, which is a u32.
        (indicator.number() % u64::from(self.slots)) as u32
    }

    fn slot(self, sid: u32) -> Option<u32> {
        let place = sid.checked_sub(self.first)?;
        Some(place / SLOT).filter(|slot| *slot < self.slots)
    }
}

impl SidRange {
    /// What blocks have unless the configuration says otherwise, 1,000,000,000 to 1,999,999,999: far above the ids that
    /// published rule sets use, and those that people give by hand.
    pub const BLOCKS: Self = Self { first: 1_000_000_000, slots: 1_000_000_000 / SLOT };
    /// What hunts have unless the configuration says otherwise, 2,000,000,000 to 2,099,999,999: one firewall policy uses the
    /// block rule groups and the hunt rule group together, and an id should name one entry.
    pub const HUNTS: Self = Self { first: 2_000_000_000, slots: 100_000_000 / SLOT };
}

/// Which slots of a range are free.
#[derive(Debug)]
pub(crate) struct Slots {
    range: SidRange,
    taken: HashSet<u32>,
}

impl Slots {
    /// A range of which these ids are taken, whoever has them.
    pub(crate) fn new(range: SidRange, sids: impl IntoIterator<Item = u32>) -> Self {
        let mut slots = Self { range, taken: HashSet::new() };
        for sid in sids {
            slots.occupy(sid);
        }
        slots
    }

    /// Takes the slot that this id lies in, if it is in the range at all.
    pub(crate) fn occupy(&mut self, sid: u32) {
        self.taken.extend(self.range.slot(sid));
    }

    /// The first id of the indicator's own slot, or of the next free one. `None` if all are taken.
    pub(crate) fn free_for(&self, indicator: &Indicator) -> Option<u32> {
        let home = self.range.home(indicator);
        let free = (home..self.range.slots).chain(0..home).find(|slot| !self.taken.contains(slot))?;
        Some(self.range.first + free * SLOT)
    }
}
