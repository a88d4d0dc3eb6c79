//! Event streams: the events of each partition, who reads them, and the pieces in which they go out.
//!
//! <https://developer.crowdstrike.com/api-reference/collections/event-streams/>; how a stream is read is shown by
//! <https://github.com/CrowdStrike/falcon-integration-gateway/blob/main/fig/falcon/stream.py>.

mod audit;
mod control;
mod feed;
mod line;
mod log;
mod opening;
mod operations;
mod session;
mod settings;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::identifiers::Identifiers;
pub(crate) use control::Sent;
pub(crate) use feed::Feed;
use log::Log;
use session::{Key, Sessions};
use settings::Settings;

/// The first partition's first offset, and how far it is from there to the next partition's: an offset of one partition should
/// not do for another by accident.
const FIRST_OFFSET: u64 = 70_001;
const NEXT_PARTITION: u64 = 1_000_000_000;

/// All streams. A clone is the same streams.
#[derive(Clone, Debug)]
pub(crate) struct Streams {
    clock: Clock,
    identifiers: Identifiers,
    state: Arc<Mutex<State>>,
    /// Wakes the readers: there are new events, or a connection has ended.
    changed: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    settings: Settings,
    /// By partition; at least as many as the settings say.
    logs: Vec<Log>,
    /// The partition of the next event that names none.
    turn: usize,
    sessions: Sessions,
}

impl Streams {
    pub(super) fn new(clock: Clock, identifiers: Identifiers) -> Self {
        let mut state =
            State { settings: Settings::default(), logs: Vec::new(), turn: 0, sessions: Sessions::default() };
        state.make_room();
        Self { clock, identifiers, state: Arc::new(Mutex::new(state)), changed: Arc::default() }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Adds the partitions that are missing.
    fn make_room(&mut self) {
        while self.logs.len() < self.settings.partitions {
            let first = self.logs.last().map_or(FIRST_OFFSET, |log| log.first() + NEXT_PARTITION);
            self.logs.push(Log::beginning_at(first));
        }
    }

    fn disconnect(&mut self, key: &Key, number: u64, now: Timestamp) {
        self.sessions.disconnect(key, number, self.settings.linger(), now);
    }
}
