//! Executions: start, look at, list, stop.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::machines::{does_not_exist, is_deleting};
use super::{check_name, check_size, paged, refuse};
use crate::constraints::{Constraints, required};
use crate::states::StepFunctions;
use crate::states::arn::Arn;
use crate::states::data::context::ExecutionFacts;
use crate::states::execution::{Ending, Execution, Progress, Start, Status};
use crate::states::failure::{Failure, MAX_CAUSE, MAX_ERROR};
use crate::states::interpret::Run;
use crate::wire::{Answer, Call, Caller, ServiceError, seconds};

/// How long the name of an execution that has ended is taken:
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
const NAME_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartInput {
    state_machine_arn: Option<String>,
    name: Option<String>,
    input: Option<String>,
    trace_header: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    state_machine_arn: Option<String>,
    status_filter: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
    map_run_arn: Option<String>,
    redrive_filter: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    execution_arn: Option<String>,
    included_data: Option<String>,
    error: Option<String>,
    cause: Option<String>,
}

impl StepFunctions {
    /// Idempotent by name and input while the execution runs.
    pub(in crate::states) fn start_execution(&self, call: &Call) -> Answer {
        let StartInput { state_machine_arn, name, input, trace_header } = call.input()?;
        let machine_arn = Arn::own(&required("stateMachineArn", state_machine_arn)?, "stateMachine", &call.caller)?;
        let name = name.unwrap_or_else(|| self.random.uuid());
        check_name(&name)?;
        let input = input.unwrap_or_else(|| "{}".to_owned());
        check_size("input", &input)?;
        let value = serde_json::from_str(&input).map_err(|error| {
            let message = format!("Invalid State Machine Execution Input: 'Invalid JSON: {error}'");
            ServiceError::new("InvalidExecutionInput", message)
        })?;
        let arn = machine_arn.sibling("execution", &format!("{}:{name}", machine_arn.name));
        let now = self.clock.now();
        let mut store = self.store();
        let machine = store.machine(&machine_arn.to_string()).cloned().ok_or_else(|| does_not_exist(&machine_arn))?;
        if machine.deleted.is_cancelled() {
            return Err(is_deleting(&machine_arn));
        }
        if let Some(earlier) = store.executions.get(&arn.to_string()) {
            let (status, stopped) = earlier.look(|progress| (progress.status, progress.stopped));
            if status == Status::Running && earlier.start.input == input {
                return Ok(started(earlier));
            }
            if stopped.is_none_or(|stopped| now.duration_since(stopped) < NAME_KEPT) {
                let message = format!("Execution Already Exists: '{arn}'");
                return Err(ServiceError::new("ExecutionAlreadyExists", message));
            }
        }
        let facts = ExecutionFacts {
            arn: arn.to_string(),
            name,
            input: value,
            role_arn: machine.revision.role_arn.clone(),
            started: now,
            machine_arn: machine_arn.to_string(),
            machine_name: machine_arn.name,
        };
        let start =
            Start { arn, facts, input, trace_header, revision: machine.revision, machine_deleted: machine.deleted };
        let execution = Execution::begin(start, self.clock, self.changes.clone());
        let execution = Arc::new(execution);
        store.executions.insert(execution.start.arn.to_string(), Arc::clone(&execution));
        drop(store);
        let answer = started(&execution);
        let (tasks, clock, random) = (self.tasks.clone(), self.clock, self.random.clone());
        let integrations = self.integrations.clone();
        tokio::spawn(Run { execution, tasks, integrations, clock, random }.follow());
        Ok(answer)
    }

    pub(in crate::states) fn describe_execution(&self, call: &Call) -> Answer {
        let included = call.input::<One>()?.included_data;
        Constraints::default().one_of("includedData", included.as_deref(), &["ALL_DATA", "METADATA_ONLY"]).finish()?;
        let with_data = included.as_deref() != Some("METADATA_ONLY");
        let execution = self.own_execution(call)?;
        Ok(execution.look(|progress| {
            let mut shown = summary(&execution, progress);
            let Progress { output, failure, .. } = progress;
            for (member, data) in [("input", Some(&execution.start.input)), ("output", output.as_ref())] {
                if let Some(data) = data.filter(|_| with_data) {
                    shown[member] = json!(data);
                    shown[format!("{member}Details")] = json!({ "included": true });
                }
            }
            let optional =
                [("error", &failure.error), ("cause", &failure.cause), ("traceHeader", &execution.start.trace_header)];
            for (member, value) in optional {
                if let Some(value) = value {
                    shown[member] = json!(value);
                }
            }
            // Nothing can be redriven here, so that is what is said of every execution.
            shown["redriveStatus"] = json!("NOT_REDRIVABLE");
            shown
        }))
    }

    /// The newest first.
    pub(in crate::states) fn list_executions(&self, call: &Call) -> Answer {
        let input: List = call.input()?;
        refuse("mapRunArn", input.map_run_arn.is_some())?;
        refuse("redriveFilter", input.redrive_filter.is_some())?;
        let statuses = [Status::Running, Status::Succeeded, Status::Failed, Status::TimedOut, Status::Aborted];
        let names = statuses.map(Status::name);
        Constraints::default().one_of("statusFilter", input.status_filter.as_deref(), &names).finish()?;
        let arn = Arn::own(&required("stateMachineArn", input.state_machine_arn)?, "stateMachine", &call.caller)?;
        let mut store = self.store();
        store.machine(&arn.to_string()).ok_or_else(|| does_not_exist(&arn))?;
        let machine = arn.to_string();
        let mut found: Vec<_> =
            store.executions.values().filter(|execution| execution.start.facts.machine_arn == machine).collect();
        found.sort_by_key(|execution| std::cmp::Reverse(execution.start.facts.started));
        let shown = found.into_iter().filter_map(|execution| {
            execution.look(|progress| {
                let wanted = input.status_filter.as_deref().is_none_or(|status| status == progress.status.name());
                wanted.then(|| summary(execution, progress))
            })
        });
        paged("executions", shown, input.max_results, input.next_token.as_deref())
    }

    /// Stopping an execution that has ended changes nothing.
    pub(in crate::states) fn stop_execution(&self, call: &Call) -> Answer {
        let One { error, cause, .. } = call.input()?;
        Constraints::default()
            .length("error", error.as_deref(), 0, MAX_ERROR)
            .length("cause", cause.as_deref(), 0, MAX_CAUSE)
            .finish()?;
        let execution = self.own_execution(call)?;
        execution.end(0, Ending::Aborted(Failure { error, cause }));
        Ok(json!({ "stopDate": execution.look(|progress| progress.stopped.map(seconds)) }))
    }

    /// The execution that the member `executionArn` names.
    ///
    /// # Errors
    /// `ExecutionDoesNotExist`, `InvalidArn`
    pub(super) fn own_execution(&self, call: &Call) -> Result<Arc<Execution>, ServiceError> {
        let text = required("executionArn", call.input::<One>()?.execution_arn)?;
        Arn::own(&text, "execution", &call.caller)?;
        self.store()
            .executions
            .get(&text)
            .cloned()
            .ok_or_else(|| ServiceError::new("ExecutionDoesNotExist", format!("Execution Does Not Exist: '{text}'")))
    }

    /// The ARN of one of the caller's resources.
    pub(super) fn arn(&self, caller: &Caller, kind: &str, name: &str) -> Arn {
        Arn {
            partition: self.organization.partition.clone(),
            region: caller.region.clone(),
            account: caller.account.clone(),
            kind: kind.to_owned(),
            name: name.to_owned(),
        }
    }
}

fn started(execution: &Execution) -> Value {
    json!({ "executionArn": execution.start.arn.to_string(), "startDate": seconds(execution.start.facts.started) })
}

fn summary(execution: &Execution, progress: &Progress) -> Value {
    let mut shown = json!({
        "executionArn": execution.start.arn.to_string(),
        "stateMachineArn": execution.start.facts.machine_arn,
        "name": execution.start.facts.name,
        "status": progress.status.name(),
        "startDate": seconds(execution.start.facts.started),
        "redriveCount": 0,
    });
    if let Some(stopped) = progress.stopped {
        shown["stopDate"] = seconds(stopped);
    }
    shown
}
