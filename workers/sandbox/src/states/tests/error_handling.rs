use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::driver::{Driver, only, task};

fn handled(fields: Value) -> Value {
    let mut state = task(fields);
    state["Next"] = json!("Done");
    json!({ "StartAt": "Do", "States": { "Do": state, "Done": { "Type": "Succeed" } } })
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_retried_after_growing_waits_and_then_fails_the_execution() {
    let driver = Driver::new().await;
    let retry = json!([{ "ErrorEquals": ["Firewall.TokenConflict"], "IntervalSeconds": 3, "BackoffRate": 2, "MaxAttempts": 2 }]);
    let execution = driver
        .start(only(task(json!({ "Retry": retry, "Parameters": { "n.$": "$$.State.RetryCount" } }))), json!({}))
        .await;
    let start = Instant::now();
    for (attempt, seconds) in [(0, 0), (1, 3), (2, 9)] {
        let (token, input) = driver.take().await;
        assert_eq!((start.elapsed().as_secs(), &input["n"]), (seconds, &json!(attempt)));
        driver.fail(&token, "Firewall.TokenConflict").await.unwrap();
    }
    let ended = driver.end_of(&execution).await;
    assert_eq!((&ended["error"], &ended["cause"]), (&json!("Firewall.TokenConflict"), &json!("why")));
    let attempt = ["ActivityScheduled", "ActivityStarted", "ActivityFailed"];
    let mut expected = vec!["ExecutionStarted", "TaskStateEntered"];
    expected.extend(attempt.iter().cycle().take(9));
    expected.push("ExecutionFailed");
    assert_eq!(driver.event_types(&execution).await, expected);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_no_retrier_names_is_not_retried() {
    let driver = Driver::new().await;
    let retry = json!([{ "ErrorEquals": ["Firewall.TokenConflict", "States.Timeout"] }]);
    let execution = driver.start(only(task(json!({ "Retry": retry }))), json!({})).await;
    let (token, _) = driver.take().await;
    driver.fail(&token, "Firewall.CapacityExceeded").await.unwrap();
    assert_eq!(driver.end_of(&execution).await["error"], "Firewall.CapacityExceeded");
}

#[tokio::test(start_paused = true)]
async fn retries_come_before_catchers() {
    let driver = Driver::new().await;
    let flow = handled(json!({
        "Retry": [{ "ErrorEquals": ["A"], "MaxAttempts": 1 }],
        "Catch": [{ "ErrorEquals": ["A"], "ResultPath": "$.problem", "Next": "Done" }],
    }));
    let execution = driver.start(flow, json!({ "kept": 1 })).await;
    for _ in 0..2 {
        let (token, _) = driver.take().await;
        driver.fail(&token, "A").await.unwrap();
    }
    let ended = driver.end_of(&execution).await;
    assert_eq!(ended["output"], r#"{"kept":1,"problem":{"Error":"A","Cause":"why"}}"#);
}

#[tokio::test(start_paused = true)]
async fn the_first_catcher_that_names_the_error_takes_it() {
    let driver = Driver::new().await;
    let mut state = task(json!({ "Catch": [
        { "ErrorEquals": ["B"], "Next": "One" },
        { "ErrorEquals": ["A", "B"], "Next": "Two" },
        { "ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "Three" },
    ] }));
    state["End"] = json!(true);
    let pass = |name: &str| json!({ "Type": "Pass", "Parameters": { "by": name, "in.$": "$" }, "End": true });
    let flow = json!({ "StartAt": "Do", "States": { "Do": state, "One": pass("one"), "Two": pass("two"), "Three": pass("three") } });
    for (error, by, input) in [
        ("B", "one", json!({ "Error": "B", "Cause": "why" })),
        ("A", "two", json!({ "Error": "A", "Cause": "why" })),
        ("C", "three", json!({ "x": 1 })),
    ] {
        let execution = driver.start(flow.clone(), json!({ "x": 1 })).await;
        let (token, _) = driver.take().await;
        driver.fail(&token, error).await.unwrap();
        let output: Value = serde_json::from_str(driver.end_of(&execution).await["output"].as_str().unwrap()).unwrap();
        assert_eq!(output, json!({ "by": by, "in": input }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_killed_worker_is_noticed_by_its_silence_and_another_one_gets_the_task() {
    let driver = Driver::new().await;
    let flow = handled(json!({
        "HeartbeatSeconds": 10, "TimeoutSeconds": 100,
        "Retry": [{ "ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1, "MaxAttempts": 1 }],
    }));
    let execution = driver.start(flow, json!({})).await;
    let (lost, _) = driver.take().await;
    let start = Instant::now();
    let (token, _) = driver.take().await;
    assert_eq!(start.elapsed().as_secs(), 11);
    assert_eq!(driver.succeed(&lost, json!("ghost")).await.unwrap_err().code, "TaskTimedOut");
    driver.succeed(&token, json!("alive")).await.unwrap();
    assert_eq!(driver.end_of(&execution).await["output"], "\"alive\"");
    let history = driver.history(&execution).await;
    let timed_out = history.iter().find(|event| event["type"] == "ActivityTimedOut").unwrap();
    assert_eq!(timed_out["activityTimedOutEventDetails"], json!({ "error": "States.HeartbeatTimeout" }));
}

#[tokio::test(start_paused = true)]
async fn a_missed_heartbeat_is_caught_as_a_timeout_too_but_not_as_a_failed_task() {
    let driver = Driver::new().await;
    for (name, status) in
        [("States.Timeout", "SUCCEEDED"), ("States.TaskFailed", "FAILED"), ("States.ALL", "SUCCEEDED")]
    {
        let catch = json!([{ "ErrorEquals": [name], "Next": "Done" }]);
        let execution = driver.start(handled(json!({ "HeartbeatSeconds": 5, "Catch": catch })), json!({})).await;
        driver.take().await;
        assert_eq!(driver.end_of(&execution).await["status"], status, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_a_name_is_still_one() {
    let driver = Driver::new().await;
    let catch = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Done" }]);
    let execution = driver.start(handled(json!({ "Catch": catch })), json!({})).await;
    let (token, _) = driver.take().await;
    driver.ok("SendTaskFailure", json!({ "taskToken": token })).await;
    assert_eq!(driver.end_of(&execution).await["output"], r#"{"Error":"","Cause":""}"#);
}

#[tokio::test(start_paused = true)]
async fn full_jitter_spreads_the_retries_and_a_seed_repeats_them() {
    let mut waits = Vec::new();
    for _ in 0..2 {
        let driver = Driver::new().await;
        let retry = json!([{ "ErrorEquals": ["A"], "IntervalSeconds": 50, "BackoffRate": 1, "MaxAttempts": 9, "JitterStrategy": "FULL" }]);
        driver.start(only(task(json!({ "Retry": retry }))), json!({})).await;
        let mut taken = Vec::new();
        for _ in 0..5 {
            let before = Instant::now();
            let (token, _) = driver.take().await;
            taken.push(before.elapsed().as_millis());
            driver.fail(&token, "A").await.unwrap();
            sleep(Duration::from_millis(1)).await;
        }
        waits.push(taken);
    }
    assert_eq!(waits[0], waits[1]);
    assert!(waits[0][1..].iter().all(|wait| (1..50_000).contains(wait)), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_parallel_state_is_retried_as_a_whole() {
    let driver = Driver::new().await;
    let mut inner = task(json!({}));
    inner["End"] = json!(true);
    let state = json!({
        "Type": "Parallel", "Branches": [{ "StartAt": "Work", "States": { "Work": inner } }],
        "Retry": [{ "ErrorEquals": ["States.ALL"], "MaxAttempts": 1 }],
    });
    let execution = driver.start(only(state), json!({})).await;
    let (token, _) = driver.take().await;
    driver.fail(&token, "A").await.unwrap();
    let (token, _) = driver.take().await;
    driver.succeed(&token, json!(1)).await.unwrap();
    assert_eq!(driver.end_of(&execution).await["output"], "[1]");
}
