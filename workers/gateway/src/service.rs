//! The service: it finds the partitions, lets each be read, keeps how far they have come, and stops in order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use falconer_activities::accounts::Accounts;
use falconer_activities::clock::Clock;
use falconer_activities::falcon::FalconCloud;
use falconer_falcon::EventStream;
use falconer_runtime::{MetricLines, Pauses, Shutdown};
use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::config::GatewayRules;
use crate::dead_letters::{DeadLetters, DeadLettersError};
use crate::hosts::Hosts;
use crate::mapping::{self, Mapping};
use crate::metrics::{Counters, Readiness};
use crate::offsets::{OffsetStore, Offsets, OffsetsError};
use crate::partition::Partition;
use crate::progress::Progress;
use crate::publish::{Delivery, Publisher};

/// Between two attempts to find the streams. Falcon may show none for a while after a reader has gone.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Between two attempts to keep the last offsets.
const COMMIT_PAUSE: Duration = Duration::from_secs(1);

/// What a gateway is made of.
#[derive(Debug)]
pub struct Setup {
    /// The Falcon cloud. Its API client needs the scopes "Event streams: Read" and "Hosts: Read".
    pub falcon: FalconCloud,
    /// Every account of the organization.
    pub accounts: Accounts,
    /// Where offsets are kept.
    pub offsets: OffsetStore,
    /// Whether to begin where the rules say, whatever is kept.
    pub anew: bool,
    /// What the configuration says.
    pub rules: GatewayRules,
    /// Where metrics go, and how often.
    pub metrics: (MetricLines, Duration),
    /// What time it is.
    pub clock: Clock,
}

/// Why the gateway does not begin.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GatewayError {
    /// Nobody knows how far it has come.
    #[error(transparent)]
    Offsets(#[from] OffsetsError),
    /// What cannot be published would be lost.
    #[error(transparent)]
    DeadLetters(#[from] DeadLettersError),
    /// The grace time was too short, or offsets could not be kept.
    #[error(
        "the gateway stopped before everything was settled: {events} events are read again at the next start. Give it more time with gateway.grace_seconds"
    )]
    Unsettled {
        /// How many.
        events: usize,
    },
}

/// A gateway that has not begun.
#[derive(Debug)]
pub struct Gateway {
    setup: Setup,
    readiness: Readiness,
}

/// How far every partition has come.
#[derive(Clone, Debug, Default)]
struct Partitions(Arc<Mutex<BTreeMap<u32, Progress>>>);

impl Gateway {
    /// Nothing is read before it runs.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self { setup, readiness: Readiness::default() }
    }

    /// Whether it reads, for the supervisor.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// Reads and publishes until `shutdown` is requested, and then settles what is under way.
    ///
    /// # Errors
    /// [`GatewayError`]; whatever happens to Falcon or to Security Hub in between is none.
    pub async fn run(self, shutdown: Shutdown) -> Result<(), GatewayError> {
        let Self { setup, readiness } = self;
        let Setup { falcon, accounts, offsets, anew, rules, metrics: (metrics, period), clock } = setup;
        let kept = if anew { Offsets::default() } else { offsets.load().await? };
        let partitions = Partitions::resumed(&kept);
        let dead_letters = DeadLetters::open(&rules.dead_letters).await?;
        let (rules, counters) = (Arc::new(rules), Arc::new(Counters::default()));
        let hub = accounts.hub().place.clone();
        let publisher = Publisher::new(Delivery {
            accounts,
            hub: hub.clone(),
            dead_letters: dead_letters.clone(),
            counters: Arc::clone(&counters),
            clock: clock.clone(),
            most_delay: rules.most_delay,
            patience: rules.patience,
        });
        let mapping = Mapping {
            hosts: Hosts::new(falcon.clone()),
            rules: Arc::clone(&rules),
            hub,
            publisher: publisher.clone(),
            dead_letters,
            counters: Arc::clone(&counters),
            clock: clock.clone(),
            places: mapping::places(),
        };
        let committing = commit_regularly(offsets.clone(), partitions.clone(), kept.clone(), rules.commit_period);
        let committing = AbortOnDropHandle::new(tokio::spawn(committing));
        let telling = tell(metrics.clone(), period, Arc::clone(&counters), partitions.clone(), clock.clone());
        let _telling = AbortOnDropHandle::new(tokio::spawn(telling));
        readiness.started();
        let sessions =
            Sessions { falcon, rules: Arc::clone(&rules), partitions: partitions.clone(), mapping, readiness };
        sessions.read(&shutdown).await;

        sessions.readiness.stopping();
        drop(sessions);
        let until = Instant::now() + rules.grace;
        publisher.finish(rules.grace).await;
        drop(committing);
        let is_kept = commit_last(&offsets, &partitions, until).await;
        metrics.write(counters.lines(&metrics, &partitions.all(), clock.now())).await;
        match partitions.all().values().map(|progress| progress.lag().events).sum() {
            0 if is_kept => Ok(()),
            events => Err(GatewayError::Unsettled { events }),
        }
    }
}

/// The sessions in which the stream is read, one after the other.
struct Sessions {
    falcon: FalconCloud,
    rules: Arc<GatewayRules>,
    partitions: Partitions,
    mapping: Mapping,
    readiness: Readiness,
}

impl Sessions {
    /// Reads until it is asked to stop. A session of one partition that is over ends those of the others too: Falcon shows no streams
    /// of an appId while one of them is read.
    async fn read(&self, shutdown: &Shutdown) {
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
        }
    }

    /// The streams, as soon as there are some; `None` if it is asked to stop before.
    async fn find(&self, shutdown: &Shutdown) -> Option<Vec<EventStream>> {
        let mut pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
        while !shutdown.is_requested() {
            match self.falcon.ask(async |falcon| falcon.event_streams(&self.rules.app_id).await).await {
                Ok(streams) => return Some(streams),
                Err(error) => tracing::warn!("no event stream to read: {error}"),
            }
            tokio::select! {
                () = shutdown.requested() => {}
                () = sleep(pauses.next()) => {}
            }
        }
        None
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

impl Partitions {
    fn resumed(kept: &Offsets) -> Self {
        let progress = |(&partition, &offset): (&u32, &u64)| (partition, Progress::resumed(Some(offset)));
        Self(Arc::new(Mutex::new(kept.0.iter().map(progress).collect())))
    }

    fn of(&self, partition: u32) -> Progress {
        let mut partitions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        partitions.entry(partition).or_default().clone()
    }

    fn all(&self) -> BTreeMap<u32, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn settled(&self) -> Offsets {
        let all = self.all();
        Offsets(all.iter().filter_map(|(partition, progress)| Some((*partition, progress.settled()?))).collect())
    }
}

async fn commit_regularly(store: OffsetStore, partitions: Partitions, mut kept: Offsets, period: Duration) {
    let mut interval = interval(period);
    loop {
        interval.tick().await;
        let settled = partitions.settled();
        if settled == kept {
            continue;
        }
        match store.save(&settled).await {
            Ok(()) => kept = settled,
            Err(error) => tracing::warn!("the offsets could not be kept: {error}"),
        }
    }
}

/// Keeps the last offsets; whether it could.
async fn commit_last(store: &OffsetStore, partitions: &Partitions, until: Instant) -> bool {
    loop {
        match store.save(&partitions.settled()).await {
            Ok(()) => return true,
            Err(error) => tracing::error!("the last offsets could not be kept: {error}"),
        }
        if Instant::now() + COMMIT_PAUSE > until {
            return false;
        }
        sleep(COMMIT_PAUSE).await;
    }
}

async fn tell(metrics: MetricLines, period: Duration, counters: Arc<Counters>, partitions: Partitions, clock: Clock) {
    let mut interval = interval(period);
    interval.tick().await;
    loop {
        interval.tick().await;
        metrics.write(counters.lines(&metrics, &partitions.all(), clock.now())).await;
    }
}
