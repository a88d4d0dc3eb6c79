//! What a running task knows of itself.

use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

/// A task as its activity sees it. The task token is not part of it: only the runtime reports.
#[derive(Clone, Debug)]
pub struct TaskContext {
    cancellation: CancellationToken,
    execution: Option<String>,
    hash: String,
}

impl TaskContext {
    pub(crate) fn new(cancellation: CancellationToken, execution: Option<String>, hash: String) -> Self {
        Self { cancellation, execution, hash }
    }

    /// A context that belongs to no task and is never cancelled, to call an activity from elsewhere: a test, or a
    /// program that does one step by hand.
    pub fn detached() -> Self {
        Self::new(CancellationToken::new(), None, "detached".to_owned())
    }

    /// Resolves when the work should stop: its task was lost, or the worker is past its grace time. Nobody waits for
    /// the result any more; leave things in order and return.
    pub fn cancelled(&self) -> WaitForCancellationFuture<'_> {
        self.cancellation.cancelled()
    }

    /// Whether [`cancelled`](Self::cancelled) has resolved.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// The token behind [`cancelled`](Self::cancelled), for work that spawns more.
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// The ARN of the execution, if the state put `$$.Execution.Id` into the input's member `execution`.
    pub fn execution(&self) -> Option<&str> {
        self.execution.as_deref()
    }

    /// A hash of the task token, the same in every log line of the task: 16 hexadecimal digits.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}
