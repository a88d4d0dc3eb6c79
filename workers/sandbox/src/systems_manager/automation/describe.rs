//! How an execution looks on the wire: what its steps put out, tokens included, and no instance by itself. What became of
//! each instance stands in the command whose id the third step puts out.

use serde_json::{Value, json};

use super::{Execution, Status, Step, document};
use crate::wire::seconds;

/// Characters of an output, <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StepExecution.html>.
const MAX_OUTPUT: usize = 512;

impl Execution {
    /// The `AutomationExecution` of the model.
    pub(super) fn describe(&self, id: &str) -> Value {
        let [prerequisites, ..] = &self.steps;
        let outputs = ["message", "errorMessage"].into_iter().filter_map(|name| {
            let output = prerequisites.outputs.get(name)?;
            Some((format!("{}.{name}", prerequisites.name), json!(output)))
        });
        let mut described = json!({
            "AutomationExecutionId": id,
            "DocumentName": document::NAME,
            "DocumentVersion": "4",
            "ExecutionStartTime": seconds(self.started),
            "AutomationExecutionStatus": self.status.name(),
            "StepExecutions": self.steps.iter().map(Step::describe).collect::<Vec<_>>(),
            "StepExecutionsTruncated": false,
            "Parameters": self.parameters,
            "Mode": "Auto",
            "ExecutedBy": self.executed_by,
            "Targets": [],
            "ResolvedTargets": { "ParameterValues": [], "Truncated": false },
        });
        let outputs: serde_json::Map<String, Value> = outputs.collect();
        if !outputs.is_empty() {
            described["Outputs"] = outputs.into();
        }
        if let Some(ended) = self.ended {
            described["ExecutionEndTime"] = seconds(ended);
        }
        if let Some(failure) = &self.failure {
            described["FailureMessage"] = failure.as_str().into();
        }
        if let Some(current) = self.steps.iter().find(|step| step.status == Status::InProgress) {
            described["CurrentStepName"] = current.name.into();
            described["CurrentAction"] = current.action.into();
        }
        described
    }
}

impl Step {
    fn describe(&self) -> Value {
        let mut described = json!({
            "StepName": self.name,
            "Action": self.action,
            "StepStatus": self.status.name(),
            "StepExecutionId": self.id,
        });
        for (name, time) in [("ExecutionStartTime", self.started), ("ExecutionEndTime", self.ended)] {
            if let Some(time) = time {
                described[name] = seconds(time);
            }
        }
        if !self.outputs.is_empty() {
            described["Outputs"] = json!(self.outputs);
        }
        if let Some(failure) = &self.failure {
            described["FailureMessage"] = failure.as_str().into();
        }
        described
    }

    /// Puts an output out, as much of it as there is room for.
    pub(super) fn put_out(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let cut = |value: String| value.chars().take(MAX_OUTPUT).collect();
        self.outputs.insert(name.to_owned(), values.into_iter().map(cut).collect());
    }
}

impl Status {
    fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::InProgress => "InProgress",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::TimedOut => "TimedOut",
        }
    }
}
