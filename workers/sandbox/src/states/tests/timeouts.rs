use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::driver::{Driver, only, task};

#[tokio::test(start_paused = true)]
async fn a_tasks_time_runs_from_the_moment_a_worker_has_it_whatever_its_heartbeats() {
    let driver = Driver::new().await;
    let execution = driver.start(only(task(json!({ "TimeoutSeconds": 30, "HeartbeatSeconds": 10 }))), json!({})).await;
    sleep(Duration::from_secs(100)).await;
    let (token, _) = driver.take().await;
    let start = Instant::now();
    let refused = loop {
        sleep(Duration::from_secs(8)).await;
        match driver.call("SendTaskHeartbeat", json!({ "taskToken": token })).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!((refused.code.as_str(), start.elapsed().as_secs()), ("TaskTimedOut", 32));
    let ended = driver.end_of(&execution).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.Timeout")));
}

#[tokio::test(start_paused = true)]
async fn heartbeats_keep_a_task_alive() {
    let driver = Driver::new().await;
    let execution = driver.start(only(task(json!({ "HeartbeatSeconds": 10 }))), json!({})).await;
    let (token, _) = driver.take().await;
    for _ in 0..50 {
        sleep(Duration::from_secs(9)).await;
        driver.ok("SendTaskHeartbeat", json!({ "taskToken": token })).await;
    }
    driver.succeed(&token, json!(1)).await.unwrap();
    assert_eq!(driver.end_of(&execution).await["status"], "SUCCEEDED");
}

#[tokio::test(start_paused = true)]
async fn the_times_of_a_task_can_come_from_its_input() {
    let driver = Driver::new().await;
    let state = task(json!({ "TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.h", "Parameters": {} }));
    let execution = driver.start(only(state.clone()), json!({ "t": 20, "h": 5 })).await;
    driver.take().await;
    let start = Instant::now();
    assert_eq!(driver.end_of(&execution).await["error"], "States.HeartbeatTimeout");
    assert_eq!(start.elapsed().as_secs(), 5);
    for input in [json!({ "t": 0, "h": 5 }), json!({ "t": "20", "h": 5 }), json!({ "h": 5 })] {
        assert_eq!(driver.run(only(state.clone()), input).await["error"], "States.Runtime");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_nobody_takes_waits_until_the_machines_own_time_is_over_and_no_catch_runs() {
    let driver = Driver::new().await;
    let mut state = task(json!({ "TimeoutSeconds": 5, "Next": "Done" }));
    state["Catch"] = json!([{ "ErrorEquals": ["States.ALL"], "Next": "Done" }]);
    let states = json!({ "Do": state, "Done": { "Type": "Succeed" } });
    let flow = json!({ "StartAt": "Do", "TimeoutSeconds": 3_600, "States": states });
    let start = Instant::now();
    let execution = driver.start(flow, json!({})).await;
    let ended = loop {
        sleep(Duration::from_secs(60)).await;
        let shown = driver.ok("DescribeExecution", json!({ "executionArn": execution })).await;
        if shown["status"] != "RUNNING" {
            break shown;
        }
    };
    assert_eq!((&ended["status"], &ended["error"]), (&json!("TIMED_OUT"), &json!("States.Timeout")));
    assert!((3_600..=3_660).contains(&start.elapsed().as_secs()));
    let events = driver.event_types(&execution).await;
    assert_eq!(events, ["ExecutionStarted", "TaskStateEntered", "ActivityScheduled", "ExecutionTimedOut"]);
    let poll = json!({ "activityArn": super::driver::ACTIVITY });
    assert_eq!(driver.ok("GetActivityTask", poll).await["taskToken"], Value::Null, "its task must be gone");
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_the_very_moment_of_the_timeout_counts_if_it_was_taken() {
    let driver = Driver::new().await;
    let execution = driver.start(only(task(json!({ "TimeoutSeconds": 10 }))), json!({})).await;
    let (token, _) = driver.take().await;
    sleep(Duration::from_secs(10)).await;
    let taken = driver.succeed(&token, json!(1)).await.is_ok();
    let succeeded = driver.end_of(&execution).await["status"] == "SUCCEEDED";
    assert_eq!(taken, succeeded);
}
