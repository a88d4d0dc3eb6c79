//! Task: has another service do it, or gives a worker something to do, and waits for its answer, its silence, or its time to run out.
//!
//! Both clocks start when a worker gets the task
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html>): a task that nobody takes waits until the
//! execution's own time is over.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::Line;
use super::amount::amount;
use crate::states::data::{self, Scope};
use crate::states::definition::{Amount, MAX_SECONDS, Resource, Task};
use crate::states::failure::Failure;
use crate::states::history::Happening;
use crate::states::tasks::{Signal, Ticket};

impl Line<'_> {
    /// Has a task done; gives its output.
    pub(super) async fn task(&mut self, task: &Task, given: &Value, scope: Scope<'_>) -> Result<Value, Failure> {
        let seconds = |limit: &Option<Amount>| limit.as_ref().map(|limit| amount(limit, 1, scope)).transpose();
        let (timeout, heartbeat) = (seconds(&task.timeout)?, seconds(&task.heartbeat)?);
        let activity = match &task.resource {
            Resource::Activity(activity) => activity,
            Resource::Integration(integration) => return self.integrated(*integration, given, timeout).await,
        };
        let input = data::payload(given, "The input of the task")?;
        let resource = activity.clone();
        self.record(Happening::ActivityScheduled { resource, input: input.clone(), timeout, heartbeat })?;
        let Some(mut ticket) = self.run.tasks.schedule(activity, input) else {
            let cause = format!("The activity '{activity}' does not exist.");
            let failure = Failure::new("ActivityDoesNotExist", cause);
            self.record(Happening::ActivityScheduleFailed(failure.clone()))?;
            return Err(failure);
        };
        self.follow_task(&mut ticket, timeout, heartbeat).await
    }

    async fn follow_task(
        &mut self,
        ticket: &mut Ticket,
        timeout: Option<u64>,
        heartbeat: Option<u64>,
    ) -> Result<Value, Failure> {
        let timeout = Duration::from_secs(timeout.unwrap_or(MAX_SECONDS));
        let heartbeat = Duration::from_secs(heartbeat.unwrap_or(MAX_SECONDS));
        let mut limits: Option<Limits> = None;
        loop {
            let signal = tokio::select! {
                // An answer that the service has taken counts, even if the time ran out in the same moment.
                biased;
                signal = ticket.next() => signal,
                failure = Limits::run_out(limits) => {
                    self.record(Happening::ActivityTimedOut(failure.clone()))?;
                    return Err(failure);
                }
            };
            match signal {
                Some(Signal::Started { worker, at }) => {
                    self.record(Happening::ActivityStarted { worker })?;
                    limits = Some(Limits { silence: at + heartbeat, end: at + timeout });
                }
                Some(Signal::Heartbeat { at }) => {
                    limits = limits.map(|limits| Limits { silence: at + heartbeat, ..limits });
                }
                Some(Signal::Succeeded(output)) => {
                    self.record(Happening::ActivitySucceeded { output: output.clone() })?;
                    return serde_json::from_str(&output)
                        .map_err(|error| Failure::runtime(format!("The task's output is not JSON: {error}")));
                }
                Some(Signal::Failed(failure)) => {
                    self.record(Happening::ActivityFailed(failure.clone()))?;
                    return Err(failure);
                }
                None => return Err(Failure::runtime("The task was lost.")),
            }
        }
    }
}

/// The two moments at which a task that a worker has is given up.
#[derive(Clone, Copy)]
struct Limits {
    silence: Instant,
    end: Instant,
}

impl Limits {
    /// Waits for the first of the two; without a worker, for ever.
    async fn run_out(limits: Option<Self>) -> Failure {
        let Some(Self { silence, end }) = limits else {
            return std::future::pending().await;
        };
        sleep_until(silence.min(end)).await;
        let error = if silence < end { "States.HeartbeatTimeout" } else { "States.Timeout" };
        Failure { error: Some(error.to_owned()), cause: None }
    }
}
