//! Pauses between attempts: exponential, with jitter.
//!
//! The only module that uses the crate `backoff`, and only its intervals: its retry loop gives up after 15 minutes,
//! and its clock is not tokio's.

use std::time::Duration;

use backoff::{ExponentialBackoff, ExponentialBackoffBuilder, backoff::Backoff};

/// A growing sequence of pauses.
#[derive(Debug)]
pub struct Pauses {
    intervals: ExponentialBackoff,
    longest: Duration,
}

impl Pauses {
    /// Pauses that begin at about `first` and double up to about `longest`; each is spread by half of itself to both
    /// sides, so that workers that failed together do not return together.
    pub fn new(first: Duration, longest: Duration) -> Self {
        let intervals = ExponentialBackoffBuilder::new()
            .with_initial_interval(first)
            .with_max_interval(longest)
            .with_multiplier(2.0)
            .with_randomization_factor(0.5)
            .with_max_elapsed_time(None)
            .build();
        Self { intervals, longest }
    }

    /// The next pause, longer on average than the one before.
    #[expect(
        clippy::should_implement_trait,
        reason = "pauses never end, and nobody goes through them as through a list"
    )]
    pub fn next(&mut self) -> Duration {
        // `None` means that the maximum elapsed time is over, and there is none.
        self.intervals.next_backoff().unwrap_or(self.longest)
    }

    /// Begins again with the first pause.
    pub fn reset(&mut self) {
        self.intervals.reset();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pauses;

    #[test]
    fn pauses_grow_to_the_longest_and_never_end() {
        let mut pauses = Pauses::new(Duration::from_millis(100), Duration::from_secs(10));
        let first = pauses.next();
        assert!((50..=150).contains(&first.as_millis()), "{first:?}");
        let last = (0..1_000).map(|_| pauses.next()).last().expect("a thousand pauses");
        assert!((5_000..=15_000).contains(&last.as_millis()), "{last:?}");
        pauses.reset();
        assert!(pauses.next() <= Duration::from_millis(150));
    }
}
