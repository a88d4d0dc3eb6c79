//! A worker of one chore, running against the service.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use falconer_runtime::{Drained, Health, RunError, Shutdown, Worker, WorkerConfig};
use tokio::{task::JoinHandle, time::timeout};

use crate::{
    activities::{Chore, Seen},
    service::Service,
};

pub(crate) const CHORE_ARN: &str = "arn:aws:states:us-east-1:111122223333:activity:DoChore";
pub(crate) const NAP_ARN: &str = "arn:aws:states:us-east-1:111122223333:activity:TakeNap";

/// A worker that runs, and everything around it.
pub(crate) struct Running {
    pub(crate) service: Service,
    pub(crate) seen: Arc<Seen>,
    pub(crate) shutdown: Shutdown,
    pub(crate) health: Health,
    pub(crate) metrics: Lines,
    worker: JoinHandle<Result<Drained, RunError>>,
}

/// A configuration of one slot, so that a test sees one thing at a time.
pub(crate) fn one_slot() -> WorkerConfig {
    slots(1)
}

pub(crate) fn slots(slots: usize) -> WorkerConfig {
    WorkerConfig { slots, idle_pollers: 1, ..WorkerConfig::default() }
}

impl Running {
    pub(crate) fn start(service: Service, config: WorkerConfig) -> Self {
        Self::start_with(service, config, Shutdown::new())
    }

    pub(crate) fn start_with(service: Service, config: WorkerConfig, shutdown: Shutdown) -> Self {
        let chore = Chore::default();
        let (seen, metrics) = (chore.seen.clone(), Lines::default());
        let mut worker = Worker::new(service.client(), config);
        worker.register(chore, CHORE_ARN).expect("a chore");
        worker.metrics_to(metrics.clone());
        let health = worker.health();
        let worker = tokio::spawn(worker.run(shutdown.clone()));
        Self { service, seen, shutdown, health, metrics, worker }
    }

    /// Asks the worker to stop and waits, at most an hour of virtual time, until it has.
    pub(crate) async fn stop(self) -> Drained {
        self.shutdown.request();
        self.ended().await
    }

    /// Whether the worker has stopped.
    pub(crate) fn has_ended(&self) -> bool {
        self.worker.is_finished()
    }

    /// Waits until the worker has stopped by itself.
    pub(crate) async fn ended(self) -> Drained {
        let ended = timeout(Duration::from_secs(3_600), self.worker).await;
        ended.expect("the worker ends").expect("no panic").expect("a valid configuration")
    }
}

/// A writer whose lines can be read while it is written to.
#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).expect("UTF-8")
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seconds of virtual time pass.
pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// Waits in real time, which nothing in these tests takes: a worker that does not get there fails the test, and does not
/// hang it.
pub(crate) async fn until(reached: impl Fn() -> bool) {
    let waited = timeout(Duration::from_secs(20), async {
        while !reached() {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("it happens within 20 s");
}
