//! One execution: what it was started with, how far it is, and the one way in which it ends.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::arn::Arn;
use super::data::context::ExecutionFacts;
use super::failure::Failure;
use super::history::{Happening, History, MAX_EVENTS};
use super::lock;
use super::machine::Revision;
use crate::clock::Clock;

/// The most bytes of input and output together that an event to EventBridge carries; over it both are left out.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html>.
const MAX_EVENT_DATA: usize = 248 * 1024;

/// An execution changed its status: what the event 'Step Functions Execution Status Change' says.
#[derive(Clone, Debug)]
pub(crate) struct ExecutionChange {
    /// Where the execution is: twelve digits.
    pub(crate) account: String,
    /// `us-east-1`
    pub(crate) region: String,
    /// When it changed.
    pub(crate) time: Timestamp,
    /// The execution's ARN, the event's only resource.
    pub(crate) execution_arn: String,
    /// The event's `detail`.
    pub(crate) detail: Value,
}

/// Where an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl Status {
    /// As the API writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }
}

/// How an execution ends.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    /// With this output, as JSON text.
    Succeeded(String),
    Failed(Failure),
    TimedOut(Failure),
    Aborted(Failure),
}

/// The part of an execution that changes while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// Where it stands.
    pub(crate) status: Status,
    /// When it ended.
    pub(crate) stopped: Option<Timestamp>,
    /// JSON text, if it succeeded.
    pub(crate) output: Option<String>,
    /// Why it did not.
    pub(crate) failure: Failure,
    /// What happened.
    pub(crate) history: History,
}

/// What an execution is started with.
#[derive(Debug)]
pub(crate) struct Start {
    /// The execution's ARN.
    pub(crate) arn: Arn,
    /// What the context object says of it.
    pub(crate) facts: ExecutionFacts,
    /// Its input as it was sent.
    pub(crate) input: String,
    /// The X-Ray header that came with it.
    pub(crate) trace_header: Option<String>,
    /// The state machine as it is now.
    pub(crate) revision: Arc<Revision>,
    /// Cancelled when the state machine is deleted.
    pub(crate) machine_deleted: CancellationToken,
}

/// An execution.
#[derive(Debug)]
pub(crate) struct Execution {
    /// What it was started with.
    pub(crate) start: Start,
    progress: Mutex<Progress>,
    ended: CancellationToken,
    clock: Clock,
    changes: UnboundedSender<ExecutionChange>,
}

impl Execution {
    /// An execution that begins now.
    pub(crate) fn begin(start: Start, clock: Clock, changes: UnboundedSender<ExecutionChange>) -> Self {
        let mut history = History::default();
        let (input, role_arn) = (start.input.clone(), start.facts.role_arn.clone());
        history.add(start.facts.started, 0, Happening::ExecutionStarted { input, role_arn });
        let progress =
            Progress { status: Status::Running, stopped: None, output: None, failure: Failure::default(), history };
        let (progress, ended) = (Mutex::new(progress), CancellationToken::new());
        let execution = Self { start, progress, ended, clock, changes };
        execution.announce();
        execution
    }

    /// Looks at how far it is.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&Progress) -> T) -> T {
        at(&lock(&self.progress))
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Writes an event into the history, after the one numbered `previous`.
    ///
    /// # Errors
    /// `States.Runtime` if the history is full, or the execution has ended, so that nothing can happen in it.
    pub(crate) fn record(&self, previous: u64, happening: Happening) -> Result<u64, Failure> {
        let mut progress = lock(&self.progress);
        if progress.status != Status::Running {
            return Err(Failure::runtime("The execution has ended."));
        }
        if progress.history.is_full() {
            let cause = format!("The execution reached the maximum number of history events ({MAX_EVENTS}).");
            return Err(Failure::runtime(cause));
        }
        Ok(progress.history.add(self.clock.now(), previous, happening))
    }

    /// Ends the execution, if it still runs; the first ending counts.
    pub(crate) fn end(&self, previous: u64, ending: Ending) {
        {
            let mut progress = lock(&self.progress);
            if progress.status != Status::Running {
                return;
            }
            let now = self.clock.now();
            let (status, happening) = match ending {
                Ending::Succeeded(output) => {
                    progress.output = Some(output.clone());
                    (Status::Succeeded, Happening::ExecutionSucceeded { output })
                }
                Ending::Failed(failure) => (Status::Failed, Happening::ExecutionFailed(failure)),
                Ending::TimedOut(failure) => (Status::TimedOut, Happening::ExecutionTimedOut(failure)),
                Ending::Aborted(failure) => (Status::Aborted, Happening::ExecutionAborted(failure)),
            };
            if let Happening::ExecutionFailed(failure)
            | Happening::ExecutionTimedOut(failure)
            | Happening::ExecutionAborted(failure) = &happening
            {
                progress.failure = failure.clone();
            }
            progress.status = status;
            progress.stopped = Some(now);
            progress.history.add(now, previous, happening);
        }
        self.ended.cancel();
        self.announce();
    }

    /// Tells EventBridge. Nobody listening is no reason to fail.
    fn announce(&self) {
        let Start { arn, facts, input, .. } = &self.start;
        let detail = self.look(|progress| {
            let size = input.len() + progress.output.as_ref().map_or(0, String::len);
            let included = size <= MAX_EVENT_DATA;
            let output = progress.output.as_ref();
            json!({
                "executionArn": arn.to_string(),
                "stateMachineArn": facts.machine_arn,
                "name": facts.name,
                "status": progress.status.name(),
                "startDate": facts.started.as_millisecond(),
                "stopDate": progress.stopped.map(Timestamp::as_millisecond),
                "input": included.then_some(input),
                "inputDetails": { "included": included },
                "output": output.filter(|_| included),
                "outputDetails": output.map(|_| json!({ "included": included })),
                "error": progress.failure.error,
                "cause": progress.failure.cause,
                "redriveCount": 0,
            })
        });
        let _ = self.changes.send(ExecutionChange {
            account: arn.account.clone(),
            region: arn.region.clone(),
            time: self.clock.now(),
            execution_arn: arn.to_string(),
            detail,
        });
    }
}
