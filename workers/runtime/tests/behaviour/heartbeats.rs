//! Heartbeats, and tasks that are lost.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use serde_json::json;

use crate::{
    service::{FAILURE, Fault, HEARTBEAT, SUCCESS, Service, Task},
    worker::{Running, one_slot, pass},
};

#[tokio::test(start_paused = true)]
async fn heartbeats_are_sent_at_a_third_of_their_time_while_the_work_lasts() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 65 }));
    pass(200).await;
    assert_eq!(running.service.times(HEARTBEAT), [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    assert_eq!(running.service.task("a"), Some(Task::Succeeded(json!("done"))));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_heartbeat_is_repeated_before_the_next_is_due() {
    let running = Running::start(Service::new(), one_slot());
    let faults = [Fault::Dropped, Fault::Code(400, "ThrottlingException"), Fault::Code(500, "InternalFailure")];
    running.service.fail_next(HEARTBEAT, faults);
    running.service.schedule("a", &json!({ "seconds": 25 }));
    pass(60).await;
    let times = running.service.times(HEARTBEAT);
    assert_eq!(times.len(), 5, "three that fail, the repetition that does not, and the next: {times:?}");
    assert!(times[3] < 13_000, "{times:?}");
    assert_eq!(times[4], 20_000, "the rhythm is kept");
    assert_eq!(running.service.task("a"), Some(Task::Succeeded(json!("done"))));
    assert_eq!(running.seen.cancelled.load(SeqCst), 0);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_that_hangs_leaves_time_for_another_before_the_next_is_due() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_next(HEARTBEAT, [Fault::Hangs]);
    running.service.schedule("a", &json!({ "seconds": 25 }));
    pass(60).await;
    let times = running.service.times(HEARTBEAT);
    assert!((15_000..16_000).contains(&times[1]), "{times:?}");
    assert_eq!(times[2], 20_000, "{times:?}");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn heartbeats_go_on_while_a_report_is_repeated() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_for(SUCCESS, Duration::from_secs(45), Fault::Code(500, "InternalFailure"));
    running.service.schedule("a", &json!({ "seconds": 1 }));
    pass(60).await;
    assert_eq!(running.service.times(HEARTBEAT)[..4], [10_000, 20_000, 30_000, 40_000]);
    assert_eq!(running.service.task("a"), Some(Task::Succeeded(json!("done"))));
    running.stop().await;
}

async fn lost_with(code: &'static str) {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 600, "when_cancelled": "giveUp" }));
    pass(15).await;
    running.service.lose("a", code);
    pass(600).await;
    assert_eq!(running.seen.cancelled.load(SeqCst), 1, "cancelled once");
    assert_eq!(running.service.times(HEARTBEAT), [10_000, 20_000], "no heartbeat for a lost task");
    let reports = running.service.calls(SUCCESS).len() + running.service.calls(FAILURE).len();
    assert_eq!(reports, 0, "nobody waits for its result");
    running.service.schedule("b", &json!({}));
    pass(1).await;
    assert_eq!(running.service.task("b"), Some(Task::Succeeded(json!("done"))), "the slot is free again");
    let drained = running.stop().await;
    assert_eq!((drained.lost, drained.succeeded), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn task_timed_out_cancels_the_work_once() {
    lost_with("TaskTimedOut").await;
}

#[tokio::test(start_paused = true)]
async fn task_does_not_exist_cancels_the_work_once() {
    lost_with("TaskDoesNotExist").await;
}

#[tokio::test(start_paused = true)]
async fn invalid_token_cancels_the_work_once() {
    lost_with("InvalidToken").await;
}

#[tokio::test(start_paused = true)]
async fn the_result_of_a_lost_task_is_dropped_although_the_work_finishes() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 600, "when_cancelled": "finish" }));
    pass(5).await;
    running.service.lose("a", "TaskTimedOut");
    pass(60).await;
    assert_eq!(running.seen.cancelled.load(SeqCst), 1);
    assert_eq!(running.service.calls(SUCCESS).len(), 0);
    assert_eq!(running.stop().await.lost, 1);
}

#[tokio::test(start_paused = true)]
async fn work_that_ignores_its_cancellation_is_dropped() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 600, "when_cancelled": "ignore" }));
    running.service.schedule("b", &json!({}));
    pass(5).await;
    running.service.lose("a", "TaskTimedOut");
    pass(9).await;
    assert_eq!(running.seen.at_once.load(SeqCst), 1, "it may take 5 s from the heartbeat at 10 s");
    pass(2).await;
    assert_eq!(running.seen.at_once.load(SeqCst), 0);
    assert_eq!(running.service.task("b"), Some(Task::Succeeded(json!("done"))), "the slot is free again");
    assert_eq!(running.stop().await.lost, 1);
}
