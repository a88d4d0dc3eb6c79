//! One activity's way through the worker: its slots, its pollers, its counters.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::{
    config::WorkerConfig,
    polling::{poll_record::PollRecord, pollers::Pollers, slots::Slots},
    service::Service,
    shutdown::Drain,
    task::work::Work,
    telemetry::counters::Counters,
};

/// What a poll loop and the tasks it fetches share.
pub(crate) struct Lane {
    pub(crate) work: Arc<dyn Work>,
    pub(crate) activity_arn: String,
    pub(crate) slots: Slots,
    pub(crate) pollers: Pollers,
    pub(crate) poll_record: PollRecord,
    pub(crate) counters: Counters,
    pub(crate) house: Arc<House>,
}

/// What all lanes share.
pub(crate) struct House {
    pub(crate) service: Service,
    pub(crate) config: WorkerConfig,
    pub(crate) drain: Drain,
    pub(crate) running: TaskTracker,
}

impl House {
    /// Runs a poller or a task until it ends, or until everything ends at once.
    pub(crate) fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let stop = self.drain.stop().clone();
        self.running.spawn(async move {
            // Cut off or ended: nobody asks.
            let _ended = stop.run_until_cancelled_owned(future).await;
        });
    }
}
