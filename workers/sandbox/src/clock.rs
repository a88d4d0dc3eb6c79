//! The sandbox's clock: a fixed beginning plus tokio's time, so that a paused runtime makes an hour pass in a millisecond.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Tells the sandbox's time. Waiting is done with `tokio::time::sleep`, which goes at the same pace.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: Timestamp,
    started: Instant,
}

impl Clock {
    /// A clock that shows `epoch` now.
    #[must_use]
    pub fn starting_at(epoch: Timestamp) -> Self {
        Self { epoch, started: Instant::now() }
    }

    /// A clock that shows the computer's time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock module")]
    pub fn system() -> Self {
        Self::starting_at(Timestamp::now())
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let elapsed: Duration = self.started.elapsed();
        self.epoch.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}
