//! The wall clock, for the time stamps of metrics; everything that waits uses tokio's.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970; zero on a clock that is set before.
#[expect(clippy::disallowed_methods, reason = "this is the clock module")]
pub(crate) fn epoch_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
