//! Chance that can be repeated: one seed gives the same jitter, identifiers and random numbers in every run.

use std::sync::{Arc, Mutex};

use uuid::Builder;

use super::lock;

/// A seeded source of random numbers that many executions share.
#[derive(Clone, Debug)]
pub(crate) struct Random(Arc<Mutex<fastrand::Rng>>);

impl Random {
    /// A source that gives the same numbers for the same seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub(crate) fn fraction(&self) -> f64 {
        lock(&self.0).f64()
    }

    /// A whole number from `start` (inclusive) to `end` (exclusive); `start` if the range is empty.
    pub(crate) fn between(&self, start: i64, end: i64) -> i64 {
        if start < end { lock(&self.0).i64(start..end) } else { start }
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        lock(&self.0).fill(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
