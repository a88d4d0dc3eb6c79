//! The service: it finds the partitions, lets each be read, keeps how far they have come, and stops in order.

use std::sync::Arc;
use std::time::Duration;

use falconer_activities::accounts::Accounts;
use falconer_activities::clock::Clock;
use falconer_activities::falcon::FalconCloud;
use falconer_runtime::{MetricLines, Shutdown};
use thiserror::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::commit::Committer;
use crate::config::GatewayRules;
use crate::dead_letters::{DeadLetters, DeadLettersError};
use crate::hosts::Hosts;
use crate::mapping::{self, Mapping};
use crate::metrics::{Counters, Readiness, Report};
use crate::offsets::{OffsetStore, Offsets, OffsetsError};
use crate::partitions::Partitions;
use crate::publish::{Delivery, Publisher};
use crate::sessions::Sessions;

/// How long it may take to keep the last offsets.
const LAST_COMMIT: Duration = Duration::from_secs(20);

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

/// Why the gateway did not begin, or not end in order.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GatewayError {
    /// Nobody knows how far it has come.
    #[error(transparent)]
    Offsets(#[from] OffsetsError),
    /// What cannot be published would be lost.
    #[error(transparent)]
    DeadLetters(#[from] DeadLettersError),
    /// The last offsets could not be kept.
    #[error("{0}. What was read since they were kept last is read again at the next start")]
    Uncommitted(OffsetsError),
    /// Nobody knows whether the last offsets were kept.
    #[error(
        "it took longer than {} s to keep the last offsets. What was read since they were kept last may be read again at the next start",
        LAST_COMMIT.as_secs()
    )]
    CommitHangs,
    /// The grace time was too short, or dead letters could not be written.
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
        let report = Report { metrics, counters, partitions: partitions.clone(), readiness: readiness.clone(), clock };
        let regularly = report.clone();
        let _reporting = AbortOnDropHandle::new(tokio::spawn(async move { regularly.tell_every(period).await }));
        let (grace, period, settled) = (rules.grace, rules.commit_period, CancellationToken::new());
        let committer = Committer { store: offsets, partitions: partitions.clone(), kept, period };
        let sessions =
            Sessions { falcon, rules, partitions: partitions.clone(), mapping, readiness: readiness.clone() };
        readiness.started();
        let settling = async {
            tokio::select! {
                () = settle(&sessions, &publisher, &shutdown) => {}
                () = patience_ends(&shutdown, grace) => {}
            }
            readiness.stopping();
            settled.cancel();
        };
        let committing = async {
            tokio::select! {
                committed = committer.commit(&settled) => committed.map_err(GatewayError::Uncommitted),
                () = commit_hangs(&settled) => Err(GatewayError::CommitHangs),
            }
        };
        let ((), committed) = tokio::join!(settling, committing);
        report.tell().await;
        committed?;
        match partitions.underway() {
            0 => Ok(()),
            events => Err(GatewayError::Unsettled { events }),
        }
    }
}

/// Reads until it is asked to stop, and delivers what was read.
async fn settle(sessions: &Sessions, publisher: &Publisher, shutdown: &Shutdown) {
    sessions.read(shutdown).await;
    publisher.finish().await;
}

/// Resolves when a stop has been requested and its grace time is over, or when it is requested again.
async fn patience_ends(shutdown: &Shutdown, grace: Duration) {
    shutdown.requested().await;
    tokio::select! {
        () = sleep(grace) => {}
        () = shutdown.insisted() => {}
    }
}

async fn commit_hangs(settled: &CancellationToken) {
    settled.cancelled().await;
    sleep(LAST_COMMIT).await;
}
