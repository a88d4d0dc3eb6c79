//! Who may read which partition, until when, and who does.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// What `refreshActiveSessionInterval` says: a stream that is not refreshed in this time is cut.
pub(super) const INTERVAL_SECONDS: i64 = 1800;

/// An appId and a partition.
pub(super) type Key = (String, usize);

/// The sessions of all appIds.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_key: BTreeMap<Key, Session>,
    connected: u64,
}

/// The right of an appId to read a partition.
struct Session {
    token: String,
    /// Unless it is refreshed before.
    ends: Timestamp,
    connection: Option<Connection>,
    /// Until then a connection that has ended counts as open.
    free_from: Timestamp,
}

/// A stream that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connection {
    number: u64,
    /// The offset that was asked for, if one was.
    pub(super) asked: Option<u64>,
}

impl Session {
    fn is_open(&self, now: Timestamp) -> bool {
        (self.connection.is_some() && now < self.ends) || now < self.free_from
    }
}

impl Sessions {
    /// Gives out a new token in place of the old one; answers when it ends.
    pub(super) fn begin(&mut self, key: Key, token: String, now: Timestamp) -> Timestamp {
        let ends = renewed(now);
        self.by_key.insert(key, Session { token, ends, connection: None, free_from: now });
        ends
    }

    /// Whether any stream of the appId is open.
    pub(super) fn any_open(&self, app: &str, now: Timestamp) -> bool {
        self.by_key.iter().any(|((of, _), session)| of == app && session.is_open(now))
    }

    pub(super) fn is_open(&self, key: &Key, now: Timestamp) -> bool {
        self.by_key.get(key).is_some_and(|session| session.is_open(now))
    }

    /// Whether this is the token of a session that has not ended.
    pub(super) fn takes(&self, key: &Key, token: &str, now: Timestamp) -> bool {
        self.by_key.get(key).is_some_and(|session| session.token == token && now < session.ends)
    }

    /// Opens the stream, which refreshes the session; answers the connection's number, or nothing if the stream is open.
    pub(super) fn connect(&mut self, key: &Key, asked: Option<u64>, now: Timestamp) -> Option<u64> {
        let session = self.by_key.get_mut(key).filter(|session| !session.is_open(now))?;
        self.connected += 1;
        session.connection = Some(Connection { number: self.connected, asked });
        session.ends = renewed(now);
        Some(self.connected)
    }

    /// Lets the session, and the connection with it, go on for an interval; false if there is none that has not ended.
    pub(super) fn refresh(&mut self, key: &Key, now: Timestamp) -> bool {
        let session = self.by_key.get_mut(key).filter(|session| now < session.ends);
        session.map(|session| session.ends = renewed(now)).is_some()
    }

    /// When the connection with this number ends; nothing if it has.
    pub(super) fn ends(&self, key: &Key, number: u64, now: Timestamp) -> Option<Timestamp> {
        let session = self.by_key.get(key)?;
        let lives = session.connection.is_some_and(|connection| connection.number == number) && now < session.ends;
        lives.then_some(session.ends)
    }

    /// Ends the connection with this number; it counts as open for `linger` more.
    pub(super) fn disconnect(&mut self, key: &Key, number: u64, linger: Duration, now: Timestamp) {
        if self.ends(key, number, now).is_some()
            && let Some(session) = self.by_key.get_mut(key)
        {
            session.connection = None;
            session.free_from = now.saturating_add(linger).unwrap_or(Timestamp::MAX);
        }
    }

    /// The open connections to a partition, by appId.
    pub(super) fn connections(&self, partition: usize, now: Timestamp) -> impl Iterator<Item = (&str, Connection)> {
        let open = self.by_key.iter().filter(move |((_, of), session)| *of == partition && now < session.ends);
        open.filter_map(|((app, _), session)| Some((app.as_str(), session.connection?)))
    }

    /// Ends every connection; each counts as open for `linger` more.
    pub(super) fn disconnect_all(&mut self, linger: Duration, now: Timestamp) {
        let open = self.by_key.iter().filter_map(|(key, session)| Some((key.clone(), session.connection?.number)));
        for (key, number) in open.collect::<Vec<_>>() {
            self.disconnect(&key, number, linger, now);
        }
    }
}

fn renewed(now: Timestamp) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(INTERVAL_SECONDS)).unwrap_or(Timestamp::MAX)
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Session");
        shown.field("ends", &self.ends).field("connection", &self.connection).finish_non_exhaustive()
    }
}
