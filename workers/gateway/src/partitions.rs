//! All partitions that are read, or were by an earlier run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::offsets::Offsets;
use crate::progress::Progress;

/// How far every partition has come; clones look at the same ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Partitions(Arc<Mutex<BTreeMap<u32, Progress>>>);

impl Partitions {
    /// What an earlier run has left.
    pub(crate) fn resumed(kept: &Offsets) -> Self {
        let progress = |(&partition, &offset): (&u32, &u64)| (partition, Progress::resumed(Some(offset)));
        Self(Arc::new(Mutex::new(kept.0.iter().map(progress).collect())))
    }

    pub(crate) fn of(&self, partition: u32) -> Progress {
        self.locked().entry(partition).or_default().clone()
    }

    pub(crate) fn all(&self) -> BTreeMap<u32, Progress> {
        self.locked().clone()
    }

    /// What may be kept now.
    pub(crate) fn settled(&self) -> Offsets {
        let all = self.all();
        Offsets(all.iter().filter_map(|(partition, progress)| Some((*partition, progress.settled()?))).collect())
    }

    /// The events that were read and are not settled.
    pub(crate) fn underway(&self) -> usize {
        self.locked().values().map(|progress| progress.lag().events).sum()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<u32, Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
