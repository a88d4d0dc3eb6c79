//! Keeps a long row of calls below what Security Hub lets an account do.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

/// Between two findings, of which each may cost a GetFindings and a BatchUpdateFindings. An account may call the first
/// three times a second, ten times the second: whoever else needs them must get a turn.
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html>
const BETWEEN: Duration = Duration::from_millis(500);

/// A pace that is kept over all calls of one task.
#[derive(Debug)]
pub struct Pace(Interval);

impl Default for Pace {
    fn default() -> Self {
        let mut interval = interval(BETWEEN);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self(interval)
    }
}

impl Pace {
    /// Waits until the next call may be made.
    pub(crate) async fn keep(&mut self) {
        self.0.tick().await;
    }
}
