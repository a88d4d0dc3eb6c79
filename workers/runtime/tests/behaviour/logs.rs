//! What logs say, and what they must never say.

use std::sync::Mutex;

use falconer_runtime::is_safe_to_log;
use serde_json::{Value, json};
use tracing::{level_filters::LevelFilter, subscriber::DefaultGuard};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    registry,
};

use crate::{
    service::{FAILURE, Fault, HEARTBEAT, POLL, SUCCESS, Service},
    worker::{Lines, Running, one_slot, pass},
};

const TOKEN: &str = "AAAAKgAAAAIAAAAAAAAAAVtaskTokenThatNobodyMaySee";
const EXECUTION: &str = "arn:aws:states:us-east-1:111122223333:execution:hello:one";

/// Collects JSON log lines of this level, from all crates, until the guard is dropped.
fn collect(level: LevelFilter) -> (Lines, DefaultGuard) {
    let lines = Lines::default();
    let layer = fmt::layer().json().with_writer(Mutex::new(lines.clone()));
    let layer = layer.with_filter(level.and(filter_fn(is_safe_to_log)));
    (lines, tracing::subscriber::set_default(registry().with(layer)))
}

/// The log of a worker that meets every kind of trouble.
async fn logs_of_a_hard_day(level: LevelFilter) -> String {
    let (lines, _collecting) = collect(level);
    let running = Running::start(Service::new(), one_slot());
    let trouble = [Fault::QuotesTheToken, Fault::Dropped, Fault::AnswerLost, Fault::Code(500, "InternalFailure")];
    for operation in [HEARTBEAT, SUCCESS, FAILURE] {
        running.service.fail_next(operation, trouble);
    }
    running.service.fail_next(POLL, [Fault::Code(400, "AccessDeniedException"), Fault::Dropped]);
    let inputs = [
        json!({ "execution": EXECUTION, "seconds": 25 }),
        json!({ "execution": EXECUTION, "then": { "panic": "oops" } }),
        json!({ "execution": EXECUTION, "then": "broken" }),
        json!({ "execution": EXECUTION, "seconds": "many" }),
    ];
    for (n, input) in inputs.iter().enumerate() {
        running.service.schedule(&format!("{TOKEN}{n}"), input);
    }
    pass(120).await;
    running.service.schedule(&format!("{TOKEN}lost"), &json!({ "execution": EXECUTION, "seconds": 600 }));
    pass(60).await;
    running.service.lose(&format!("{TOKEN}lost"), "TaskTimedOut");
    pass(60).await;
    let drained = running.stop().await;
    assert_eq!((drained.succeeded, drained.failed, drained.lost), (1, 3, 1));
    lines.text()
}

#[tokio::test(start_paused = true)]
async fn logs_never_hold_a_task_token() {
    let logs = logs_of_a_hard_day(LevelFilter::TRACE).await;
    assert!(logs.contains("a report failed and is repeated"), "the day was hard enough");
    let leaks: Vec<&str> = logs.lines().filter(|line| line.contains(TOKEN)).collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn log_lines_of_a_task_hold_its_activity_execution_and_hash() {
    let logs = logs_of_a_hard_day(LevelFilter::INFO).await;
    let lines: Vec<Value> = logs.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let ends = ["task succeeded", "task failed", "task lost"];
    let of_tasks: Vec<&Value> = lines
        .iter()
        .filter(|line| ends.iter().any(|end| line["fields"]["message"].as_str().unwrap_or_default().starts_with(end)))
        .collect();
    assert_eq!(of_tasks.len(), 5, "{logs}");
    for line in of_tasks {
        assert_eq!(line["span"]["activity"], "DoChore", "{line}");
        assert_eq!(line["span"]["execution"], EXECUTION, "{line}");
        assert_eq!(line["span"]["task"].as_str().map(str::len), Some(16), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_failing_polls_is_said_about_once_a_minute() {
    let (lines, _collecting) = collect(LevelFilter::INFO);
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_for(POLL, std::time::Duration::from_secs(3_600), Fault::Code(400, "AccessDeniedException"));
    pass(3_700).await;
    running.stop().await;
    let said = lines.text().lines().filter(|line| line.contains("polls fail")).count();
    assert!((40..=61).contains(&said), "{said} lines");
    assert_eq!(lines.text().matches("polls succeed again").count(), 1);
}
