//! What a worker tells in numbers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{counters::Samples, emf::MetricLines};
use crate::lane::Lane;

/// What happened since the last time: a line for each activity, one for each code with which its polls failed, and one
/// for the process.
pub(crate) fn lines(metrics: &MetricLines, lanes: &[Arc<Lane>], slots: usize) -> String {
    let mut lines = process_line(metrics, lanes, slots);
    for lane in lanes {
        lines += &activity_line(metrics, lane);
        for (code, failures) in lane.poll_record.take_failures() {
            let dimensions = [("Activity", lane.work.name()), ("Code", &code)];
            lines += &metrics.line(&dimensions, [("PollErrors", "Count", json!(failures))]);
        }
    }
    lines
}

fn process_line(metrics: &MetricLines, lanes: &[Arc<Lane>], slots: usize) -> String {
    let sum = |of: fn(&Lane) -> usize| lanes.iter().map(|lane| of(lane)).sum::<usize>();
    let numbers = [
        ("SlotsLimit", "Count", json!(slots)),
        ("SlotsInUse", "Count", json!(sum(|lane| lane.counters.tasks_running.now()))),
        ("PollsOpen", "Count", json!(sum(|lane| lane.counters.polls_open.now()))),
    ];
    metrics.line(&[], numbers)
}

fn activity_line(metrics: &MetricLines, lane: &Lane) -> String {
    let counters = &lane.counters;
    let count = |number: u64| json!(number);
    let gauge = |number: usize| json!(number);
    let numbers = [
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
    metrics.line(&[("Activity", lane.work.name())], numbers.into_iter().chain(durations.into_iter().flatten()))
}

/// `None` if there are none: the format has no empty metric.
fn values(samples: &Samples) -> Option<Value> {
    let values = samples.take();
    (!values.is_empty()).then(|| json!(values))
}
