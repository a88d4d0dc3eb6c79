//! How often each operation was called, and how often a throttle met it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts by `service.Operation`.
type Counts = BTreeMap<String, u64>;

/// Counts of the operations that the sandbox has, calls with a fault and calls that failed included.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    all: Counts,
    throttled: Counts,
}

impl Calls {
    pub(crate) fn count(&self, operation: &str) {
        *self.locked().all.entry(operation.to_owned()).or_default() += 1;
    }

    /// Notes that a call which was counted is not done, because a fault throttles it.
    pub(crate) fn throttle(&self, operation: &str) {
        *self.locked().throttled.entry(operation.to_owned()).or_default() += 1;
    }

    pub(crate) fn counts(&self) -> Counts {
        self.locked().all.clone()
    }

    /// Of all calls, those that a fault throttled.
    pub(crate) fn throttled(&self) -> Counts {
        self.locked().throttled.clone()
    }

    pub(crate) fn reset(&self) {
        *self.locked() = State::default();
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
