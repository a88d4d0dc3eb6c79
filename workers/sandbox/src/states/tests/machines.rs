use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::driver::{Driver, only};

const MACHINE: &str = "arn:aws:states:us-east-1:111122223333:stateMachine:flow";

fn create(definition: &Value) -> Value {
    json!({ "name": "flow", "definition": definition.to_string(), "roleArn": "arn:aws:iam::111122223333:role/flow" })
}

#[tokio::test(start_paused = true)]
async fn creating_is_idempotent_unless_the_definition_differs() {
    let driver = Driver::new().await;
    let succeed = only(json!({ "Type": "Succeed" }));
    let first = driver.ok("CreateStateMachine", create(&succeed)).await;
    assert_eq!(first["stateMachineArn"], MACHINE);
    sleep(Duration::from_secs(1)).await;
    let mut again = create(&succeed);
    again["roleArn"] = json!("arn:aws:iam::111122223333:role/other");
    assert_eq!(driver.ok("CreateStateMachine", again).await, first);
    let other = create(&only(json!({ "Type": "Fail" })));
    assert_eq!(driver.refused("CreateStateMachine", other).await.code, "StateMachineAlreadyExists");
    let described = driver.ok("DescribeStateMachine", json!({ "stateMachineArn": MACHINE })).await;
    assert_eq!(described["roleArn"], "arn:aws:iam::111122223333:role/flow");
    assert_eq!(described["definition"], succeed.to_string());
    assert_eq!((&described["type"], &described["status"]), (&json!("STANDARD"), &json!("ACTIVE")));
    let listed = driver.ok("ListStateMachines", json!({})).await;
    assert_eq!(listed["stateMachines"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_sandbox_does_not_do_is_refused_and_not_ignored() {
    let driver = Driver::new().await;
    for (member, value, code) in [
        ("type", json!("EXPRESS"), "StateMachineTypeNotSupported"),
        ("type", json!("ODD"), "ValidationException"),
        ("publish", json!(true), "ValidationException"),
        ("name", json!("a b"), "InvalidName"),
        ("roleArn", json!("flow"), "InvalidArn"),
        ("definition", json!("{"), "InvalidDefinition"),
    ] {
        let mut input = create(&only(json!({ "Type": "Succeed" })));
        input[member] = value;
        assert_eq!(driver.refused("CreateStateMachine", input).await.code, code, "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_counts_for_executions_that_start_after_it() {
    let driver = Driver::new().await;
    let wait = |result: &str| {
        json!({ "StartAt": "Hold", "States": {
            "Hold": { "Type": "Wait", "Seconds": 5, "Next": "Say" },
            "Say": { "Type": "Pass", "Result": result, "End": true },
        } })
    };
    driver.ok("CreateStateMachine", create(&wait("old"))).await;
    let old = driver.ok("StartExecution", json!({ "stateMachineArn": MACHINE })).await["executionArn"].clone();
    let update = json!({ "stateMachineArn": MACHINE, "definition": wait("new").to_string() });
    let updated = driver.ok("UpdateStateMachine", update).await;
    let new = driver.ok("StartExecution", json!({ "stateMachineArn": MACHINE })).await["executionArn"].clone();
    for (execution, output) in [(&old, "\"old\""), (&new, "\"new\"")] {
        assert_eq!(driver.end_of(execution.as_str().unwrap()).await["output"], output);
    }
    let of_old = driver.ok("DescribeStateMachineForExecution", json!({ "executionArn": old })).await;
    assert_eq!(of_old["definition"], wait("old").to_string());
    let now = driver.ok("DescribeStateMachine", json!({ "stateMachineArn": MACHINE })).await;
    assert_eq!((&now["definition"], &now["revisionId"]), (&json!(wait("new").to_string()), &updated["revisionId"]));
    let nothing = json!({ "stateMachineArn": MACHINE });
    assert_eq!(driver.refused("UpdateStateMachine", nothing).await.code, "MissingRequiredParameter");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_machine_ends_its_executions_at_their_next_transition_and_is_gone_with_the_last() {
    let driver = Driver::new().await;
    let flow = json!({ "StartAt": "Hold", "States": {
        "Hold": { "Type": "Wait", "Seconds": 5, "Next": "Never" }, "Never": { "Type": "Succeed" },
    } });
    let execution = driver.start(flow.clone(), json!({})).await;
    driver.ok("DeleteStateMachine", json!({ "stateMachineArn": MACHINE })).await;
    let described = driver.ok("DescribeStateMachine", json!({ "stateMachineArn": MACHINE })).await;
    assert_eq!(described["status"], "DELETING");
    let start = json!({ "stateMachineArn": MACHINE });
    assert_eq!(driver.refused("StartExecution", start.clone()).await.code, "StateMachineDeleting");
    assert_eq!(driver.refused("CreateStateMachine", create(&flow)).await.code, "StateMachineDeleting");
    assert_eq!(driver.end_of(&execution).await["status"], "ABORTED");
    assert_eq!(driver.refused("DescribeStateMachine", start).await.code, "StateMachineDoesNotExist");
    driver.ok("DeleteStateMachine", json!({ "stateMachineArn": MACHINE })).await;
    driver.ok("CreateStateMachine", create(&flow)).await;
}

#[tokio::test(start_paused = true)]
async fn a_definition_can_be_validated_without_being_kept() {
    let driver = Driver::new().await;
    let good = json!({ "definition": only(json!({ "Type": "Succeed" })).to_string() });
    let answer = driver.ok("ValidateStateMachineDefinition", good).await;
    assert_eq!(answer, json!({ "result": "OK", "diagnostics": [], "truncated": false }));
    let bad = json!({ "definition": only(json!({ "Type": "Pass", "Odd": 1, "Next": "Nowhere" })).to_string(), "maxResults": 1 });
    let answer = driver.ok("ValidateStateMachineDefinition", bad).await;
    assert_eq!((&answer["result"], &answer["truncated"]), (&json!("FAIL"), &json!(true)));
    let first = json!({
        "severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "location": "/States/Only",
        "message": "Either Next or \"End\": true must be there, and not both",
    });
    assert_eq!(answer["diagnostics"], json!([first]));
    assert_eq!(driver.ok("ListStateMachines", json!({})).await["stateMachines"], json!([]));
}
