//! What the gateway tells of itself: numbers for CloudWatch, and whether it does its work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use falconer_activities::clock::Clock;
use falconer_domain::detection::LeftOut;
use falconer_runtime::{MetricLines, Supervised};
use jiff::Timestamp;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::partitions::Partitions;

/// A number of things since the last metrics.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

/// What happened since the last metrics.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Events that were read.
    pub(crate) read: Count,
    /// Findings that Security Hub took.
    pub(crate) published: Count,
    /// Findings and events that became dead letters.
    pub(crate) failed: Count,
    /// Findings that the hub took for an account that lets nobody in.
    pub(crate) handed_on: Count,
    /// Findings that went without what Falcon knows of their hosts.
    pub(crate) without_host: Count,
    left_out: [Count; 4],
}

/// What metrics are made of, and where they go.
#[derive(Clone)]
pub(crate) struct Report {
    pub(crate) metrics: MetricLines,
    pub(crate) counters: Arc<Counters>,
    pub(crate) partitions: Partitions,
    pub(crate) readiness: Readiness,
    pub(crate) clock: Clock,
}

/// Whether each partition is being read; clones look at the same gateway.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_running: bool,
    /// By partition; empty while none is known.
    connected: BTreeMap<u32, bool>,
}

impl Count {
    pub(crate) fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Counters {
    pub(crate) fn left_out(&self, why: LeftOut) {
        self.left_out[why as usize].add(1);
    }
}

impl Report {
    pub(crate) async fn tell_every(&self, period: Duration) {
        let mut interval = interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval.tick().await;
        loop {
            interval.tick().await;
            self.tell().await;
        }
    }

    pub(crate) async fn tell(&self) {
        self.metrics.write(self.lines(self.clock.now())).await;
    }

    /// One line for the process, one for each filter, and one for each partition.
    fn lines(&self, now: Timestamp) -> String {
        let (metrics, counters) = (&self.metrics, &self.counters);
        let count = |name, count: &Count| (name, "Count", json!(count.take()));
        let mut lines = metrics.line(
            &[("Service", "gateway")],
            [
                count("EventsRead", &counters.read),
                count("FindingsPublished", &counters.published),
                count("FindingsFailed", &counters.failed),
                count("FindingsHandedOn", &counters.handed_on),
                count("FindingsWithoutHost", &counters.without_host),
            ],
        );
        for (why, left_out) in
            [LeftOut::Type, LeftOut::Age, LeftOut::Severity, LeftOut::Cloud].iter().zip(&counters.left_out)
        {
            let dimensions = [("Service", "gateway"), ("Filter", why.as_str())];
            lines += &metrics.line(&dimensions, [count("EventsLeftOut", left_out)]);
        }
        for (partition, progress) in self.partitions.all() {
            let lag = progress.lag();
            let seconds = lag.since.map_or(0.0, |since| now.duration_since(since).as_secs_f64().max(0.0));
            let is_connected = u8::from(self.readiness.is_connected(partition));
            let dimensions = [("Service", "gateway"), ("Partition", &partition.to_string())];
            let numbers = [
                ("Connected", "Count", json!(is_connected)),
                ("LagEvents", "Count", json!(lag.events)),
                ("LagSeconds", "Seconds", json!(seconds)),
            ];
            lines += &metrics.line(&dimensions, numbers);
        }
        lines
    }
}

impl Readiness {
    pub(crate) fn started(&self) {
        self.state().is_running = true;
    }

    pub(crate) fn stopping(&self) {
        self.state().is_running = false;
    }

    /// These are the partitions now, and none of them is read yet.
    pub(crate) fn found(&self, partitions: impl IntoIterator<Item = u32>) {
        self.state().connected = partitions.into_iter().map(|partition| (partition, false)).collect();
    }

    pub(crate) fn connected(&self, partition: u32, is_connected: bool) {
        self.state().connected.insert(partition, is_connected);
    }

    fn is_connected(&self, partition: u32) -> bool {
        self.state().connected.get(&partition).is_some_and(|is_connected| *is_connected)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Supervised for Readiness {
    /// A gateway that cannot read goes on trying, and so no restart helps.
    fn is_healthy(&self) -> bool {
        true
    }

    fn not_ready(&self) -> Option<Vec<String>> {
        let state = self.state();
        if !state.is_running {
            return None;
        }
        if state.connected.is_empty() {
            return Some(vec!["event streams".to_owned()]);
        }
        let silent = state.connected.iter().filter(|(_, is_connected)| !**is_connected);
        Some(silent.map(|(partition, _)| format!("partition {partition}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_is_ready_when_every_partition_is_read() {
        let readiness = Readiness::default();
        assert_eq!(readiness.not_ready(), None, "it does not run");
        readiness.started();
        assert_eq!(readiness.not_ready(), Some(vec!["event streams".to_owned()]));
        readiness.found([0, 1]);
        readiness.connected(0, true);
        assert_eq!(readiness.not_ready(), Some(vec!["partition 1".to_owned()]));
        readiness.connected(1, true);
        assert_eq!(readiness.not_ready(), Some(Vec::new()));
        readiness.found([0]);
        assert_eq!(readiness.not_ready(), Some(vec!["partition 0".to_owned()]), "Falcon may change their number");
        readiness.connected(0, true);
        assert_eq!(readiness.not_ready(), Some(Vec::new()));
        readiness.stopping();
        assert_eq!((readiness.not_ready(), readiness.is_healthy()), (None, true));
    }
}
