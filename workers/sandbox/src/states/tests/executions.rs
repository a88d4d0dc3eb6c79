use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::driver::{Driver, only, task};

const MACHINE: &str = "arn:aws:states:us-east-1:111122223333:stateMachine:flow";

fn start(name: &str, input: &str) -> Value {
    json!({ "stateMachineArn": MACHINE, "name": name, "input": input })
}

async fn with_machine(state: Value) -> Driver {
    let driver = Driver::new().await;
    let definition = only(state).to_string();
    let role = "arn:aws:iam::111122223333:role/flow";
    driver.ok("CreateStateMachine", json!({ "name": "flow", "definition": definition, "roleArn": role })).await;
    driver
}

#[tokio::test(start_paused = true)]
async fn a_start_with_the_same_name_and_input_is_the_same_execution_while_it_runs() {
    let driver = with_machine(json!({ "Type": "Wait", "Seconds": 10 })).await;
    let first = driver.ok("StartExecution", start("run", "{}")).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(driver.ok("StartExecution", start("run", "{}")).await, first);
    assert_eq!(driver.refused("StartExecution", start("run", "{ }")).await.code, "ExecutionAlreadyExists");
    driver.end_of(first["executionArn"].as_str().unwrap()).await;
    assert_eq!(driver.refused("StartExecution", start("run", "{}")).await.code, "ExecutionAlreadyExists");
}

#[tokio::test(start_paused = true)]
async fn a_name_is_free_again_ninety_days_after_the_end() {
    let driver = with_machine(json!({ "Type": "Succeed" })).await;
    let first = driver.ok("StartExecution", start("run", "{}")).await;
    sleep(Duration::from_secs(89 * 86_400)).await;
    assert_eq!(driver.refused("StartExecution", start("run", "{}")).await.code, "ExecutionAlreadyExists");
    sleep(Duration::from_secs(2 * 86_400)).await;
    let second = driver.ok("StartExecution", start("run", "{}")).await;
    assert_ne!(second["startDate"], first["startDate"]);
}

#[tokio::test(start_paused = true)]
async fn starts_that_cannot_be_are_refused() {
    let driver = with_machine(json!({ "Type": "Succeed" })).await;
    assert_eq!(driver.refused("StartExecution", start("a b", "{}")).await.code, "InvalidName");
    assert_eq!(driver.refused("StartExecution", start("a", "{")).await.code, "InvalidExecutionInput");
    let too_large = format!("\"{}\"", "é".repeat(131_072));
    assert_eq!(driver.refused("StartExecution", start("a", &too_large)).await.code, "ValidationException");
    let largest = format!("\"{}\"", "é".repeat(131_071));
    driver.ok("StartExecution", start("a", &largest)).await;
    let unknown = json!({ "stateMachineArn": format!("{MACHINE}2") });
    assert_eq!(driver.refused("StartExecution", unknown).await.code, "StateMachineDoesNotExist");
    assert_eq!(driver.refused("StartExecution", json!({ "stateMachineArn": "flow" })).await.code, "InvalidArn");
    assert_eq!(driver.refused("StartExecution", json!({})).await.code, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn a_start_without_name_and_input_gets_both() {
    let driver = with_machine(json!({ "Type": "Succeed" })).await;
    let started = driver.ok("StartExecution", json!({ "stateMachineArn": MACHINE })).await;
    let shown = driver.end_of(started["executionArn"].as_str().unwrap()).await;
    assert!(uuid::Uuid::parse_str(shown["name"].as_str().unwrap()).is_ok(), "{shown}");
    assert_eq!((&shown["input"], &shown["output"]), (&json!("{}"), &json!("{}")));
}

#[tokio::test(start_paused = true)]
async fn what_described_executions_hold_depends_on_how_they_ended() {
    let driver = with_machine(json!({ "Type": "Wait", "Seconds": 10 })).await;
    let started = driver.ok("StartExecution", start("run", "[1]")).await;
    let arn = started["executionArn"].clone();
    let mut expected = json!({
        "executionArn": arn, "stateMachineArn": MACHINE, "name": "run", "status": "RUNNING",
        "startDate": started["startDate"], "redriveCount": 0, "redriveStatus": "NOT_REDRIVABLE",
        "input": "[1]", "inputDetails": { "included": true },
    });
    assert_eq!(driver.ok("DescribeExecution", json!({ "executionArn": arn })).await, expected);
    sleep(Duration::from_secs(11)).await;
    expected["status"] = json!("SUCCEEDED");
    expected["stopDate"] = json!(started["startDate"].as_f64().unwrap() + 10.0);
    expected["output"] = json!("[1]");
    expected["outputDetails"] = json!({ "included": true });
    assert_eq!(driver.ok("DescribeExecution", json!({ "executionArn": arn })).await, expected);
    let other = json!({ "executionArn": format!("{}x", arn.as_str().unwrap()) });
    for operation in ["DescribeExecution", "StopExecution", "GetExecutionHistory"] {
        assert_eq!(driver.refused(operation, other.clone()).await.code, "ExecutionDoesNotExist");
    }
}

#[tokio::test(start_paused = true)]
async fn executions_are_listed_newest_first_by_status_and_in_pages() {
    let driver = with_machine(json!({ "Type": "Wait", "SecondsPath": "$" })).await;
    for (name, seconds) in [("a", "1"), ("b", "100"), ("c", "1")] {
        driver.ok("StartExecution", start(name, seconds)).await;
        sleep(Duration::from_secs(2)).await;
    }
    let names = |page: &Value| {
        let executions = page["executions"].as_array().unwrap();
        executions.iter().map(|execution| execution["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = driver.ok("ListExecutions", json!({ "stateMachineArn": MACHINE })).await;
    assert_eq!(names(&all), ["c", "b", "a"]);
    let running = json!({ "stateMachineArn": MACHINE, "statusFilter": "RUNNING" });
    assert_eq!(names(&driver.ok("ListExecutions", running).await), ["b"]);
    let page = |token: Value| json!({ "stateMachineArn": MACHINE, "maxResults": 2, "nextToken": token });
    let first = driver.ok("ListExecutions", page(Value::Null)).await;
    let second = driver.ok("ListExecutions", page(first["nextToken"].clone())).await;
    assert_eq!((names(&first), names(&second)), (vec!["c".to_owned(), "b".to_owned()], vec!["a".to_owned()]));
    let odd = json!({ "stateMachineArn": MACHINE, "statusFilter": "ODD" });
    assert_eq!(driver.refused("ListExecutions", odd).await.code, "ValidationException");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_execution_is_aborted_and_its_task_is_over() {
    let driver = with_machine(task(json!({}))).await;
    let started = driver.ok("StartExecution", start("run", "{}")).await;
    let arn = started["executionArn"].as_str().unwrap();
    let (token, _) = driver.take().await;
    sleep(Duration::from_secs(1)).await;
    let stop = json!({ "executionArn": arn, "error": "Operator", "cause": "wrong host" });
    let stopped = driver.ok("StopExecution", stop.clone()).await;
    assert!(stopped["stopDate"].is_f64(), "{stopped}");
    let shown = driver.ok("DescribeExecution", json!({ "executionArn": arn })).await;
    assert_eq!(
        (&shown["status"], &shown["error"], &shown["cause"]),
        (&json!("ABORTED"), &json!("Operator"), &json!("wrong host"))
    );
    sleep(Duration::from_secs(1)).await;
    assert_eq!(driver.succeed(&token, json!(1)).await.unwrap_err().code, "TaskTimedOut");
    assert_eq!(driver.ok("StopExecution", stop).await, stopped);
    let last = driver.history(arn).await.pop().unwrap();
    assert_eq!(last["type"], "ExecutionAborted");
    assert_eq!(last["executionAbortedEventDetails"], json!({ "error": "Operator", "cause": "wrong host" }));
}

#[tokio::test(start_paused = true)]
async fn a_task_of_a_stopped_execution_is_not_handed_out() {
    let driver = with_machine(task(json!({}))).await;
    let started = driver.ok("StartExecution", start("run", "{}")).await;
    sleep(Duration::from_secs(1)).await;
    driver.ok("StopExecution", json!({ "executionArn": started["executionArn"] })).await;
    sleep(Duration::from_secs(1)).await;
    let poll = json!({ "activityArn": super::driver::ACTIVITY });
    assert_eq!(driver.ok("GetActivityTask", poll).await["taskToken"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn every_change_of_status_is_announced_as_event_bridge_shows_it() {
    let mut driver = with_machine(json!({ "Type": "Fail", "Error": "E", "Cause": "C" })).await;
    let arn = driver.ok("StartExecution", start("run", "[1]")).await["executionArn"].clone();
    driver.end_of(arn.as_str().unwrap()).await;
    let (running, failed) = (driver.changes.recv().await.unwrap(), driver.changes.recv().await.unwrap());
    assert_eq!((running.account.as_str(), running.region.as_str()), ("111122223333", "us-east-1"));
    assert_eq!(json!(running.execution_arn), arn);
    let start = 1_767_225_600_000_i64;
    let mut detail = json!({
        "executionArn": arn, "stateMachineArn": MACHINE, "name": "run", "status": "RUNNING", "startDate": start,
        "stopDate": null, "input": "[1]", "inputDetails": { "included": true }, "output": null, "outputDetails": null,
        "error": null, "cause": null, "redriveCount": 0,
    });
    assert_eq!(running.detail, detail);
    detail["status"] = json!("FAILED");
    detail["stopDate"] = json!(start);
    (detail["error"], detail["cause"]) = (json!("E"), json!("C"));
    assert_eq!(failed.detail, detail);
}
