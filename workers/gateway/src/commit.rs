//! Keeping how far the gateway has come: every few seconds, and once more when it stops.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::offsets::{OffsetStore, Offsets, OffsetsError};
use crate::partitions::Partitions;

/// How often the last offsets are tried to be kept, and how long after each failure.
const LAST_ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_secs(1);

/// What keeps the offsets of the partitions.
pub(crate) struct Committer {
    pub(crate) store: OffsetStore,
    pub(crate) partitions: Partitions,
    /// What stands in the store.
    pub(crate) kept: Offsets,
    pub(crate) period: Duration,
}

impl Committer {
    /// Keeps the offsets, one time after the other so that no earlier one comes last, until `stop`; then those at the end.
    ///
    /// # Errors
    /// Why those at the end could not be kept.
    pub(crate) async fn commit(mut self, stop: &CancellationToken) -> Result<(), OffsetsError> {
        let mut interval = interval(self.period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = interval.tick() => {}
            }
            if let Err(error) = self.save().await {
                tracing::warn!("{error}");
            }
        }
        for _ in 1..LAST_ATTEMPTS {
            match self.save().await {
                Ok(()) => return Ok(()),
                Err(error) => tracing::error!("{error}"),
            }
            sleep(PAUSE).await;
        }
        self.save().await
    }

    /// Keeps what is settled, unless it stands there.
    async fn save(&mut self) -> Result<(), OffsetsError> {
        let settled = self.partitions.settled();
        if settled != self.kept {
            self.store.save(&settled).await?;
            self.kept = settled;
        }
        Ok(())
    }
}
