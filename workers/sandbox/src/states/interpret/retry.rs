//! Retry: which failures a state is tried again for, and after how long.

use std::time::Duration;

use crate::random::Random;
use crate::states::definition::{Jitter, MAX_SECONDS, Retrier};
use crate::states::failure::Failure;

/// The retries of one visit of a state. Each retrier counts its own.
pub(super) struct Retries<'a> {
    retriers: Vec<(&'a Retrier, u64)>,
}

impl<'a> Retries<'a> {
    /// No retry yet.
    pub(super) fn of(retriers: &'a [Retrier]) -> Self {
        Self { retriers: retriers.iter().map(|retrier| (retrier, 0)).collect() }
    }

    /// How often the state has been tried again.
    pub(super) fn count(&self) -> u64 {
        self.retriers.iter().map(|(_, used)| used).sum()
    }

    /// How long to wait before the next attempt; `None` if there is none. Only the first retrier that names the
    /// failure counts, even when it has no attempts left.
    pub(super) fn next(&mut self, failure: &Failure, random: &Random) -> Option<Duration> {
        let (retrier, used) = self.retriers.iter_mut().find(|(retrier, _)| failure.is_named_by(&retrier.errors))?;
        if *used >= retrier.attempts {
            return None;
        }
        let exponent = i32::try_from(*used).unwrap_or(i32::MAX);
        *used += 1;
        let longest = retrier.longest.unwrap_or(Duration::from_secs(MAX_SECONDS)).as_secs_f64();
        let delay = (retrier.interval.as_secs_f64() * retrier.backoff.powi(exponent)).min(longest);
        let share = if retrier.jitter == Jitter::Full { random.fraction() } else { 1.0 };
        Some(Duration::from_secs_f64(delay * share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(error: &str, attempts: u64) -> Retrier {
        Retrier {
            errors: vec![error.to_owned()],
            interval: Duration::from_secs(3),
            attempts,
            backoff: 2.0,
            longest: None,
            jitter: Jitter::None,
        }
    }

    fn delays(retries: &mut Retries<'_>, errors: &[&str]) -> Vec<Option<f64>> {
        let random = Random::seeded(1);
        let next = |error: &&str| retries.next(&Failure::new(error, ""), &random).map(|delay| delay.as_secs_f64());
        errors.iter().map(next).collect()
    }

    #[test]
    fn waits_grow_by_the_backoff_rate_until_the_attempts_are_used_up() {
        let retriers = [retrier("A", 3)];
        let delays = delays(&mut Retries::of(&retriers), &["A", "A", "A", "A"]);
        assert_eq!(delays, [Some(3.0), Some(6.0), Some(12.0), None]);
    }

    #[test]
    fn each_retrier_counts_its_own_attempts_and_the_first_that_names_the_error_decides() {
        let retriers = [retrier("A", 1), retrier("B", 2), retrier("States.ALL", 9)];
        let mut retries = Retries::of(&retriers);
        assert_eq!(delays(&mut retries, &["A", "B", "B", "A", "B"]), [Some(3.0), Some(3.0), Some(6.0), None, None]);
        assert_eq!(retries.count(), 3);
        assert_eq!(delays(&mut retries, &["C"]), [Some(3.0)]);
    }

    #[test]
    fn no_wait_is_longer_than_the_longest() {
        let retriers = [Retrier { longest: Some(Duration::from_secs(5)), ..retrier("A", 3) }];
        assert_eq!(delays(&mut Retries::of(&retriers), &["A", "A", "A"]), [Some(3.0), Some(5.0), Some(5.0)]);
    }

    #[test]
    fn full_jitter_takes_any_part_of_the_wait() {
        let retriers = [Retrier { jitter: Jitter::Full, backoff: 1.0, ..retrier("A", 100) }];
        let delays = delays(&mut Retries::of(&retriers), &["A"; 100]);
        let delays: Vec<f64> = delays.into_iter().flatten().collect();
        assert!(delays.iter().all(|delay| (0.0..3.0).contains(delay)), "{delays:?}");
        assert!(delays.iter().any(|delay| *delay < 0.5) && delays.iter().any(|delay| *delay > 2.5), "{delays:?}");
    }

    #[test]
    fn attempts_of_zero_mean_never() {
        let retriers = [retrier("A", 0), retrier("States.ALL", 9)];
        assert_eq!(delays(&mut Retries::of(&retriers), &["A"]), [None]);
    }
}
