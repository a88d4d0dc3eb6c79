//! Keeps a long row of calls below what a service lets an account do. Whoever else in the account needs the same calls must get
//! a turn, and each call that is throttled costs another one.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

/// Between two findings, of which each may cost a GetFindings and a BatchUpdateFindings. An account may call the first
/// three times a second, ten times the second.
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html>
const BETWEEN_FINDINGS: Duration = Duration::from_millis(500);

/// Between two pages of what Config or Systems Manager know of an account's instances. AWS publishes no rate for them: four a
/// second are less than half of what Security Hub gives an operation that it names no rate for (of the same page).
const BETWEEN_PAGES: Duration = Duration::from_millis(250);

/// A pace that is kept over all calls of one row; the first call need not wait.
#[derive(Debug)]
pub struct Pace(Interval);

impl Pace {
    /// For findings that are read, or read and updated, one after the other.
    #[must_use]
    pub fn of_findings() -> Self {
        Self::new(BETWEEN_FINDINGS)
    }

    /// For the pages of a list of an account's instances.
    pub(crate) fn of_pages() -> Self {
        Self::new(BETWEEN_PAGES)
    }

    fn new(between: Duration) -> Self {
        let mut interval = interval(between);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }

    /// Waits until the next call may be made.
    pub(crate) async fn keep(&mut self) {
        self.0.tick().await;
    }
}
