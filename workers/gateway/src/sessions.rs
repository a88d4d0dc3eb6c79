//! The sessions in which the stream is read, one after the other.

use std::sync::Arc;
use std::time::Duration;

use falconer_activities::falcon::FalconCloud;
use falconer_falcon::EventStream;
use falconer_runtime::{Pauses, Shutdown};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::config::GatewayRules;
use crate::mapping::Mapping;
use crate::metrics::Readiness;
use crate::partition::Partition;
use crate::partitions::Partitions;

/// Between two attempts to find the streams. Falcon may show none for a while after a reader has gone.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What sessions are made of.
pub(crate) struct Sessions {
    pub(crate) falcon: FalconCloud,
    pub(crate) rules: Arc<GatewayRules>,
    pub(crate) partitions: Partitions,
    pub(crate) mapping: Mapping,
    pub(crate) readiness: Readiness,
}

impl Sessions {
    /// Reads until it is asked to stop. A session of one partition that is over ends those of the others too: Falcon shows no streams
    /// of an appId while one of them is read.
    pub(crate) async fn read(&self, shutdown: &Shutdown) {
        while let Some(streams) = self.find(shutdown).await {
            self.readiness.found(streams.iter().map(EventStream::partition));
            let stop = CancellationToken::new();
            let mut readers = JoinSet::new();
            for stream in streams {
                readers.spawn(self.partition(stream).read(stop.clone()));
            }
            tokio::select! {
                () = shutdown.requested() => {}
                _ended = readers.join_next() => {}
            }
            stop.cancel();
            while readers.join_next().await.is_some() {}
            // A session may end as soon as it has begun.
            tokio::select! {
                () = shutdown.requested() => {}
                () = sleep(FIRST_PAUSE) => {}
            }
        }
    }

    /// The streams, as soon as there are some; `None` if it is asked to stop before.
    async fn find(&self, shutdown: &Shutdown) -> Option<Vec<EventStream>> {
        let search = async {
            let mut pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
            loop {
                match self.falcon.ask(async |falcon| falcon.event_streams(&self.rules.app_id).await).await {
                    Ok(streams) => return streams,
                    Err(error) => tracing::warn!("no event stream to read: {error}"),
                }
                sleep(pauses.next()).await;
            }
        };
        tokio::select! {
            biased;
            () = shutdown.requested() => None,
            streams = search => Some(streams),
        }
    }

    fn partition(&self, stream: EventStream) -> Partition {
        Partition {
            falcon: self.falcon.clone(),
            progress: self.partitions.of(stream.partition()),
            stream,
            from: self.rules.from,
            mapping: self.mapping.clone(),
            readiness: self.readiness.clone(),
        }
    }
}
