//! Follows a definition: one file for what each kind of state does, and here what is common to all of them.
//!
//! A line is a sequence of states: the machine itself, one branch of a Parallel state, one iteration of a Map state.
//! All lines of an execution are parts of one future, so that dropping it stops every one of them where it is.

mod abort;
mod amount;
mod attempt;
mod choice;
mod data_flow;
mod fail;
mod integration;
mod map;
mod parallel;
mod retry;
mod task;
mod wait;

use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::data::context::MapItem;
use super::definition::{Flow, State};
use super::execution::{Ending, Execution};
use super::failure::Failure;
use super::history::Happening;
use super::integrations::Integrations;
use super::tasks::Tasks;
use crate::clock::Clock;
use crate::random::Random;
use abort::AbortGuard;

/// What following an execution needs.
#[derive(Clone)]
pub(crate) struct Run {
    /// The execution.
    pub(crate) execution: Arc<Execution>,
    /// Where its tasks are queued.
    pub(crate) tasks: Tasks,
    /// Where its calls of other services go.
    pub(crate) integrations: Integrations,
    /// Tells when a state was entered.
    pub(crate) clock: Clock,
    /// For jitter and intrinsic functions.
    pub(crate) random: Random,
}

impl Run {
    /// Follows the execution to its end.
    pub(crate) async fn follow(self) {
        let Self { execution, .. } = &self;
        let machine = &execution.start.revision.definition;
        let mut work = pin!(async {
            let mut line = Line { run: &self, item: None, last: 1 };
            let result = line.follow(&machine.flow, execution.start.facts.input.clone()).await;
            (line.last, result)
        });
        let time_over = async {
            match machine.timeout {
                Some(limit) => tokio::time::sleep(limit).await,
                None => std::future::pending().await,
            }
        };
        let (last, ending) = tokio::select! {
            biased;
            () = execution.ended() => return,
            (last, result) = &mut work => match result {
                Ok(output) => (last, Ending::Succeeded(output.to_string())),
                Err(failure) => (last, Ending::Failed(failure)),
            },
            () = time_over => {
                (0, Ending::TimedOut(Failure { error: Some("States.Timeout".to_owned()), cause: None }))
            }
        };
        // The work is still there, so that what it is cut off from adds no event after the last.
        execution.end(last, ending);
    }
}

/// A sequence of states that is being followed.
struct Line<'a> {
    run: &'a Run,
    item: Option<&'a MapItem>,
    /// The number of the last event of this line.
    last: u64,
}

impl<'a> Line<'a> {
    /// Follows a flow from its first state to its end, and gives its output.
    ///
    /// Boxed, because a Parallel or Map state on the way follows flows of its own.
    fn follow<'b>(&'b mut self, flow: &'b Flow, input: Value) -> BoxFuture<'b, Result<Value, Failure>>
    where
        'a: 'b,
    {
        async move {
            let mut name = flow.start_at.as_str();
            let mut data = input;
            loop {
                // A loop of states that never wait must not keep the workers' calls from being answered.
                tokio::task::consume_budget().await;
                if self.run.execution.start.machine_deleted.is_cancelled() {
                    let failure = Failure::default();
                    self.run.execution.end(self.last, Ending::Aborted(failure.clone()));
                    return Err(failure);
                }
                let state = flow.states.get(name);
                let state = state.ok_or_else(|| Failure::runtime(format!("There is no state '{name}'.")))?;
                let (output, next) = self.visit(state, data).await?;
                let Some(next) = next else { return Ok(output) };
                name = next;
                data = output;
            }
        }
        .boxed()
    }

    /// Enters a state, tries it as often as its Retry allows, and leaves it: with its output and the name of the next
    /// state, or with the failure that nothing handled.
    async fn visit<'b>(&mut self, state: &'b State, input: Value) -> Result<(Value, Option<&'b str>), Failure> {
        let kind = state.work.kind();
        let name = state.name.clone();
        let entered = self.run.clock.now();
        self.record(Happening::StateEntered { kind, name, input: input.to_string() })?;
        let entry = self.last;
        let mut guard = AbortGuard::new(self.run, &state.work, entry);
        let mut retries = retry::Retries::of(&state.retriers);
        let left = loop {
            let failure = match self.attempt(state, &input, entered, retries.count()).await {
                Ok(left) => break Ok(left),
                Err(failure) => located(failure, &state.name, entry),
            };
            match retries.next(&failure, &self.run.random) {
                Some(delay) => tokio::time::sleep(delay).await,
                None => break data_flow::caught(state, &input, failure),
            }
        };
        guard.disarm();
        let (output, next) = left?;
        let text = super::data::payload(&output, &format!("The state '{}' returned a result that", state.name))?;
        self.record(Happening::StateExited { kind, name: state.name.clone(), output: text })?;
        Ok((output, next))
    }

    /// Writes the next event of this line into the history.
    fn record(&mut self, happening: Happening) -> Result<(), Failure> {
        self.last = self.run.execution.record(self.last, happening)?;
        Ok(())
    }
}

/// Says in a failure of the interpreter itself where it came from, as the service does.
fn located(mut failure: Failure, state: &str, entry: u64) -> Failure {
    const OPENING: &str = "An error occurred while executing the state";
    let own = ["States.Runtime", "States.IntrinsicFailure", "States.ResultPathMatchFailure", "States.NoChoiceMatched"];
    if let Failure { error: Some(error), cause: Some(cause) } = &mut failure
        && own.contains(&error.as_str())
        && !cause.starts_with(OPENING)
    {
        *cause = format!("{OPENING} '{state}' (entered at the event id #{entry}). {cause}");
    }
    failure
}
