//! Wait: lets time pass.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Line;
use super::amount::amount;
use crate::states::data::{Scope, timestamp};
use crate::states::definition::Pause;
use crate::states::failure::Failure;

impl Line<'_> {
    /// Waits as long as the state says; a time that has passed is no wait at all.
    pub(super) async fn wait(&self, pause: &Pause, scope: Scope<'_>) -> Result<(), Failure> {
        let pause = match pause {
            Pause::For(seconds) => Duration::from_secs(amount(seconds, 0, scope)?),
            Pause::Until(time) => self.time_until(*time),
            Pause::UntilPath(path) => match path.value(scope)? {
                Value::String(text) if timestamp::parse(&text).is_some() => {
                    timestamp::parse(&text).map_or(Duration::ZERO, |time| self.time_until(time))
                }
                other => {
                    let cause = format!("The TimestampPath '{}' gives no timestamp but '{other}'.", path.text());
                    return Err(Failure::runtime(cause));
                }
            },
        };
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn time_until(&self, time: Timestamp) -> Duration {
        Duration::try_from(time.duration_since(self.run.clock.now())).unwrap_or(Duration::ZERO)
    }
}
