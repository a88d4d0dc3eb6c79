//! How many pollers an activity has: the idle ones, which there always are, and those that follow a task.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::telemetry::counters::{Gauge, Inside};

/// The pollers of an activity.
#[derive(Debug)]
pub(crate) struct Pollers {
    idle: usize,
    idle_now: Gauge,
    most_following: usize,
    following: Semaphore,
}

impl Pollers {
    /// `idle` pollers, to which others come as tasks do, up to `most` in all.
    pub(crate) fn new(idle: usize, most: usize) -> Self {
        let most_following = most.saturating_sub(idle);
        Self { idle, idle_now: Gauge::default(), most_following, following: Semaphore::new(most_following) }
    }

    /// How many pollers there are to be while nothing arrives.
    pub(crate) fn idle(&self) -> usize {
        self.idle
    }

    /// Counts an idle poller until it is dropped, also by a panic, so that a lost one shows.
    pub(crate) fn enter_idle(&self) -> Inside<'_> {
        self.idle_now.enter()
    }

    /// A place for a poll that follows a task, unless there are as many as there may be.
    pub(crate) fn follow(&self) -> Option<SemaphorePermit<'_>> {
        self.following.try_acquire().ok()
    }

    /// How many idle ones there really are.
    pub(crate) fn idle_now(&self) -> usize {
        self.idle_now.now()
    }

    /// How many there are.
    pub(crate) fn now(&self) -> usize {
        self.idle_now() + self.most_following - self.following.available_permits()
    }
}

#[cfg(test)]
mod tests {
    use super::Pollers;

    #[test]
    fn pollers_that_follow_tasks_come_to_the_idle_ones_up_to_the_most() {
        let pollers = Pollers::new(2, 4);
        let idle = [pollers.enter_idle(), pollers.enter_idle()];
        let following = [pollers.follow(), pollers.follow()];
        assert!(following.iter().all(Option::is_some) && pollers.follow().is_none());
        assert_eq!((pollers.now(), pollers.idle_now()), (4, 2));
        drop((idle, following));
        assert_eq!(pollers.now(), 0);
    }

    #[test]
    fn a_poller_that_panics_is_no_longer_counted() {
        let pollers = Pollers::new(1, 1);
        let panicked = std::panic::catch_unwind(|| {
            let _idle = pollers.enter_idle();
            panic!("a bug");
        });
        assert!(panicked.is_err());
        assert_eq!(pollers.idle_now(), 0);
    }
}
