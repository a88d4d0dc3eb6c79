//! Stopping: by the first signal, past the grace time, by the second.

use std::{process::Command, sync::atomic::Ordering::SeqCst};

use falconer_runtime::shutdown_on_signals;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    service::{FAILURE, Fault, HEARTBEAT, POLL, SUCCESS, Service, Task},
    worker::{Running, one_slot, pass, slots, until},
};

fn handed_back(task: Option<Task>) -> bool {
    matches!(task, Some(Task::Failed { error, .. }) if error == "Worker.ShuttingDown")
}

#[tokio::test(start_paused = true)]
async fn sigterm_during_an_empty_poll_lets_it_end_and_sends_no_other() {
    let running = Running::start(Service::new(), slots(3));
    pass(20).await;
    let (service, begun) = (running.service.clone(), Instant::now());
    let drained = running.stop().await;
    assert_eq!(begun.elapsed().as_secs(), 40, "the poll began 20 s before, and is held 60 s");
    assert_eq!(service.polls_cut(), 0);
    assert_eq!(service.calls(POLL).len(), 1);
    assert_eq!(drained, falconer_runtime::Drained::default());
}

#[tokio::test(start_paused = true)]
async fn sigterm_during_a_poll_that_brings_a_task_hands_it_back_at_once() {
    let running = Running::start(Service::new(), one_slot());
    pass(5).await;
    running.shutdown.request();
    pass(5).await;
    running.service.schedule("a", &json!({}));
    pass(1).await;
    let service = running.service.clone();
    assert!(handed_back(service.task("a")), "{:?}", service.task("a"));
    assert_eq!(running.seen.begun.load(SeqCst), 0, "the work has not begun");
    let begun = Instant::now();
    let drained = running.ended().await;
    assert_eq!(drained.failed, 1);
    assert_eq!(begun.elapsed().as_secs(), 0, "the only poll had ended");
}

#[tokio::test(start_paused = true)]
async fn sigterm_during_a_task_lets_it_finish() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 75 }));
    pass(10).await;
    let (service, seen, begun) = (running.service.clone(), running.seen.clone(), Instant::now());
    let drained = running.stop().await;
    assert_eq!(begun.elapsed().as_secs(), 65);
    assert_eq!(service.task("a"), Some(Task::Succeeded(json!("done"))));
    assert_eq!(service.calls(HEARTBEAT).len(), 7, "heartbeats go on while it drains");
    assert_eq!(service.calls(POLL).len(), 1, "no poll follows the task");
    assert_eq!(seen.cancelled.load(SeqCst), 0);
    assert_eq!(drained.succeeded, 1);
}

#[tokio::test(start_paused = true)]
async fn sigterm_and_a_task_past_the_grace_time_cancels_it_and_hands_it_back() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 3_000 }));
    pass(10).await;
    let (service, seen, begun) = (running.service.clone(), running.seen.clone(), Instant::now());
    let drained = running.stop().await;
    assert_eq!(begun.elapsed().as_secs(), 85, "the grace time");
    assert_eq!(seen.cancelled.load(SeqCst), 1);
    assert!(handed_back(service.task("a")));
    assert_eq!((drained.failed, drained.cut_off), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn past_the_grace_time_work_that_ignores_its_cancellation_is_dropped_and_handed_back() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 3_000, "when_cancelled": "ignore" }));
    pass(10).await;
    let (service, seen, begun) = (running.service.clone(), running.seen.clone(), Instant::now());
    running.stop().await;
    assert_eq!(begun.elapsed().as_secs(), 90, "the grace time, and 5 s to end");
    assert!(handed_back(service.task("a")));
    assert_eq!(seen.at_once.load(SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn past_the_grace_time_work_that_finishes_in_its_last_seconds_succeeds() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 3_000, "when_cancelled": "finish" }));
    pass(10).await;
    let service = running.service.clone();
    assert_eq!(running.stop().await.succeeded, 1);
    assert_eq!(service.task("a"), Some(Task::Succeeded(json!("done"))));
}

#[tokio::test(start_paused = true)]
async fn sigterm_during_an_outage_ends_within_the_time_that_fargate_allows() {
    let running = Running::start(Service::new(), slots(2));
    for operation in [SUCCESS, FAILURE] {
        running.service.fail_for(operation, std::time::Duration::from_secs(9_999), Fault::Hangs);
    }
    running.service.schedule("a", &json!({ "seconds": 3_000, "when_cancelled": "ignore" }));
    running.service.schedule("b", &json!({}));
    pass(10).await;
    let begun = Instant::now();
    let drained = running.stop().await;
    assert_eq!(begun.elapsed().as_secs(), 105);
    assert_eq!(drained.unreported, 2);
}

#[tokio::test(start_paused = true)]
async fn sigterm_while_polls_fail_does_not_wait_for_the_back_off() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_for(POLL, std::time::Duration::from_secs(9_999), Fault::Dropped);
    pass(120).await;
    let begun = Instant::now();
    running.stop().await;
    assert_eq!(begun.elapsed().as_millis(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_second_signal_ends_at_once() {
    let running = Running::start(Service::new(), slots(2));
    running.service.schedule("a", &json!({ "seconds": 3_000 }));
    pass(10).await;
    running.shutdown.request();
    pass(1).await;
    let (service, seen, begun) = (running.service.clone(), running.seen.clone(), Instant::now());
    let drained = running.stop().await;
    assert_eq!(begun.elapsed().as_millis(), 0);
    assert_eq!(drained.cut_off, 1);
    pass(1).await;
    assert_eq!(seen.at_once.load(SeqCst), 0, "nothing goes on behind the worker's back");
    let calls = service.calls(HEARTBEAT).len();
    pass(100).await;
    assert_eq!(service.calls(HEARTBEAT).len(), calls);
    assert_eq!(service.open_polls(), 0);
}

/// The signals are real, and so is time; nothing else of this process listens to them.
#[tokio::test]
async fn sigterm_requests_the_shutdown_and_sigint_requests_it_again() {
    let shutdown = shutdown_on_signals().unwrap();
    let signal = |name: &str| Command::new("sh").args(["-c", &format!("kill -{name} $PPID")]).status().unwrap();
    let running = Running::start_with(Service::new(), one_slot(), shutdown);
    running.service.schedule("a", &json!({ "seconds": 3_000 }));
    until(|| running.seen.begun.load(SeqCst) == 1).await;
    assert!(signal("TERM").success());
    until(|| running.shutdown.is_requested()).await;
    assert!(signal("INT").success());
    until(|| running.has_ended()).await;
    assert_eq!(running.ended().await.cut_off, 1);
}
