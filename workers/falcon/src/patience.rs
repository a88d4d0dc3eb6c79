//! How long and how often a call is tried.

use std::time::Duration;

/// The first pause is about this long; each further one is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The bounds of a call. The defaults let it wait out a full rate limit, whose window is a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A whole call, with its waits and repeats. Default 3 minutes.
    pub call: Duration,
    /// One request within it. Default 30 s.
    pub request: Duration,
    /// The longest wait that Falcon may ask for; a longer one ends the call. Default 65 s.
    pub wait: Duration,
    /// Requests for one thing, the first included. Default 5.
    pub attempts: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(180),
            request: Duration::from_secs(30),
            wait: Duration::from_secs(65),
            attempts: 5,
        }
    }
}

/// The pause after so many attempts: doubling, and spread by half of itself to both sides, so that workers that failed
/// together do not return together.
pub(crate) fn pause(attempts: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1)));
    doubled.min(LONGEST_PAUSE).mul_f64(0.5 + fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_spread() {
        for (attempts, milliseconds) in [(1, 500..=1500), (2, 1000..=3000), (40, 15_000..=45_000)] {
            let pauses: Vec<_> = (0..100).map(|_| pause(attempts)).collect();
            assert!(pauses.iter().all(|pause| milliseconds.contains(&pause.as_millis())), "{attempts}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        }
    }
}
