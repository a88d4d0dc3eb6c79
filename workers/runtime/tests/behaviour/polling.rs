//! Slots and polls.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use falconer_runtime::Supervised as _;
use falconer_runtime::{Worker, WorkerConfig};
use serde_json::json;

use crate::{
    activities::{Chore, Nap},
    service::{Fault, POLL, SUCCESS, Service, Task},
    worker::{CHORE_ARN, NAP_ARN, Running, one_slot, pass, slots, until},
};

#[tokio::test(start_paused = true)]
async fn slots_are_never_exceeded() {
    let running = Running::start(Service::new(), slots(5));
    for n in 0..200 {
        running.service.schedule(&format!("token-{n}"), &json!({ "seconds": n % 7 }));
    }
    pass(600).await;
    assert_eq!(running.service.accepted(SUCCESS), 200);
    assert_eq!(running.seen.most_at_once.load(SeqCst), 5, "all slots are used");
    assert_eq!(running.service.most_held(), 5, "open polls and unreported tasks together");
    assert_eq!(running.stop().await.succeeded, 200);
}

/// Real threads and real time, in which nothing waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slots_are_never_exceeded_on_several_threads() {
    let running = Running::start(Service::new(), slots(5));
    for n in 0..500 {
        running.service.schedule(&format!("token-{n}"), &json!({}));
    }
    until(|| running.service.accepted(SUCCESS) == 500).await;
    assert_eq!(running.service.most_held(), 5);
    // Twice: the polls that are still open would take a minute.
    running.shutdown.request();
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn there_is_no_poll_without_a_free_slot() {
    let running = Running::start(Service::new(), slots(2));
    running.service.schedule("a", &json!({ "seconds": 300 }));
    running.service.schedule("b", &json!({ "seconds": 300 }));
    pass(1).await;
    let polls = running.service.calls(POLL).len();
    pass(298).await;
    assert_eq!(running.service.calls(POLL).len(), polls, "both slots are busy for 300 s");
    assert_eq!(running.service.open_polls(), 0);
    pass(2).await;
    assert!(running.service.calls(POLL).len() > polls, "polling goes on when a slot is free");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_activity_with_a_limit_leaves_the_other_slots_free() {
    let config = WorkerConfig { slots_of: [("DoChore".to_owned(), 3)].into(), ..slots(10) };
    let running = Running::start(Service::new(), config);
    for n in 0..30 {
        running.service.schedule(&format!("token-{n}"), &json!({ "seconds": 5 }));
    }
    pass(120).await;
    assert_eq!(running.seen.most_at_once.load(SeqCst), 3);
    assert_eq!(running.service.most_held(), 3);
    assert_eq!(running.stop().await.succeeded, 30);
}

#[tokio::test(start_paused = true)]
async fn pollers_grow_while_polls_bring_tasks_and_shrink_when_they_do_not() {
    let config = WorkerConfig { idle_pollers: 2, most_pollers: 8, ..slots(20) };
    let running = Running::start(Service::new(), config);
    pass(1).await;
    assert_eq!(running.service.open_polls(), 2);
    for n in 0..40 {
        running.service.schedule(&format!("token-{n}"), &json!({}));
    }
    pass(1).await;
    assert_eq!(running.service.open_polls(), 8);
    pass(200).await;
    assert_eq!(running.service.open_polls(), 2);
    running.stop().await;
}

/// When all slots have been busy, polls that follow their tasks have the places, and both idle pollers wait for one.
#[tokio::test(start_paused = true)]
async fn idle_pollers_do_not_hand_each_other_a_place_for_ever() {
    let running = Running::start(Service::new(), WorkerConfig { idle_pollers: 2, most_pollers: 2, ..slots(4) });
    for n in 0..4 {
        running.service.schedule(&format!("token-{n}"), &json!({ "seconds": 2 }));
    }
    pass(3).await;
    running.service.schedule("next", &json!({ "seconds": 2 }));
    pass(1).await;
    assert_eq!(running.service.open_polls(), 2);
    assert_eq!(running.stop().await.succeeded, 5);
}

#[tokio::test(start_paused = true)]
async fn after_a_burst_an_activitys_open_polls_leave_the_others_their_share_of_the_slots() {
    let service = Service::new();
    let mut worker = Worker::new(service.client(), WorkerConfig { most_pollers: 64, ..slots(10) });
    worker.register(Chore::default(), CHORE_ARN).unwrap().register(Nap, NAP_ARN).unwrap();
    worker.metrics_to(std::io::sink());
    let shutdown = falconer_runtime::Shutdown::new();
    let worker = tokio::spawn(worker.run(shutdown.clone()));
    for n in 0..100 {
        service.schedule(&format!("token-{n}"), &json!({}));
    }
    pass(1).await;
    assert_eq!(service.open_polls(), 5 + 1, "half of the slots, and the other activity's idle poll");
    shutdown.request();
    assert_eq!(worker.await.unwrap().unwrap().succeeded, 100);
}

async fn polling_goes_on_after(fault: Fault) {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_for(POLL, Duration::from_secs(6), fault);
    running.service.schedule("after", &json!({}));
    pass(6).await;
    let failed = running.service.calls(POLL).len();
    assert!((3..=30).contains(&failed), "{failed} polls in 6 s: back-off, and no end");
    assert!(!running.health.not_ready().unwrap().is_empty(), "no poll has succeeded");
    pass(16).await;
    assert_eq!(running.service.task("after"), Some(Task::Succeeded(json!("done"))), "{fault:?}");
    assert!(running.health.not_ready().unwrap().is_empty());
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn six_seconds_of_activity_worker_limit_exceeded_and_polling_goes_on() {
    polling_goes_on_after(Fault::Code(400, "ActivityWorkerLimitExceeded")).await;
}

#[tokio::test(start_paused = true)]
async fn six_seconds_of_throttles_and_polling_goes_on() {
    polling_goes_on_after(Fault::Code(400, "ThrottlingException")).await;
}

#[tokio::test(start_paused = true)]
async fn six_seconds_of_dropped_connections_and_polling_goes_on() {
    polling_goes_on_after(Fault::Dropped).await;
}

#[tokio::test(start_paused = true)]
async fn six_seconds_of_access_errors_and_polling_goes_on() {
    polling_goes_on_after(Fault::Code(400, "AccessDeniedException")).await;
}

#[tokio::test(start_paused = true)]
async fn six_seconds_without_the_activity_and_polling_goes_on() {
    polling_goes_on_after(Fault::Code(400, "ActivityDoesNotExist")).await;
}

#[tokio::test(start_paused = true)]
async fn six_seconds_of_service_failures_and_polling_goes_on() {
    polling_goes_on_after(Fault::Code(500, "InternalFailure")).await;
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_is_never_answered_ends_after_seventy_seconds_and_polling_goes_on() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_next(POLL, [Fault::Hangs]);
    pass(69).await;
    assert_eq!(running.service.calls(POLL).len(), 1, "a poll may be held 60 s, and at least 65 s are waited");
    pass(2).await;
    assert_eq!(running.service.calls(POLL).len(), 2);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_long_outage_leaves_no_pause_longer_than_fifteen_seconds() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_for(POLL, Duration::from_secs(3_600), Fault::Dropped);
    pass(3_600).await;
    let times = running.service.times(POLL);
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!((5_000..=15_001).contains(&longest), "{longest} ms");
    assert!(times.len() < 3_600 / 4, "{} polls in an hour", times.len());
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_sdk_does_not_retry_on_top_of_the_runtime() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_next(POLL, [Fault::Code(400, "ThrottlingException"); 4]);
    pass(61).await;
    let metrics = running.metrics.text();
    assert!(metrics.contains(r#""PollErrors":4"#), "each refusal reaches the runtime: {metrics}");
    running.stop().await;
}

#[tokio::test]
async fn two_activities_of_one_name_or_one_arn_are_refused() {
    let mut worker = Worker::new(Service::new().client(), WorkerConfig::default());
    worker.register(Chore::default(), CHORE_ARN).unwrap();
    let twice = worker.register(Chore::default(), NAP_ARN).map(|_| ()).unwrap_err();
    assert!(twice.to_string().contains("`DoChore` is registered already"), "{twice}");
    let same_arn = worker.register(Nap, CHORE_ARN).map(|_| ()).unwrap_err();
    assert!(same_arn.to_string().contains("the ARN of another one"), "{same_arn}");
    let no_arn = worker.register(Nap, "TakeNap").map(|_| ()).unwrap_err();
    assert!(no_arn.to_string().contains("must be arn:"), "{no_arn}");
    worker.register(Nap, NAP_ARN).unwrap();
}

#[tokio::test]
async fn a_worker_with_fewer_slots_than_activities_does_not_start() {
    let mut worker = Worker::new(Service::new().client(), one_slot());
    worker.register(Chore::default(), CHORE_ARN).unwrap().register(Nap, NAP_ARN).unwrap();
    let refused = worker.run(falconer_runtime::Shutdown::new()).await.unwrap_err();
    assert!(refused.to_string().contains("`slots` is smaller than the number of activities"), "{refused}");
}
