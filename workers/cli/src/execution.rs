//! An execution, followed through its history to its end.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::{ExecutionStatus, HistoryEvent, HistoryEventType};
use serde_json::Value;

use crate::aws::AwsCallError;
use crate::exit::Exit;

/// History is read this often: a person sees no delay, and one follower stays far below AWS's 20 reads a second
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>).
const PACE: Duration = Duration::from_millis(500);

/// What happened, as far as a person wants to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A state began.
    Entered {
        /// The state.
        state: String,
    },
    /// An attempt of a task failed; the state may retry it.
    AttemptFailed {
        /// The state.
        state: String,
        /// The error's name.
        error: String,
        /// What a person reads.
        cause: String,
    },
    /// A state ended.
    Exited {
        /// The state.
        state: String,
        /// How long it took, retries included.
        took: Duration,
        /// What it handed on.
        output: Value,
    },
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`.
    pub status: ExecutionStatus,
    /// The output of a success.
    pub output: Value,
    /// The error's name.
    pub error: Option<String>,
    /// What a person reads.
    pub cause: Option<String>,
}

impl Ending {
    /// Whether it reached its goal.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status == ExecutionStatus::Succeeded
    }

    /// The exit code of a command that wanted it to succeed.
    #[must_use]
    pub fn exit(&self) -> Exit {
        if self.succeeded() { Exit::Done } else { Exit::Failed }
    }
}

/// Starts the state machine `slug`, or the one with that ARN, with `input` and answers the execution's ARN.
///
/// # Errors
/// No state machine of that name, or what the call met.
pub async fn start(client: &Client, slug: &str, input: &str) -> Result<String, AwsCallError> {
    let machine = find(client, slug).await?;
    let output = client.start_execution().state_machine_arn(machine).input(input).send().await;
    Ok(output.map_err(|error| AwsCallError::new("StartExecution", &error))?.execution_arn)
}

/// The ARN of the state machine `slug`, which an ARN is already.
///
/// # Errors
/// No state machine of that name, or what the call met.
pub(crate) async fn find(client: &Client, slug: &str) -> Result<String, AwsCallError> {
    if slug.starts_with("arn:") {
        return Ok(slug.to_owned());
    }
    let mut machines = client.list_state_machines().into_paginator().items().send();
    while let Some(machine) = machines.next().await {
        let machine = machine.map_err(|error| AwsCallError::new("ListStateMachines", &error))?;
        if machine.name() == slug {
            return Ok(machine.state_machine_arn);
        }
    }
    Err(AwsCallError::NoStateMachine { slug: slug.to_owned() })
}

/// Follows the execution, tells `watch` each step as it happens, and answers how it ended.
///
/// # Errors
/// What a call met, after the SDK's own retries.
pub async fn follow(client: &Client, arn: &str, mut watch: impl FnMut(&Step)) -> Result<Ending, AwsCallError> {
    let mut reader = HistoryReader::default();
    loop {
        // Asked before the history is read, so that the last steps are told too.
        let ending = ending(client, arn).await?;
        for step in reader.read_on(client, arn).await? {
            watch(&step);
        }
        match ending {
            Some(ending) => return Ok(ending),
            None => tokio::time::sleep(PACE).await,
        }
    }
}

/// How the execution ended; `None` while it runs.
///
/// # Errors
/// What the call met.
pub async fn ending(client: &Client, arn: &str) -> Result<Option<Ending>, AwsCallError> {
    let execution = client.describe_execution().execution_arn(arn).send().await;
    let execution = execution.map_err(|error| AwsCallError::new("DescribeExecution", &error))?;
    Ok((execution.status != ExecutionStatus::Running).then(|| Ending {
        status: execution.status,
        output: execution.output.as_deref().map(json).unwrap_or_default(),
        error: execution.error,
        cause: execution.cause,
    }))
}

/// Remembers how far the history has been told.
#[derive(Default)]
struct HistoryReader {
    last: i64,
    /// When each state began, and which one an event belongs to.
    entered: HashMap<String, f64>,
    current: String,
}

impl HistoryReader {
    /// What has been added since the last time: read from the end, so that a long history is not read over and over.
    async fn read_on(&mut self, client: &Client, arn: &str) -> Result<Vec<Step>, AwsCallError> {
        let mut added = Vec::new();
        let mut events =
            client.get_execution_history().execution_arn(arn).reverse_order(true).into_paginator().items().send();
        while let Some(event) = events.next().await {
            let event = event.map_err(|error| AwsCallError::new("GetExecutionHistory", &error))?;
            if event.id <= self.last {
                break;
            }
            added.push(event);
        }
        self.last = added.first().map_or(self.last, |newest| newest.id);
        Ok(added.iter().rev().filter_map(|event| self.step(event)).collect())
    }

    /// Decisions take no time and show in where the execution goes next, so they are not told.
    fn step(&mut self, event: &HistoryEvent) -> Option<Step> {
        if matches!(event.r#type, HistoryEventType::ChoiceStateEntered | HistoryEventType::ChoiceStateExited) {
            return None;
        }
        let time = event.timestamp.as_secs_f64();
        if let Some(entered) = event.state_entered_event_details() {
            self.current = entered.name().to_owned();
            self.entered.insert(self.current.clone(), time);
            return Some(Step::Entered { state: self.current.clone() });
        }
        if let Some(exited) = event.state_exited_event_details() {
            let began = self.entered.remove(exited.name()).unwrap_or(time);
            return Some(Step::Exited {
                state: exited.name().to_owned(),
                took: Duration::try_from_secs_f64(time - began).unwrap_or_default(),
                output: exited.output().map(json).unwrap_or_default(),
            });
        }
        self.failed_attempt(event)
    }

    fn failed_attempt(&self, event: &HistoryEvent) -> Option<Step> {
        let (error, cause) = match event.r#type {
            HistoryEventType::ActivityFailed => {
                let details = event.activity_failed_event_details()?;
                (details.error(), details.cause())
            }
            HistoryEventType::ActivityTimedOut => {
                let details = event.activity_timed_out_event_details()?;
                (details.error(), details.cause())
            }
            HistoryEventType::TaskFailed => {
                let details = event.task_failed_event_details()?;
                (details.error(), details.cause())
            }
            _ => return None,
        };
        Some(Step::AttemptFailed {
            state: self.current.clone(),
            error: error.unwrap_or("States.TaskFailed").to_owned(),
            cause: cause.unwrap_or_default().to_owned(),
        })
    }
}

/// An output that is not JSON is shown as the text that it is.
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
