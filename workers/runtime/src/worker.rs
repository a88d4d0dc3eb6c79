//! The worker: activities registered under their ARNs, run until it is asked to stop.

use std::{io::Write, sync::Arc, time::Duration};

use aws_sdk_sfn::Client;
use tokio::time::{interval_at, timeout};
use tokio_util::task::TaskTracker;

use crate::{
    Activity, ContractProblem, Health, Shutdown, WorkerConfig,
    client::for_polling,
    contract,
    lane::{House, Lane},
    polling::{poll_loop, poll_record::PollRecord, pollers::Pollers, slots::Slots},
    service::Service,
    shutdown::Drain,
    task::work::Work,
    telemetry::{counters::Counters, emf::MetricLines, numbers},
};

/// How long the last metric lines may take: the worker does not wait for a pipe that nobody reads.
const LAST_METRICS: Duration = Duration::from_secs(1);

/// A Step Functions activity worker.
pub struct Worker {
    client: Client,
    config: WorkerConfig,
    activities: Vec<Registered>,
    metrics: MetricLines,
    health: Health,
}

struct Registered {
    work: Arc<dyn Work>,
    activity_arn: String,
}

/// Why an activity was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Two activities have one name.
    #[error("activity `{0}` is registered already: each name once")]
    Twice(&'static str),
    /// Two activities poll one ARN: each would get the other's tasks.
    #[error("activity `{activity}` has the ARN of another one: {arn}")]
    ArnTwice {
        /// The activity that came second.
        activity: &'static str,
        /// The ARN.
        arn: String,
    },
    /// What was given as ARN is not the ARN of an activity.
    #[error(
        "activity `{activity}` has `{arn}` as its ARN: it must be arn:PARTITION:states:REGION:ACCOUNT:activity:NAME"
    )]
    NotAnArn {
        /// The activity.
        activity: &'static str,
        /// What was given.
        arn: String,
    },
    /// The activity's contract cannot be kept.
    #[error(transparent)]
    Contract(#[from] ContractProblem),
}

/// Why a worker did not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration does not fit; every problem is named.
    #[error("the worker cannot start: {}", .0.join("; "))]
    Config(Vec<String>),
}

/// What a worker did in its life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Tasks reported as done.
    pub succeeded: u64,
    /// Tasks reported as failed, those handed back at the end among them.
    pub failed: u64,
    /// Tasks that were no longer this worker's before their result was taken.
    pub lost: u64,
    /// Tasks whose report was given up.
    pub unreported: u64,
    /// Tasks cut off by the second request to stop: their states fail by their heartbeats.
    pub cut_off: u64,
}

impl Worker {
    /// A worker that has no activities yet. The client is used with [`for_polling`]'s time-outs and retries, whatever
    /// it had.
    pub fn new(client: Client, config: WorkerConfig) -> Self {
        let client = Client::from_conf(for_polling(client.config().to_builder()).build());
        let metrics = MetricLines::new(std::io::stdout(), &config.metrics_namespace);
        Self { client, config, activities: Vec::new(), metrics, health: Health::default() }
    }

    /// Writes metrics to `writer`, and not to standard output.
    pub fn metrics_to(&mut self, writer: impl Write + Send + 'static) -> &mut Self {
        self.metrics = MetricLines::new(writer, &self.config.metrics_namespace);
        self
    }

    /// Where its metrics go, for numbers of the activities' own.
    pub fn metrics(&self) -> MetricLines {
        self.metrics.clone()
    }

    /// Adds an activity, whose tasks come from `activity_arn`.
    ///
    /// # Errors
    ///
    /// If its name or ARN is registered already, or its declarations break the rules of a [`Contract`](crate::Contract).
    pub fn register<A: Activity>(
        &mut self,
        activity: A,
        activity_arn: impl Into<String>,
    ) -> Result<&mut Self, RegisterError> {
        contract::check::<A>()?;
        let (name, arn) = (A::NAME, activity_arn.into());
        if !is_activity_arn(&arn) {
            return Err(RegisterError::NotAnArn { activity: name, arn });
        }
        if self.activities.iter().any(|other| other.work.name() == name) {
            return Err(RegisterError::Twice(name));
        }
        if self.activities.iter().any(|other| other.activity_arn == arn) {
            return Err(RegisterError::ArnTwice { activity: name, arn });
        }
        self.activities.push(Registered { work: Arc::new(activity), activity_arn: arn });
        Ok(self)
    }

    /// The worker's health, for [`serve_health`](crate::serve_health).
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Polls and works until `shutdown` is requested and the worker has drained, or `shutdown` is requested again.
    /// Dropping the future has the effect of the second request.
    ///
    /// # Errors
    ///
    /// Only before the first poll, if the configuration does not fit: nothing that the service answers ends a worker.
    pub async fn run(self, shutdown: Shutdown) -> Result<Drained, RunError> {
        let names: Vec<&str> = self.activities.iter().map(|registered| registered.work.name()).collect();
        let problems = self.config.problems(&names);
        if !problems.is_empty() {
            return Err(RunError::Config(problems));
        }
        tracing::info!(activities = ?names, slots = self.config.slots, "worker started");

        let drain = Drain::new(shutdown);
        // Whatever way this function is left, nothing that it started goes on.
        let _everything_ends = drain.stop().clone().drop_guard();
        let metrics = self.metrics;
        let service = Service::new(self.client, self.config.worker_name.clone());
        let house = Arc::new(House { service, config: self.config, drain, running: TaskTracker::new() });
        let lanes = lanes(self.activities, &house);
        self.health.started(lanes.clone(), house.drain.clone());

        tokio::spawn(keep_time(Arc::clone(&house)));
        tokio::spawn(write_metrics(metrics.clone(), lanes.clone(), Arc::clone(&house)));
        for lane in &lanes {
            poll_loop::start(lane);
        }

        house.drain.draining().await;
        tracing::info!("worker drains: no new polls");
        lanes.iter().for_each(|lane| lane.slots.close());
        house.running.close();
        // The second request ends them all, so there is nothing else to wait for.
        house.running.wait().await;
        let drained = sum(&lanes);
        if timeout(LAST_METRICS, metrics.write(numbers::lines(&metrics, &lanes, house.config.slots))).await.is_err() {
            tracing::warn!("the last metrics could not be written in time");
        }
        tracing::info!(?drained, "worker ended");
        Ok(drained)
    }
}

fn lanes(activities: Vec<Registered>, house: &Arc<House>) -> Vec<Arc<Lane>> {
    let config = &house.config;
    let shared = Slots::shared(config.slots, activities.len());
    // An open poll holds its slot for up to a minute, and cannot be cut. If one activity's polls could hold all slots
    // after a burst, the others would stand still for that minute.
    let share = config.slots / activities.len().max(1);
    let lane = |Registered { work, activity_arn }| {
        let slots = Slots::new(Arc::clone(&shared), config.slots_of.get(Work::name(&*work)).copied());
        Arc::new(Lane {
            pollers: Pollers::new(config.idle_pollers, config.most_pollers.min(share).min(slots.most())),
            work,
            activity_arn,
            slots,
            poll_record: PollRecord::default(),
            counters: Counters::default(),
            house: Arc::clone(house),
        })
    };
    activities.into_iter().map(lane).collect()
}

async fn keep_time(house: Arc<House>) {
    let stop = house.drain.stop();
    let _cut_off = stop.run_until_cancelled(house.drain.keep_time(&house.config)).await;
}

async fn write_metrics(metrics: MetricLines, lanes: Vec<Arc<Lane>>, house: Arc<House>) {
    let period = house.config.metrics_period;
    let mut due = interval_at(tokio::time::Instant::now() + period, period);
    while house.drain.stop().run_until_cancelled(due.tick()).await.is_some() {
        metrics.write(numbers::lines(&metrics, &lanes, house.config.slots)).await;
    }
}

fn sum(lanes: &[Arc<Lane>]) -> Drained {
    let total = |of: fn(&Counters) -> u64| lanes.iter().map(|lane| of(&lane.counters)).sum::<u64>();
    let succeeded = total(|counters| counters.tasks_succeeded.total());
    let failed = total(|counters| {
        counters.tasks_failed_transient.total()
            + counters.tasks_failed_terminal.total()
            + counters.tasks_handed_back.total()
    });
    let lost = total(|counters| counters.tasks_lost.total());
    let unreported = total(|counters| counters.tasks_unreported.total());
    // Not the number of those still running: on other threads they may be ending in this moment.
    let received = total(|counters| counters.tasks_received.total());
    let cut_off = received.saturating_sub(succeeded + failed + lost + unreported);
    Drained { succeeded, failed, lost, unreported, cut_off }
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html>
fn is_activity_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    matches!(parts[..], ["arn", _, "states", _, _, "activity", name] if !name.is_empty())
}
