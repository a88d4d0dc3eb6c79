//! How many requests Falcon takes in a minute: of a customer, of an address that asks for tokens, and of one that has none.
//!
//! <https://github.com/CrowdStrike/gofalcon/issues/364> and, for requests without a token, the headers in
//! <https://github.com/CrowdStrike/falconpy/issues/130>. The sandbox counts by the minute of its clock; Falcon slides.

use jiff::Timestamp;

use crate::service::Service;
use crate::wire::ServiceError;

const WINDOW_SECONDS: i64 = 60;

/// Which of the limits a request falls under.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limit {
    Customer,
    Tokens,
    Unauthorized,
}

/// What was taken in the window that was last asked about.
#[derive(Debug, Default)]
pub(super) struct Limits {
    window: i64,
    taken: [u32; 3],
}

impl Limit {
    pub(super) fn per_minute(self) -> u32 {
        match self {
            Self::Customer => 6000,
            Self::Tokens => 300,
            Self::Unauthorized => 15,
        }
    }
}

impl Limits {
    /// Takes one request more.
    ///
    /// # Errors
    /// 429 where the window has no more.
    pub(super) fn take(&mut self, limit: Limit, now: Timestamp) -> Result<(), ServiceError> {
        if self.remaining(limit, now) == 0 {
            return Err(Service::Falcon.throttled());
        }
        self.taken[limit as usize] += 1;
        Ok(())
    }

    pub(super) fn remaining(&mut self, limit: Limit, now: Timestamp) -> u32 {
        let window = now.as_second().div_euclid(WINDOW_SECONDS);
        if self.window != window {
            *self = Self { window, taken: [0; 3] };
        }
        limit.per_minute().saturating_sub(self.taken[limit as usize])
    }
}

/// The second since 1970 at which the next window begins.
pub(super) fn next_window(now: Timestamp) -> i64 {
    (now.as_second().div_euclid(WINDOW_SECONDS) + 1) * WINDOW_SECONDS
}
