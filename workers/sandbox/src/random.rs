//! Chance that can be repeated: one seed gives the same jitter, faults, identifiers and random numbers in every run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Builder;

/// A seeded source of random numbers that many share.
#[derive(Clone, Debug)]
pub(crate) struct Random(Arc<Mutex<fastrand::Rng>>);

impl Random {
    /// A source that gives the same numbers for the same seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// A number from 0 (inclusive) to 1 (exclusive).
    pub(crate) fn fraction(&self) -> f64 {
        self.source().f64()
    }

    /// A whole number from `start` (inclusive) to `end` (exclusive); `start` if the range is empty.
    pub(crate) fn between(&self, start: i64, end: i64) -> i64 {
        if start < end { self.source().i64(start..end) } else { start }
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        self.source().fill(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    fn source(&self) -> MutexGuard<'_, fastrand::Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
