//! A caller of the service: short names for the calls that tests make.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::clock::Clock;
use crate::organization::Organization;
use crate::states::{Asked, ExecutionChange, StepFunctions};
use crate::wire::{Answer, Call, Caller, ServiceError};

pub(super) const ACTIVITY: &str = "arn:aws:states:us-east-1:111122223333:activity:BlockIndicators";

/// A service with one activity, and somebody who calls it.
pub(super) struct Driver {
    pub(super) states: StepFunctions,
    pub(super) changes: UnboundedReceiver<ExecutionChange>,
    /// The calls that executions make of other services.
    pub(super) asked: UnboundedReceiver<Asked>,
}

impl Driver {
    pub(super) async fn new() -> Self {
        let (sender, changes) = unbounded_channel();
        let (asked, calls) = unbounded_channel();
        let clock = Clock::starting_at("2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
        let [partition, region, hub] = ["aws", "us-east-1", "111122223333"].map(str::to_owned);
        let organization = Organization::new(partition, region, hub, Vec::new());
        let states = StepFunctions::new(clock, Arc::new(organization), 7, sender, asked);
        let driver = Self { states, changes, asked: calls };
        driver.ok("CreateActivity", json!({ "name": "BlockIndicators" })).await;
        driver
    }

    pub(super) async fn call(&self, operation: &str, input: Value) -> Answer {
        self.states.call(call(operation, input)).await
    }

    #[track_caller]
    pub(super) fn ok(&self, operation: &str, input: Value) -> impl Future<Output = Value> {
        let place = std::panic::Location::caller();
        let answer = self.states.clone();
        let call = call(operation, input);
        async move { answer.call(call).await.unwrap_or_else(|error| panic!("{place}: {error:?}")) }
    }

    pub(super) async fn refused(&self, operation: &str, input: Value) -> ServiceError {
        self.call(operation, input).await.expect_err(operation)
    }

    /// Creates (or replaces) the state machine `flow` and starts it; gives the execution's ARN.
    pub(super) async fn start(&self, definition: Value, input: Value) -> String {
        let definition = definition.to_string();
        let arn = "arn:aws:states:us-east-1:111122223333:stateMachine:flow";
        let role = "arn:aws:iam::111122223333:role/flow";
        let create = json!({ "name": "flow", "definition": definition, "roleArn": role });
        if self.call("CreateStateMachine", create).await.is_err() {
            let update = json!({ "stateMachineArn": arn, "definition": definition });
            let updated = self.call("UpdateStateMachine", update).await;
            updated.unwrap_or_else(|error| panic!("{}", error.message));
        }
        let started = self.ok("StartExecution", json!({ "stateMachineArn": arn, "input": input.to_string() })).await;
        started["executionArn"].as_str().unwrap().to_owned()
    }

    /// Lets an execution come to its end; gives DescribeExecution's answer.
    pub(super) async fn end_of(&self, execution: &str) -> Value {
        for _ in 0..10_000 {
            let shown = self.ok("DescribeExecution", json!({ "executionArn": execution })).await;
            if shown["status"] != "RUNNING" {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{execution} does not end");
    }

    /// Runs a definition that needs no worker; gives its output.
    pub(super) async fn output(&self, definition: Value, input: Value) -> Value {
        let shown = self.run(definition, input).await;
        assert_eq!(shown["status"], "SUCCEEDED", "{shown}");
        serde_json::from_str(shown["output"].as_str().unwrap()).unwrap()
    }

    /// Runs a definition that needs no worker; gives DescribeExecution's answer.
    pub(super) async fn run(&self, definition: Value, input: Value) -> Value {
        let execution = self.start(definition, input).await;
        self.end_of(&execution).await
    }

    /// Takes the next task of the activity: its token and its input.
    pub(super) async fn take(&self) -> (String, Value) {
        let task = self.ok("GetActivityTask", json!({ "activityArn": ACTIVITY, "workerName": "worker-1" })).await;
        let token = task["taskToken"].as_str().expect("a task").to_owned();
        (token, serde_json::from_str(task["input"].as_str().unwrap()).unwrap())
    }

    pub(super) async fn succeed(&self, token: &str, output: Value) -> Answer {
        self.call("SendTaskSuccess", json!({ "taskToken": token, "output": output.to_string() })).await
    }

    pub(super) async fn fail(&self, token: &str, error: &str) -> Answer {
        self.call("SendTaskFailure", json!({ "taskToken": token, "error": error, "cause": "why" })).await
    }

    pub(super) async fn history(&self, execution: &str) -> Vec<Value> {
        let page = json!({ "executionArn": execution, "maxResults": 1000 });
        self.ok("GetExecutionHistory", page).await["events"].as_array().unwrap().clone()
    }

    /// The types of all events, oldest first.
    pub(super) async fn event_types(&self, execution: &str) -> Vec<String> {
        let events = self.history(execution).await;
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// A call of an operation by somebody in the activity's account and region.
pub(super) fn call(operation: &str, input: Value) -> Call {
    let caller = Caller {
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        arn: "arn:aws:iam::111122223333:user/tester".to_owned(),
    };
    Call { caller, operation: operation.to_owned(), input }
}

/// A definition of one state.
pub(super) fn only(state: Value) -> Value {
    let mut state = state;
    if !["Succeed", "Fail", "Choice"].contains(&state["Type"].as_str().unwrap()) {
        state["End"] = json!(true);
    }
    json!({ "StartAt": "Only", "States": { "Only": state } })
}

/// A Task state on the activity, with further fields.
pub(super) fn task(fields: Value) -> Value {
    let mut state = json!({ "Type": "Task", "Resource": ACTIVITY });
    state.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    state
}
