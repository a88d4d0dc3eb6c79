//! How the event stream behaves.

use std::time::Duration;

use serde::Deserialize;

/// The settings as a whole: what is left out is as in the beginning.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Settings {
    /// Into how many streams the events are divided.
    pub(super) partitions: usize,
    /// How many events earlier than asked a connection begins.
    pub(super) repeat: u64,
    /// After about how many lines each connection is cut, in the middle of the next one.
    pub(super) cut_after: Option<u64>,
    /// Whether each piece of a connection waits for a short time of chance, so that what happened first may come last among the
    /// partitions.
    pub(super) reorder: bool,
    /// For how many seconds a connection that has ended still counts as open.
    pub(super) linger: u32,
}

impl Settings {
    pub(super) fn linger(&self) -> Duration {
        Duration::from_secs(u64::from(self.linger))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { partitions: 2, repeat: 0, cut_after: None, reorder: false, linger: 0 }
    }
}
