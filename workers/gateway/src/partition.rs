//! One partition of the stream, read from where it was left.

use std::time::Duration;

use bytes::Bytes;
use falconer_activities::falcon::{FalconCallError, FalconCloud};
use falconer_falcon::{EventStream, FalconError, Feed, FeedError, ReadFrom};
use falconer_runtime::Pauses;
use futures_util::FutureExt;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::mapping::Mapping;
use crate::metrics::Readiness;
use crate::progress::Progress;

/// Lines that are taken together, so that Falcon is asked for their hosts at once.
const MOST_LINES: usize = 500;

/// Times in a row that a feed could not be opened, or brought nothing, until its session is given up.
const MOST_FAILURES: u32 = 5;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A partition, and what reads it.
pub(crate) struct Partition {
    pub(crate) falcon: FalconCloud,
    pub(crate) stream: EventStream,
    pub(crate) progress: Progress,
    /// Where it is begun if nothing is known of it.
    pub(crate) from: ReadFrom,
    pub(crate) mapping: Mapping,
    pub(crate) readiness: Readiness,
}

/// How a feed ended.
enum End {
    /// It was asked to.
    Stopped,
    /// Falcon ended it, or the connection broke; whether a line came before.
    Cut { had_lines: bool },
}

impl Partition {
    /// Reads until `stop`, or until the session is over: then the streams have to be found anew.
    pub(crate) async fn read(self, stop: CancellationToken) {
        let partition = self.stream.partition();
        let _keeping = AbortOnDropHandle::new(tokio::spawn(keep_alive(self.falcon.clone(), self.stream.clone())));
        let (mut pauses, mut failures) = (Pauses::new(FIRST_PAUSE, LONGEST_PAUSE), 0);
        while failures < MOST_FAILURES && !stop.is_cancelled() {
            let opened = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                opened = self.open() => opened,
            };
            match opened {
                Ok(feed) => {
                    self.readiness.connected(partition, true);
                    match self.follow(feed, &stop).await {
                        End::Stopped => break,
                        End::Cut { had_lines: true } => {
                            failures = 0;
                            pauses.reset();
                        }
                        End::Cut { had_lines: false } => failures += 1,
                    }
                    self.readiness.connected(partition, false);
                }
                Err(FalconCallError::Falcon(FalconError::SessionEnded { .. })) => break,
                Err(error) => {
                    tracing::warn!(partition, "the feed could not be opened: {error}");
                    failures += 1;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pauses.next()) => {}
            }
        }
        self.readiness.connected(partition, false);
    }

    async fn open(&self) -> Result<Feed, FalconCallError> {
        let from = self.progress.next().map_or(self.from, ReadFrom::Offset);
        tracing::info!(partition = self.stream.partition(), ?from, "opening the feed");
        self.falcon.ask(async |falcon| falcon.open(&self.stream, from, &[]).await).await
    }

    /// Reads a feed to its end. What was read is taken before it answers, even if it is told to stop.
    async fn follow(&self, mut feed: Feed, stop: &CancellationToken) -> End {
        let partition = self.stream.partition();
        let mut had_lines = false;
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return End::Stopped,
                next = feed.next() => next,
            };
            let (lines, end) = together(next, &mut feed);
            if !lines.is_empty() {
                had_lines = true;
                self.mapping.take(&lines, &self.progress).await;
            }
            match end {
                None => {}
                Some(Ok(())) => {
                    tracing::info!(partition, "Falcon ended the feed");
                    return End::Cut { had_lines };
                }
                Some(Err(error @ FeedError::LineTooLong)) => self.mapping.pass_over(&error, &self.progress),
                Some(Err(error)) => {
                    tracing::warn!(partition, "{error}");
                    return End::Cut { had_lines };
                }
            }
        }
    }
}

/// What came with the first line and is there already, but for empty lines, which only say that Falcon is there; and how the feed
/// ended, if it did.
fn together(first: Result<Option<Bytes>, FeedError>, feed: &mut Feed) -> (Vec<Bytes>, Option<Result<(), FeedError>>) {
    let (mut lines, mut next) = (Vec::new(), Some(first));
    while let Some(one) = next.take() {
        match one {
            Ok(Some(line)) if line.is_empty() => {}
            Ok(Some(line)) => lines.push(line),
            Ok(None) => return (lines, Some(Ok(()))),
            Err(error) => return (lines, Some(Err(error))),
        }
        if lines.len() < MOST_LINES {
            next = feed.next().now_or_never();
        }
    }
    (lines, None)
}

/// Refreshes the session for as long as it is let.
async fn keep_alive(falcon: FalconCloud, stream: EventStream) {
    let partition = stream.partition();
    loop {
        sleep(stream.refresh_within()).await;
        let mut pauses = Pauses::new(Duration::from_secs(1), Duration::from_secs(30));
        while let Err(error) = falcon.ask(async |falcon| falcon.refresh(&stream).await).await {
            tracing::warn!(partition, "the session of the feed could not be refreshed: {error}");
            sleep(pauses.next()).await;
        }
    }
}
