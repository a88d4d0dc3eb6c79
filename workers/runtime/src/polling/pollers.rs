//! How many pollers an activity has: one more for each poll that brings a task, one fewer for each that does not.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The number of an activity's pollers, between `idle` and `most`.
#[derive(Debug)]
pub(crate) struct Pollers {
    idle: usize,
    most: usize,
    now: AtomicUsize,
}

/// One poller's place among them; given back when dropped, also by a panic, so that a lost poller shows.
#[derive(Debug)]
pub(crate) struct Seat {
    pollers: Arc<Pollers>,
    given_back: bool,
}

impl Pollers {
    pub(crate) fn new(idle: usize, most: usize) -> Arc<Self> {
        Arc::new(Self { idle: idle.min(most), most, now: AtomicUsize::new(0) })
    }

    /// Seats for the pollers that there always are.
    pub(crate) fn idle_seats(self: &Arc<Self>) -> Vec<Seat> {
        (0..self.idle).filter_map(|_| self.join()).collect()
    }

    /// A seat for one poller more, unless there are as many as there may be.
    pub(crate) fn join(self: &Arc<Self>) -> Option<Seat> {
        let grown = self.now.fetch_update(Relaxed, Relaxed, |now| (now < self.most).then_some(now + 1));
        grown.ok().map(|_| Seat { pollers: Arc::clone(self), given_back: false })
    }

    /// How many there are.
    pub(crate) fn now(&self) -> usize {
        self.now.load(Relaxed)
    }
}

impl Seat {
    /// Gives the seat back if there are more pollers than idle ones; otherwise the poller has to stay.
    pub(crate) fn leave_unless_idle(mut self) -> Option<Self> {
        let Pollers { idle, now, .. } = &*self.pollers;
        // Checked and counted in one step: of two that want to leave, the second sees that the first has left.
        self.given_back = now.fetch_update(Relaxed, Relaxed, |now| (now > *idle).then(|| now - 1)).is_ok();
        (!self.given_back).then_some(self)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.given_back {
            self.pollers.now.fetch_sub(1, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pollers;

    #[test]
    fn pollers_grow_to_the_most_and_shrink_to_the_idle_number() {
        let pollers = Pollers::new(2, 4);
        let mut seats = pollers.idle_seats();
        assert_eq!(pollers.now(), 2);
        seats.extend((0..10).filter_map(|_| pollers.join()));
        assert_eq!(pollers.now(), 4);
        let stayed: Vec<_> = seats.into_iter().filter_map(super::Seat::leave_unless_idle).collect();
        assert_eq!((pollers.now(), stayed.len()), (2, 2));
    }

    #[test]
    fn a_poller_that_panics_is_no_longer_counted() {
        let pollers = Pollers::new(1, 1);
        let seats = pollers.idle_seats();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _seats = seats;
            panic!("a bug");
        }));
        assert!(panicked.is_err());
        assert_eq!(pollers.now(), 0);
    }
}
