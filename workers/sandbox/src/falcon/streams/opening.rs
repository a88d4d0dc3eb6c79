//! A stream is opened: what the reader asks for, and what comes of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::feed::Feed;
use super::line::Line;
use super::session::Key;
use super::{Streams, audit};

/// What a reader asks for.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Opening {
    pub(super) app: String,
    pub(super) partition: usize,
    /// Where to begin.
    pub(super) offset: Option<u64>,
    /// Begin with what is yet to come; without it and without an offset, with the oldest event.
    pub(super) newest: bool,
    /// The events of other types are left out; none is if this is empty.
    pub(super) event_types: Vec<String>,
}

impl Opening {
    pub(super) fn key(&self) -> Key {
        (self.app.clone(), self.partition)
    }
}

impl Streams {
    /// Opens the stream, which is an event in it. Where another connection came first, this one ends at once.
    pub(super) fn open(&self, opening: Opening) -> Feed {
        let (now, mut state) = (self.clock.now(), self.locked());
        let number = state.sessions.connect(&opening.key(), opening.offset, now);
        let log = &mut state.logs[opening.partition];
        let next = log.next();
        if number.is_some()
            && let Ok(started) = Line::of(audit::stream_started(&opening, next, now), now)
        {
            log.append(Arc::new(started), 1, 0, 1);
        }
        let position = match opening.offset {
            Some(offset) => offset.saturating_sub(state.settings.repeat),
            None if opening.newest => next,
            None => 0,
        };
        let feed = Feed::new(self.clone(), &state, opening, number.unwrap_or_default(), position);
        drop(state);
        self.changed.notify_waiters();
        feed
    }
}
