use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::driver::{ACTIVITY, Driver, only, task};

#[tokio::test(start_paused = true)]
async fn the_history_of_a_simple_flow_holds_every_event_with_its_details() {
    let driver = Driver::new().await;
    let block =
        task(json!({ "TimeoutSeconds": 300, "HeartbeatSeconds": 30, "ResultPath": "$.blocked", "Next": "Rest" }));
    let flow = json!({ "StartAt": "Block", "States": { "Block": block, "Rest": { "Type": "Succeed" } } });
    let execution = driver.start(flow, json!({ "id": 1 })).await;
    let (token, _) = driver.take().await;
    sleep(Duration::from_secs(2)).await;
    driver.succeed(&token, json!(true)).await.unwrap();
    driver.end_of(&execution).await;

    let events = driver.history(&execution).await;
    let (id, whole) = (r#"{"id":1}"#, r#"{"id":1,"blocked":true}"#);
    let full = json!({ "truncated": false });
    let entered = |name: &str, input: &str| json!({ "name": name, "input": input, "inputDetails": full });
    let exited = |name: &str, output: &str| json!({ "name": name, "output": output, "outputDetails": full });
    let expected = [
        (
            "ExecutionStarted",
            "executionStartedEventDetails",
            json!({ "input": id, "inputDetails": full, "roleArn": "arn:aws:iam::111122223333:role/flow" }),
        ),
        ("TaskStateEntered", "stateEnteredEventDetails", entered("Block", id)),
        (
            "ActivityScheduled",
            "activityScheduledEventDetails",
            json!({
                "resource": ACTIVITY, "input": id, "inputDetails": full, "timeoutInSeconds": 300, "heartbeatInSeconds": 30
            }),
        ),
        ("ActivityStarted", "activityStartedEventDetails", json!({ "workerName": "worker-1" })),
        ("ActivitySucceeded", "activitySucceededEventDetails", json!({ "output": "true", "outputDetails": full })),
        ("TaskStateExited", "stateExitedEventDetails", exited("Block", whole)),
        ("SucceedStateEntered", "stateEnteredEventDetails", entered("Rest", whole)),
        ("SucceedStateExited", "stateExitedEventDetails", exited("Rest", whole)),
        ("ExecutionSucceeded", "executionSucceededEventDetails", json!({ "output": whole, "outputDetails": full })),
    ];
    assert_eq!(events.len(), expected.len());
    let start = 1_767_225_600.0;
    for (number, (event, (kind, member, details))) in (1..).zip(events.iter().zip(expected)) {
        let at = if number < 5 { start } else { start + 2.0 };
        let whole =
            json!({ "timestamp": at, "type": kind, "id": number, "previousEventId": number - 1, member: details });
        assert_eq!(*event, whole);
    }
}

#[tokio::test(start_paused = true)]
async fn the_history_is_given_page_by_page_in_either_order_and_without_data_if_wished() {
    let driver = Driver::new().await;
    let execution = driver.start(only(json!({ "Type": "Pass" })), json!({ "secret": 1 })).await;
    driver.end_of(&execution).await;
    let page =
        |token: Value| json!({ "executionArn": execution, "maxResults": 2, "reverseOrder": true, "nextToken": token });
    let first = driver.ok("GetExecutionHistory", page(Value::Null)).await;
    let second = driver.ok("GetExecutionHistory", page(first["nextToken"].clone())).await;
    let ids =
        |page: &Value| page["events"].as_array().unwrap().iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&second)), (vec![json!(4), json!(3)], vec![json!(2), json!(1)]));
    assert_eq!(second.get("nextToken"), None);
    assert_eq!(driver.refused("GetExecutionHistory", page(json!("made up"))).await.code, "InvalidToken");

    let bare = json!({ "executionArn": execution, "includeExecutionData": false });
    let bare = driver.ok("GetExecutionHistory", bare).await;
    assert!(!bare.to_string().contains("secret"), "{bare}");
}

#[tokio::test(start_paused = true)]
async fn an_execution_with_too_many_events_fails() {
    let driver = Driver::new().await;
    let round = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Next": "B" },
        "B": { "Type": "Choice", "Choices": [{ "Variable": "$.stop", "IsPresent": true, "Next": "C" }], "Default": "A" },
        "C": { "Type": "Succeed" },
    } });
    let ended = driver.run(round, json!({})).await;
    assert_eq!((&ended["status"], &ended["error"]), (&json!("FAILED"), &json!("States.Runtime")));
    assert!(ended["cause"].as_str().unwrap().contains("maximum number of history events (25000)"), "{ended}");
    let arn = ended["executionArn"].clone();
    let last = json!({ "executionArn": arn, "reverseOrder": true, "maxResults": 1 });
    let last = driver.ok("GetExecutionHistory", last).await;
    assert_eq!((&last["events"][0]["id"], &last["events"][0]["type"]), (&json!(25_000), &json!("ExecutionFailed")));
}
