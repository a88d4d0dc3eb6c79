//! The context object: what `$$` sees.
//!
//! Source: <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>. `Task.Token` is not
//! in it, because a task on an activity gets its token only when a worker takes it.

use jiff::Timestamp;
use serde_json::{Value, json};

/// The part that stays the same for a whole execution.
#[derive(Clone, Debug)]
pub(crate) struct ExecutionFacts {
    /// The execution's ARN.
    pub(crate) arn: String,
    /// The execution's name.
    pub(crate) name: String,
    /// The execution's input.
    pub(crate) input: Value,
    /// The state machine's role.
    pub(crate) role_arn: String,
    /// When the execution started.
    pub(crate) started: Timestamp,
    /// The state machine's ARN.
    pub(crate) machine_arn: String,
    /// The state machine's name.
    pub(crate) machine_name: String,
}

/// The item that an iteration of a Map state works on.
#[derive(Clone, Debug)]
pub(crate) struct MapItem {
    /// Its place in the array, from 0.
    pub(crate) index: usize,
    /// The item as it stood in the array.
    pub(crate) value: Value,
}

/// What `$$` sees in one attempt of one state.
#[derive(Clone, Debug)]
pub(crate) struct Context<'a> {
    /// Which execution this is.
    pub(crate) execution: &'a ExecutionFacts,
    /// The state's name.
    pub(crate) state: &'a str,
    /// When the state was entered.
    pub(crate) entered: Timestamp,
    /// How often the state has been retried.
    pub(crate) retries: u64,
    /// The item of the innermost Map state around.
    pub(crate) item: Option<&'a MapItem>,
}

impl Context<'_> {
    /// The context object as JSON.
    pub(crate) fn to_value(&self) -> Value {
        let execution = self.execution;
        let mut value = json!({
            "Execution": {
                "Id": execution.arn,
                "Input": execution.input,
                "Name": execution.name,
                "RoleArn": execution.role_arn,
                "StartTime": iso(execution.started),
                "RedriveCount": 0,
            },
            "State": { "EnteredTime": iso(self.entered), "Name": self.state, "RetryCount": self.retries },
            "StateMachine": { "Id": execution.machine_arn, "Name": execution.machine_name },
        });
        if let Some(item) = self.item {
            value["Map"] = json!({ "Item": { "Index": item.index, "Value": item.value } });
        }
        value
    }
}

fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
