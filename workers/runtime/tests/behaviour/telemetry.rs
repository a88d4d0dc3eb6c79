//! Metrics and health.

use std::time::Duration;

use falconer_runtime::{HealthServer, Supervised as _, serve_health};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    service::{Fault, POLL, SUCCESS, Service},
    worker::{Running, one_slot, pass, slots, until},
};

/// The metric lines with these dimensions, checked against the embedded metric format.
fn lines(text: &str, dimensions: &Value) -> Vec<Value> {
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect();
    for line in &lines {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert!(line["_aws"]["Timestamp"].as_u64().unwrap() > 1_700_000_000_000);
        assert_eq!(directive["Namespace"], "ActivityWorker");
        for dimension in directive["Dimensions"][0].as_array().unwrap() {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{line}");
        }
        for metric in directive["Metrics"].as_array().unwrap() {
            let value = &line[metric["Name"].as_str().unwrap()];
            let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
            assert!((1..=100).contains(&values.len()) && values.iter().all(|value| value.is_number()), "{line}");
            assert!(["Count", "Milliseconds"].contains(&metric["Unit"].as_str().unwrap()));
        }
    }
    lines.into_iter().filter(|line| line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == json!([dimensions])).collect()
}

#[tokio::test(start_paused = true)]
async fn metrics_are_written_once_a_minute_and_at_the_end_and_count_what_happened() {
    let running = Running::start(Service::new(), slots(4));
    running.service.fail_next(POLL, [Fault::Code(400, "ThrottlingException"), Fault::Dropped]);
    running.service.fail_next(SUCCESS, [Fault::Code(500, "InternalFailure")]);
    for (n, then) in
        [json!("done"), json!("broken"), json!({ "busy": "later" }), json!({ "panic": "oops" })].iter().enumerate()
    {
        running.service.schedule(&format!("token-{n}"), &json!({ "seconds": 2, "then": then }));
    }
    pass(61).await;
    let metrics = running.metrics.clone();
    let first = lines(&metrics.text(), &json!(["Activity"]));
    assert_eq!(first.len(), 1);
    let counts =
        |line: &Value, names: &[&str]| names.iter().map(|name| line[name].as_u64().unwrap()).collect::<Vec<_>>();
    let ends = ["TasksReceived", "TasksSucceeded", "TasksFailedTransient", "TasksFailedTerminal", "ReportRetries"];
    assert_eq!(counts(&first[0], &ends), [4, 1, 1, 2, 1]);
    assert_eq!(counts(&first[0], &["SlotsLimit", "SlotsInUse"]), [4, 0]);
    assert_eq!(first[0]["Activity"], "DoChore");
    assert_eq!(first[0]["TaskMillis"].as_array().unwrap().len(), 4);

    let errors = lines(&metrics.text(), &json!(["Activity", "Code"]));
    let by_code: Vec<_> =
        errors.iter().map(|line| (line["Code"].as_str().unwrap(), line["PollErrors"].as_u64().unwrap())).collect();
    assert_eq!(by_code, [("Connection", 1), ("ThrottlingException", 1)]);

    running.service.schedule("last", &json!({}));
    pass(1).await;
    running.stop().await;
    let all = lines(&metrics.text(), &json!(["Activity"]));
    assert_eq!(counts(all.last().unwrap(), &ends)[..2], [0, 0], "what was written is not written again");
    assert_eq!(all.iter().map(|line| line["TasksSucceeded"].as_u64().unwrap()).sum::<u64>(), 2);
    assert_eq!(lines(&metrics.text(), &json!([]))[0]["SlotsLimit"], 4);
}

#[tokio::test(start_paused = true)]
async fn lost_tasks_and_presumed_reports_are_counted() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_next(SUCCESS, [Fault::AnswerLost]);
    running.service.schedule("presumed", &json!({}));
    pass(2).await;
    running.service.schedule("lost", &json!({ "seconds": 40 }));
    pass(2).await;
    running.service.lose("lost", "TaskTimedOut");
    pass(60).await;
    let line = &lines(&running.metrics.text(), &json!(["Activity"]))[0];
    assert_eq!(
        (&line["ReportsPresumed"], &line["TasksSucceeded"], &line["TasksLost"]),
        (&json!(1), &json!(1), &json!(1))
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn ready_means_that_polls_succeed_and_not_draining() {
    let running = Running::start(Service::new(), one_slot());
    assert_eq!(running.health.not_ready(), None, "it does not run yet");
    pass(61).await;
    assert_eq!(running.health.not_ready(), Some(vec![]));
    running.service.fail_for(POLL, Duration::from_secs(600), Fault::Code(400, "AccessDeniedException"));
    pass(170).await;
    assert_eq!(running.health.not_ready(), Some(vec!["DoChore".to_owned()]));
    assert!(running.health.is_healthy(), "a restart would not help");
    pass(600).await;
    assert_eq!(running.health.not_ready(), Some(vec![]));
    running.shutdown.request();
    pass(1).await;
    assert_eq!(running.health.not_ready(), None);
    assert!(running.health.is_healthy(), "draining is no reason to be killed");
    let health = running.health.clone();
    running.ended().await;
    assert!(!health.is_healthy());
}

#[tokio::test(start_paused = true)]
async fn a_fresh_worker_with_nothing_to_do_is_ready_when_its_poll_has_been_held_for_five_seconds() {
    let running = Running::start(Service::new(), one_slot());
    pass(4).await;
    assert_eq!(running.health.not_ready(), Some(vec!["DoChore".to_owned()]));
    pass(2).await;
    assert_eq!(running.health.not_ready(), Some(vec![]));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn polls_that_are_never_answered_do_not_make_a_worker_ready() {
    let running = Running::start(Service::new(), one_slot());
    running.service.fail_for(POLL, Duration::from_secs(300), Fault::Hangs);
    // The first poll could not be told from one that is held, until it ended after 70 s.
    pass(170).await;
    assert_eq!(running.health.not_ready(), Some(vec!["DoChore".to_owned()]));
    pass(300).await;
    assert_eq!(running.health.not_ready(), Some(vec![]), "polls are answered again");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_slots_are_all_busy_is_ready_although_it_does_not_poll() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({ "seconds": 1_000 }));
    pass(500).await;
    assert_eq!(running.health.not_ready(), Some(vec![]));
    running.stop().await;
}

async fn get(server: &HealthServer, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: worker.example\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Sockets wait for the system and not for tokio's clock: this one runs in real time, and nothing in it takes any.
#[tokio::test]
async fn the_health_server_answers_on_the_port_that_it_tells() {
    let running = Running::start(Service::new(), one_slot());
    running.service.schedule("a", &json!({}));
    let server = serve_health("127.0.0.1:0".parse().unwrap(), running.health.clone()).await.unwrap();
    assert_ne!(server.address().port(), 0);
    until(|| running.service.accepted(SUCCESS) == 1).await;
    assert!(get(&server, "/healthz").await.starts_with("HTTP/1.1 200"));
    let ready = get(&server, "/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 200") && ready.ends_with(r#"{"ready":true,"notReady":[]}"#), "{ready}");
    running.shutdown.request();
    assert!(get(&server, "/readyz").await.starts_with("HTTP/1.1 503"));
    assert!(get(&server, "/healthz").await.starts_with("HTTP/1.1 200"));
    running.stop().await;
}
