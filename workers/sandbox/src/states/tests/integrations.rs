use std::time::Duration;

use serde_json::{Value, json};

use super::driver::{Driver, only};
use crate::service::Service;
use crate::states::Asked;
use crate::wire::{Answer, ServiceError};

fn publish(fields: Value) -> Value {
    let mut state = json!({
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Parameters": { "TopicArn": "arn:aws:sns:us-east-1:111122223333:news", "Message.$": "$.text" },
    });
    state.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    only(state)
}

/// Runs a definition, and answers its calls of other services as `answer` says.
async fn run(definition: Value, answer: impl Fn(&Asked) -> Option<Answer> + Send + 'static) -> (Value, Vec<Value>) {
    let mut driver = Driver::new().await;
    let execution = driver.start(definition, json!({ "text": "something waits" })).await;
    let mut calls = std::mem::replace(&mut driver.asked, tokio::sync::mpsc::unbounded_channel().1);
    tokio::spawn(async move {
        let mut unanswered = Vec::new();
        while let Some(asked) = calls.recv().await {
            match answer(&asked) {
                Some(answer) => asked.answer.send(answer).unwrap(),
                None => unanswered.push(asked),
            }
        }
    });
    let ended = driver.end_of(&execution).await;
    let history = driver.ok("GetExecutionHistory", json!({ "executionArn": execution })).await;
    (ended, history["events"].as_array().unwrap().clone())
}

fn types(history: &[Value]) -> Vec<&str> {
    history.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_task_calls_the_service_with_its_parameters_and_the_machines_role() {
    let (ended, history) = run(publish(json!({})), |asked| {
        let Asked { service, call, .. } = asked;
        assert_eq!((*service, call.operation.as_str()), (Service::Sns, "Publish"));
        let expected = json!({ "TopicArn": "arn:aws:sns:us-east-1:111122223333:news", "Message": "something waits" });
        assert_eq!(call.input, expected);
        assert_eq!((call.caller.account.as_str(), call.caller.region.as_str()), ("111122223333", "us-east-1"));
        assert!(call.caller.arn.starts_with("arn:aws:sts::111122223333:assumed-role/flow/"), "{}", call.caller.arn);
        Some(Ok(json!({ "MessageId": "m-1" })))
    })
    .await;
    let output: Value = serde_json::from_str(ended["output"].as_str().unwrap()).unwrap();
    assert_eq!((&ended["status"], &output["MessageId"]), (&json!("SUCCEEDED"), &json!("m-1")));
    let middle = ["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"];
    assert_eq!(types(&history)[1..6], middle);
    let scheduled = &history[2]["taskScheduledEventDetails"];
    assert_eq!((&scheduled["resourceType"], &scheduled["resource"]), (&json!("sns"), &json!("publish")));
    assert_eq!(scheduled["region"], "us-east-1");
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_service_is_named_after_it_and_can_be_retried() {
    let retry = json!({ "Retry": [{ "ErrorEquals": ["SNS.NotFoundException"], "MaxAttempts": 2 }] });
    let (ended, history) =
        run(publish(retry), |_| Some(Err(ServiceError::new("NotFound", "Topic does not exist")))).await;
    assert_eq!((&ended["error"], &ended["cause"]), (&json!("SNS.NotFoundException"), &json!("Topic does not exist")));
    assert_eq!(types(&history).iter().filter(|kind| **kind == "TaskFailed").count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_with_the_states_time() {
    let (ended, history) = run(publish(json!({ "TimeoutSeconds": 30 })), |_| None).await;
    assert_eq!(ended["error"], "States.Timeout");
    assert!(types(&history).contains(&"TaskTimedOut"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_is_an_error_of_the_sdk() {
    let mut driver = Driver::new().await;
    let execution = driver.start(publish(json!({})), json!({ "text": "x" })).await;
    drop(tokio::time::timeout(Duration::from_secs(1), driver.asked.recv()).await.unwrap());
    assert_eq!(driver.end_of(&execution).await["error"], "SNS.SdkClientException");
}

#[tokio::test(start_paused = true)]
async fn an_integration_that_the_sandbox_does_not_have_is_refused_with_the_definition() {
    let driver = Driver::new().await;
    let mut definition = publish(json!({}));
    definition["States"]["Only"]["Resource"] = json!("arn:aws:states:::sqs:sendMessage");
    let create = json!({
        "name": "other", "definition": definition.to_string(), "roleArn": "arn:aws:iam::111122223333:role/flow"
    });
    let refused = driver.refused("CreateStateMachine", create).await;
    assert!(refused.code == "InvalidDefinition" && refused.message.contains("service integration"), "{refused:?}");
}
