use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::driver::{ACTIVITY, Driver, call, only, task};

fn poll(worker: &str) -> Value {
    json!({ "activityArn": ACTIVITY, "workerName": worker })
}

#[tokio::test(start_paused = true)]
async fn creating_an_activity_twice_gives_the_same_one() {
    let driver = Driver::new().await;
    let first = driver.ok("DescribeActivity", json!({ "activityArn": ACTIVITY })).await;
    sleep(Duration::from_secs(5)).await;
    let again = driver.ok("CreateActivity", json!({ "name": "BlockIndicators" })).await;
    assert_eq!(again, json!({ "activityArn": ACTIVITY, "creationDate": first["creationDate"] }));
    let listed = driver.ok("ListActivities", json!({})).await;
    assert_eq!(listed, json!({ "activities": [first] }));
}

#[tokio::test(start_paused = true)]
async fn names_with_forbidden_characters_are_refused() {
    let driver = Driver::new().await;
    for name in ["", "a b", "a/b", "a*", "a:b", "a\u{7}", &"x".repeat(81)] {
        assert_eq!(driver.refused("CreateActivity", json!({ "name": name })).await.code, "InvalidName", "{name}");
    }
    assert_eq!(driver.refused("CreateActivity", json!({})).await.code, "ValidationException");
    assert_eq!(driver.refused("CreateActivity", json!({ "name": 1 })).await.code, "SerializationException");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_activity_is_gone() {
    let driver = Driver::new().await;
    driver.ok("DeleteActivity", json!({ "activityArn": ACTIVITY })).await;
    for operation in ["DescribeActivity", "GetActivityTask"] {
        assert_eq!(driver.refused(operation, json!({ "activityArn": ACTIVITY })).await.code, "ActivityDoesNotExist");
    }
    let ended = driver.run(only(task(json!({}))), json!({})).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("ActivityDoesNotExist")));
}

#[tokio::test(start_paused = true)]
async fn arns_of_other_kinds_regions_and_accounts_are_refused() {
    let driver = Driver::new().await;
    for (arn, code) in [
        ("BlockIndicators", "InvalidArn"),
        ("arn:aws:states:us-east-1:111122223333:stateMachine:x", "InvalidArn"),
        ("arn:aws:states:eu-west-1:111122223333:activity:x", "InvalidArn"),
        ("arn:aws:states:us-east-1:444455556666:activity:x", "AccessDeniedException"),
        ("arn:aws:states:us-east-1:111122223333:activity:x", "ActivityDoesNotExist"),
    ] {
        assert_eq!(driver.refused("GetActivityTask", json!({ "activityArn": arn })).await.code, code, "{arn}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_poll_without_a_task_is_held_for_sixty_seconds() {
    let driver = Driver::new().await;
    let start = Instant::now();
    assert_eq!(driver.ok("GetActivityTask", poll("w")).await, json!({ "taskToken": null }));
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_arrives_during_a_poll_answers_it_at_once() {
    let driver = Driver::new().await;
    let start = Instant::now();
    let later = async {
        sleep(Duration::from_secs(20)).await;
        driver.start(only(task(json!({}))), json!({ "n": 1 })).await
    };
    let (execution, (token, input)) = tokio::join!(later, driver.take());
    assert_eq!((start.elapsed().as_secs(), input), (20, json!({ "n": 1 })));
    driver.succeed(&token, json!({ "done": true })).await.unwrap();
    let ended = driver.end_of(&execution).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("{\"done\":true}")));
}

#[tokio::test(start_paused = true)]
async fn tasks_are_handed_out_in_the_order_in_which_they_came() {
    let driver = Driver::new().await;
    for n in 0..5 {
        driver.start(only(task(json!({}))), json!(n)).await;
        sleep(Duration::from_millis(1)).await;
    }
    for n in 0..5 {
        assert_eq!(driver.take().await.1, json!(n));
    }
}

#[tokio::test(start_paused = true)]
async fn many_waiting_polls_each_get_one_task() {
    let driver = Driver::new().await;
    let polls = futures_util::future::join_all((0..20).map(|_| driver.take()));
    let starts = async {
        sleep(Duration::from_secs(1)).await;
        for n in 0..20 {
            driver.start(only(task(json!({}))), json!(n)).await;
        }
    };
    let start = Instant::now();
    let (taken, ()) = tokio::join!(polls, starts);
    assert_eq!(start.elapsed().as_secs(), 1);
    let mut inputs: Vec<i64> = taken.iter().map(|(_, input)| input.as_i64().unwrap()).collect();
    inputs.sort_unstable();
    assert_eq!(inputs, (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_takes_no_task_with_it() {
    let driver = Driver::new().await;
    let gone = timeout(Duration::from_secs(5), driver.call("GetActivityTask", poll("gone"))).await;
    assert!(gone.is_err());
    driver.start(only(task(json!({}))), json!("kept")).await;
    assert_eq!(driver.take().await.1, json!("kept"));
}

#[tokio::test(start_paused = true)]
async fn the_thousand_and_first_poll_at_a_time_is_refused() {
    let driver = Driver::new().await;
    let polls: Vec<_> = (0..1_000)
        .map(|_| {
            let states = driver.states.clone();
            tokio::spawn(async move { states.call(call("GetActivityTask", poll("w"))).await })
        })
        .collect();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(driver.refused("GetActivityTask", poll("w")).await.code, "ActivityWorkerLimitExceeded");
    polls.into_iter().for_each(|poll| poll.abort());
    sleep(Duration::from_secs(1)).await;
    assert_eq!(driver.ok("GetActivityTask", poll("w")).await["taskToken"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn reports_on_a_task_that_is_over_or_was_never_there_are_refused() {
    let driver = Driver::new().await;
    driver.start(only(task(json!({}))), json!({})).await;
    let (token, _) = driver.take().await;
    assert_eq!(driver.refused("SendTaskHeartbeat", json!({ "taskToken": "made up" })).await.code, "InvalidToken");
    let output = json!({ "taskToken": token, "output": "{not json" });
    assert_eq!(driver.refused("SendTaskSuccess", output).await.code, "InvalidOutput");
    let output = json!({ "taskToken": token, "output": format!("\"{}\"", "x".repeat(262_143)) });
    assert_eq!(driver.refused("SendTaskSuccess", output).await.code, "ValidationException");
    let error = json!({ "taskToken": token, "error": "x".repeat(257) });
    assert_eq!(driver.refused("SendTaskFailure", error).await.code, "ValidationException");
    driver.ok("SendTaskHeartbeat", json!({ "taskToken": token })).await;
    driver.succeed(&token, json!(1)).await.unwrap();
    assert_eq!(driver.succeed(&token, json!(1)).await.unwrap_err().code, "TaskTimedOut");
    assert_eq!(driver.fail(&token, "Late").await.unwrap_err().code, "TaskTimedOut");
    assert_eq!(driver.refused("SendTaskHeartbeat", json!({ "taskToken": token })).await.code, "TaskTimedOut");
}

#[tokio::test(start_paused = true)]
async fn a_report_on_a_task_whose_activity_was_deleted_finds_no_task() {
    let driver = Driver::new().await;
    driver.start(only(task(json!({}))), json!({})).await;
    let (token, _) = driver.take().await;
    driver.ok("DeleteActivity", json!({ "activityArn": ACTIVITY })).await;
    assert_eq!(driver.succeed(&token, json!(1)).await.unwrap_err().code, "TaskDoesNotExist");
}

#[tokio::test(start_paused = true)]
async fn tags_are_kept_replaced_and_removed() {
    let driver = Driver::new().await;
    let tags = json!([{ "key": "team", "value": "blue" }, { "key": "stage", "value": "test" }]);
    driver.ok("TagResource", json!({ "resourceArn": ACTIVITY, "tags": tags })).await;
    let team = json!([{ "key": "team", "value": "red" }]);
    driver.ok("TagResource", json!({ "resourceArn": ACTIVITY, "tags": team })).await;
    driver.ok("UntagResource", json!({ "resourceArn": ACTIVITY, "tagKeys": ["stage"] })).await;
    let listed = driver.ok("ListTagsForResource", json!({ "resourceArn": ACTIVITY })).await;
    assert_eq!(listed, json!({ "tags": team }));
    let elsewhere = format!("{ACTIVITY}2");
    let error = driver.refused("ListTagsForResource", json!({ "resourceArn": elsewhere })).await;
    assert_eq!((error.code.as_str(), &error.members["resourceName"]), ("ResourceNotFound", &json!(elsewhere)));
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_does_not_exist_is_refused() {
    let driver = Driver::new().await;
    assert_eq!(driver.refused("RedriveExecution", json!({})).await.code, "UnknownOperationException");
}
