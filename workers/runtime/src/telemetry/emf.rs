//! Metrics as lines of the CloudWatch embedded metric format, on the worker's standard output.
//!
//! The format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! A container's log driver brings the lines to CloudWatch Logs, which makes metrics of them: no API call, no
//! permission, nothing that can throttle the worker.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use super::{clock, counters::Samples};
use crate::lane::Lane;

/// Where metric lines go.
#[derive(Clone)]
pub(crate) struct MetricLines {
    writer: Arc<Mutex<Box<dyn Write + Send>>>,
    namespace: String,
}

impl MetricLines {
    pub(crate) fn new(writer: Arc<Mutex<Box<dyn Write + Send>>>, namespace: String) -> Self {
        Self { writer, namespace }
    }

    /// Writes what happened since the last time: a line for each activity, one for each code with which its polls
    /// failed, and one for the process.
    pub(crate) async fn write(&self, lanes: &[Arc<Lane>], slots: usize) {
        let mut lines = self.process_line(lanes, slots);
        for lane in lanes {
            lines += &self.activity_line(lane);
            for (code, failures) in lane.poll_record.take_failures() {
                let dimensions = [("Activity", lane.work.name()), ("Code", &code)];
                lines += &self.line(&dimensions, [("PollErrors", "Count", json!(failures))]);
            }
        }
        let writer = Arc::clone(&self.writer);
        // A pipe that nobody reads blocks its writer: not on a thread that runs tasks.
        let written = spawn_blocking(move || -> io::Result<()> {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            writer.write_all(lines.as_bytes())?;
            writer.flush()
        });
        if let Ok(Err(error)) = written.await {
            tracing::warn!(%error, "metrics could not be written");
        }
    }

    fn process_line(&self, lanes: &[Arc<Lane>], slots: usize) -> String {
        let sum = |of: fn(&Lane) -> usize| lanes.iter().map(|lane| of(lane)).sum::<usize>();
        let metrics = [
            ("SlotsLimit", "Count", json!(slots)),
            ("SlotsInUse", "Count", json!(sum(|lane| lane.counters.tasks_running.now()))),
            ("PollsOpen", "Count", json!(sum(|lane| lane.counters.polls_open.now()))),
        ];
        self.line(&[], metrics)
    }

    fn activity_line(&self, lane: &Lane) -> String {
        let counters = &lane.counters;
        let count = |number: u64| json!(number);
        let gauge = |number: usize| json!(number);
        let metrics = [
            ("TasksReceived", "Count", count(counters.tasks_received.take())),
            ("TasksSucceeded", "Count", count(counters.tasks_succeeded.take())),
            ("TasksFailedTransient", "Count", count(counters.tasks_failed_transient.take())),
            ("TasksFailedTerminal", "Count", count(counters.tasks_failed_terminal.take())),
            ("TasksHandedBack", "Count", count(counters.tasks_handed_back.take())),
            ("TasksLost", "Count", count(counters.tasks_lost.take())),
            ("TasksUnreported", "Count", count(counters.tasks_unreported.take())),
            ("ReportsPresumed", "Count", count(counters.reports_presumed.take())),
            ("ReportRetries", "Count", count(counters.report_retries.take())),
            ("HeartbeatFailures", "Count", count(counters.heartbeat_failures.take())),
            ("SlotsLimit", "Count", gauge(lane.slots.most())),
            ("SlotsInUse", "Count", gauge(counters.tasks_running.now())),
            ("PollsOpen", "Count", gauge(counters.polls_open.now())),
        ];
        let samples = |name, samples: &Samples| Some((name, "Milliseconds", values(samples)?));
        let durations = [
            samples("PollMillis", &counters.poll_millis),
            samples("PickUpMillis", &counters.pick_up_millis),
            samples("TaskMillis", &counters.task_millis),
        ];
        self.line(&[("Activity", lane.work.name())], metrics.into_iter().chain(durations.into_iter().flatten()))
    }

    fn line<'a>(
        &self,
        dimensions: &[(&str, &str)],
        metrics: impl IntoIterator<Item = (&'a str, &'a str, Value)>,
    ) -> String {
        let mut members = Map::new();
        members.extend(dimensions.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
        let mut declared = Vec::new();
        for (name, unit, value) in metrics {
            declared.push(json!({ "Name": name, "Unit": unit }));
            members.insert(name.to_owned(), value);
        }
        let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": clock::epoch_millis(),
                "CloudWatchMetrics": [{ "Namespace": self.namespace, "Dimensions": [names], "Metrics": declared }],
            },
        });
        if let Some(root) = line.as_object_mut() {
            root.extend(members);
        }
        format!("{line}\n")
    }
}

/// `None` if there are none: the format has no empty metric.
fn values(samples: &Samples) -> Option<Value> {
    let values = samples.take();
    (!values.is_empty()).then(|| json!(values))
}
