//! How many polls an activity may have open, and how many pollers it keeps while nothing arrives.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::telemetry::counters::{Gauge, Inside};

/// The pollers of an activity: the idle ones, which there always are, and those that follow a task.
#[derive(Debug)]
pub(crate) struct Pollers {
    idle: usize,
    idle_now: Gauge,
    places: Semaphore,
}

impl Pollers {
    /// `idle` pollers while nothing arrives, and never more than `most` open polls.
    pub(crate) fn new(idle: usize, most: usize) -> Self {
        Self { idle: idle.min(most), idle_now: Gauge::default(), places: Semaphore::new(most) }
    }

    /// How many idle pollers there are to be.
    pub(crate) fn idle(&self) -> usize {
        self.idle
    }

    /// Counts an idle poller until it is dropped, also by a panic, so that a lost one shows.
    pub(crate) fn enter_idle(&self) -> Inside<'_> {
        self.idle_now.enter()
    }

    /// How many idle pollers there really are.
    pub(crate) fn idle_now(&self) -> usize {
        self.idle_now.now()
    }

    /// A place for one open poll, unless there are as many as there may be.
    pub(crate) fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }

    /// Waits for a place. There is always one in the end, as no poll lasts for ever.
    pub(crate) async fn next_place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.acquire().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Pollers;

    #[test]
    fn there_are_never_more_places_than_the_most() {
        let pollers = Pollers::new(1, 2);
        let (first, second) = (pollers.place(), pollers.place());
        assert!(first.is_some() && second.is_some() && pollers.place().is_none());
        assert!(pollers.next_place().now_or_never().is_none());
        drop(first);
        assert!(pollers.next_place().now_or_never().flatten().is_some());
    }

    #[test]
    fn an_idle_poller_that_panics_is_no_longer_counted() {
        let pollers = Pollers::new(1, 1);
        let panicked = std::panic::catch_unwind(|| {
            let _idle = pollers.enter_idle();
            panic!("a bug");
        });
        assert!(panicked.is_err());
        assert_eq!(pollers.idle_now(), 0);
    }
}
