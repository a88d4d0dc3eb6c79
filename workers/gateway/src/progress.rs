//! Which events of a partition are settled, and up to where all of them are.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

/// How far one partition has come; clones look at the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// The events that are not settled, by offset; of one that came several times, how often, and when Falcon made it.
    open: BTreeMap<u64, Open>,
    /// The highest offset that was read.
    read: Option<u64>,
    /// The highest offset at and below which everything is settled. It never goes back.
    settled: Option<u64>,
}

#[derive(Debug)]
struct Open {
    times: usize,
    created: Option<Timestamp>,
}

/// One event that is not settled yet. Dropping it settles nothing: what is lost on the way is read again.
#[derive(Debug)]
#[must_use = "an event that is never settled holds the offset for ever"]
pub(crate) struct Ticket {
    progress: Progress,
    offset: u64,
}

/// What metrics tell of a partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lag {
    /// Events that were read and are not settled.
    pub(crate) events: usize,
    /// When the oldest of them was made.
    pub(crate) since: Option<Timestamp>,
}

impl Progress {
    /// The progress of a partition of which everything up to `settled` was settled by an earlier run.
    pub(crate) fn resumed(settled: Option<u64>) -> Self {
        Self(Arc::new(Mutex::new(State { settled, ..State::default() })))
    }

    /// An event was read.
    pub(crate) fn begin(&self, offset: u64, created: Option<Timestamp>) -> Ticket {
        let mut state = self.state();
        state.open.entry(offset).or_insert(Open { times: 0, created }).times += 1;
        state.read = state.read.max(Some(offset));
        Ticket { progress: self.clone(), offset }
    }

    /// The offset at and below which everything is settled; nothing before the first event.
    pub(crate) fn settled(&self) -> Option<u64> {
        self.state().settled
    }

    /// The offset to read on from.
    pub(crate) fn next(&self) -> Option<u64> {
        let state = self.state();
        state.read.max(state.settled).map(|last| last.saturating_add(1))
    }

    /// How far behind it is.
    pub(crate) fn lag(&self) -> Lag {
        let state = self.state();
        Lag { events: state.open.len(), since: state.open.values().find_map(|open| open.created) }
    }

    fn settle(&self, offset: u64) {
        let mut state = self.state();
        if let Some(open) = state.open.get_mut(&offset) {
            open.times -= 1;
            if open.times == 0 {
                state.open.remove(&offset);
            }
        }
        let below_first = state.open.first_key_value().map(|(first, _)| first.checked_sub(1));
        let reached = below_first.unwrap_or(state.read);
        state.settled = state.settled.max(reached);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// The event needs nobody any more.
    pub(crate) fn settle(self) {
        self.progress.settle(self.offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_the_first_open_event_is_settled() {
        let progress = Progress::default();
        let tickets: Vec<Ticket> = [10, 11, 15].map(|offset| progress.begin(offset, None)).into();
        let [first, second, third] = tickets.try_into().unwrap();
        assert_eq!(progress.settled(), None);
        third.settle();
        assert_eq!(progress.settled(), Some(9), "nothing that was read lies below the first");
        first.settle();
        assert_eq!(progress.settled(), Some(10));
        second.settle();
        assert_eq!(progress.settled(), Some(15), "offsets that no event has are no pending work");
    }

    #[test]
    fn an_event_that_came_twice_is_settled_with_its_second_ticket() {
        let progress = Progress::default();
        let (first, again) = (progress.begin(7, None), progress.begin(7, None));
        first.settle();
        assert_eq!(progress.settled(), Some(6));
        again.settle();
        assert_eq!(progress.settled(), Some(7));
    }

    #[test]
    fn an_event_from_before_takes_nothing_back() {
        let progress = Progress::resumed(Some(100));
        let repeated = progress.begin(90, None);
        assert_eq!((progress.settled(), progress.next()), (Some(100), Some(101)));
        repeated.settle();
        assert_eq!((progress.settled(), progress.next()), (Some(100), Some(101)));
    }

    #[test]
    fn a_ticket_that_is_lost_settles_nothing() {
        let progress = Progress::default();
        drop(progress.begin(3, None));
        progress.begin(4, None).settle();
        assert_eq!((progress.settled(), progress.next()), (Some(2), Some(5)));
        assert_eq!(progress.lag().events, 1);
    }

    #[test]
    fn the_lag_is_as_old_as_the_oldest_open_event() {
        let at = |second| Timestamp::from_second(second).ok();
        let progress = Progress::default();
        let old = progress.begin(1, at(100));
        let new = progress.begin(2, at(200));
        assert_eq!(progress.lag(), Lag { events: 2, since: at(100) });
        old.settle();
        assert_eq!(progress.lag(), Lag { events: 1, since: at(200) });
        new.settle();
        assert_eq!(progress.lag(), Lag::default(), "a quiet partition is not behind");
    }
}
