//! A limit on how often an operation may be called.
//!
//! AWS counts with a token bucket for each account and region:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::wire::Caller;

/// The buckets of one limit.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    per_second: f64,
    burst: f64,
    /// By account and region: how many calls were left, and when.
    left: HashMap<(String, String), (f64, Timestamp)>,
}

impl Rate {
    /// Reads `10/30`: 10 calls a second, and a bucket of 30.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (per_second, burst) = text.split_once('/')?;
        let (per_second, burst): (f64, u32) = (per_second.parse().ok()?, burst.parse().ok()?);
        let limits = per_second.is_finite() && per_second > 0.0 && burst > 0;
        limits.then(|| Self { per_second, burst: f64::from(burst), left: HashMap::new() })
    }

    /// Takes a call out of the caller's bucket; false if it is empty.
    pub(super) fn takes(&mut self, caller: &Caller, now: Timestamp) -> bool {
        let key = (caller.account.clone(), caller.region.clone());
        let (left, since) = self.left.entry(key).or_insert((self.burst, now));
        let refilled = now.duration_since(*since).as_secs_f64() * self.per_second;
        (*left, *since) = ((*left + refilled).min(self.burst), now);
        let takes = *left >= 1.0;
        if takes {
            *left -= 1.0;
        }
        takes
    }
}
