//! How long an execution's history is, and how large what its states hand on.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::HistoryEvent;

/// Events of one page, the most that there can be
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>).
const PAGE: i32 = 1_000;

/// What a history shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Its events.
    pub events: usize,
    /// Bytes of the largest input or output of the execution, of a state or of a task.
    pub largest_payload: usize,
}

impl History {
    pub(super) async fn of(states: &Client, execution: &str) -> Self {
        let mut history = Self::default();
        let events = states.get_execution_history().execution_arn(execution).max_results(PAGE);
        let mut events = events.into_paginator().items().send();
        while let Some(event) = events.next().await {
            history.events += 1;
            history.largest_payload = payload(&event.unwrap()).max(history.largest_payload);
        }
        history
    }
}

fn payload(event: &HistoryEvent) -> usize {
    let data = [
        event.execution_started_event_details().and_then(|details| details.input()),
        event.execution_succeeded_event_details().and_then(|details| details.output()),
        event.state_entered_event_details().and_then(|details| details.input()),
        event.state_exited_event_details().and_then(|details| details.output()),
        event.activity_scheduled_event_details().and_then(|details| details.input()),
        event.activity_succeeded_event_details().and_then(|details| details.output()),
        event.task_scheduled_event_details().map(|details| details.parameters()),
        event.task_succeeded_event_details().and_then(|details| details.output()),
    ];
    data.into_iter().flatten().map(str::len).max().unwrap_or_default()
}
