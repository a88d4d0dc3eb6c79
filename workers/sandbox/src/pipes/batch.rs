//! The records that a pipe hands on together.

use std::time::Duration;

use tokio::time::Instant;

use super::record::Record;

/// What a state machine takes. A pipe reads up to 6 MB at once, so that this bound is always met first:
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html>.
pub(super) const MAX_INPUT: usize = 262_144;

/// When a batch is as large as it may be.
#[derive(Debug)]
pub(super) struct Gathering {
    pub(super) records: usize,
    pub(super) window: Duration,
}

/// What has been gathered so far.
#[derive(Debug, Default)]
pub(super) struct Batch {
    records: Vec<Record>,
    due: Option<Instant>,
    twice: bool,
}

impl Batch {
    /// Adds a record, and gives back what must be handed on for it: the batch in which it had no room, or the one that it
    /// has made full.
    pub(super) fn add(&mut self, record: &Record, twice: bool, gathering: &Gathering, now: Instant) -> Option<Self> {
        let has_room = self.records.is_empty() || self.input_bytes() + 1 + record.text().len() <= MAX_INPUT;
        let without_room = (!has_room).then(|| std::mem::take(self));
        self.records.push(record.clone());
        self.twice |= twice;
        self.due.get_or_insert(now + gathering.window);
        // Never both: where one record makes a batch full, none was left in it.
        let is_full = self.records.len() >= gathering.records;
        without_room.or_else(|| is_full.then(|| std::mem::take(self)))
    }

    /// When it has been gathered for long enough, unless it is empty.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// How many times it is handed on.
    pub(super) fn times(&self) -> usize {
        if self.twice { 2 } else { 1 }
    }

    /// The list of its records, as JSON.
    pub(super) fn input(&self) -> String {
        let records: Vec<&str> = self.records.iter().map(Record::text).collect();
        format!("[{}]", records.join(","))
    }

    /// The size of [`Batch::input`].
    fn input_bytes(&self) -> usize {
        let commas = self.records.len().saturating_sub(1);
        2 + commas + self.records.iter().map(|record| record.text().len()).sum::<usize>()
    }
}
