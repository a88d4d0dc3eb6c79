//! One connection to a stream.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::opening::Opening;
use super::session::Key;
use super::{State, Streams};
use crate::front::ConnectionCut;

/// After so long without an event Falcon sends an empty line.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// The longest that a piece waits where the order among the partitions is not kept, in milliseconds.
const LONGEST_WAIT: u64 = 20;

/// An open stream. It ends when it is cut, or dropped.
#[derive(Debug)]
pub(crate) struct Feed {
    streams: Streams,
    key: Key,
    /// The connection's own.
    number: u64,
    event_types: Vec<String>,
    /// The offset that is looked for next.
    position: u64,
    /// How many lines are left before the one in the middle of which the connection is cut.
    left: Option<u64>,
    reorder: bool,
    chance: fastrand::Rng,
    spoke: Instant,
    over: bool,
}

/// What there is to do for a connection.
enum Next {
    Send(Vec<u8>),
    Wait(Duration),
    End,
}

impl Feed {
    /// A connection with this number that begins at `position`, under the settings as they are now.
    pub(super) fn new(streams: Streams, state: &State, opening: Opening, number: u64, position: u64) -> Self {
        let key = opening.key();
        let event_types = opening.event_types;
        let mut chance = fastrand::Rng::with_seed(streams.identifiers.number(&format!("{key:?} {number}")));
        let left = state.settings.cut_after.map(|lines| chance.u64(lines / 2..=lines.saturating_add(lines / 2)));
        let reorder = state.settings.reorder;
        let spoke = Instant::now();
        Self { streams, key, number, event_types, position, left, reorder, chance, spoke, over: false }
    }

    /// The next piece: whole lines, or what the connection is cut in. A call that is dropped loses nothing.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, ConnectionCut>> {
        if self.over {
            return None;
        }
        if self.reorder {
            tokio::time::sleep(Duration::from_millis(self.chance.u64(..=LONGEST_WAIT))).await;
        }
        loop {
            // Made before the look, so that nothing that happens after it is missed.
            let changed = Arc::clone(&self.streams.changed);
            let changed = changed.notified();
            match self.look() {
                Next::Send(piece) => {
                    self.spoke = Instant::now();
                    return Some(Ok(piece.into()));
                }
                Next::Wait(wait) => drop(tokio::time::timeout(wait, changed).await),
                Next::End => {
                    self.over = true;
                    return Some(Err(ConnectionCut));
                }
            }
        }
    }

    fn look(&mut self) -> Next {
        let streams = self.streams.clone();
        let (now, mut state) = (streams.clock.now(), streams.locked());
        let Some(ends) = state.sessions.ends(&self.key, self.number, now) else { return Next::End };
        let most = self.left.map_or(u64::MAX, |left| left.max(1));
        let passes = |of: &str| self.event_types.is_empty() || self.event_types.iter().any(|one| one == of);
        let mut piece = state.logs[self.key.1].read(&mut self.position, most, passes);
        if piece.lines == 0 {
            let quiet = self.spoke.elapsed();
            let lives = Duration::try_from(ends.duration_since(now)).unwrap_or_default();
            return match KEEP_ALIVE.saturating_sub(quiet) {
                Duration::ZERO => Next::Send(b"\n".to_vec()),
                wait => Next::Wait(wait.min(lives)),
            };
        }
        match self.left.as_mut() {
            Some(0) => {
                piece.bytes.truncate(piece.bytes.len() / 2);
                state.disconnect(&self.key, self.number, now);
            }
            Some(left) => *left -= piece.lines,
            None => {}
        }
        Next::Send(piece.bytes)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let now = self.streams.clock.now();
        self.streams.locked().disconnect(&self.key, self.number, now);
    }
}
