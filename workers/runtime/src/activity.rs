//! What an activity declares about itself.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Actions, ActivityError, TaskContext};

/// One kind of work: a Step Functions activity as a Rust type.
///
/// The value is shared by all tasks that run at the same time, so it holds clients and configuration, not the state of
/// one task. A task may be run again after it was done (its worker died before the report arrived), so `run` has to be
/// idempotent.
///
/// # Panics and blocking
///
/// A panic in `run` is caught and reported as `Worker.Panicked`; that needs the unwinding panic strategy, which is
/// Rust's default. Work that blocks its thread cannot be cancelled, and holds up heartbeats, its own among them: hand
/// such work to `tokio::task::spawn_blocking`.
pub trait Activity: Send + Sync + 'static {
    /// The activity's name, in PascalCase: it names the contract, the metrics' dimension and the log member.
    const NAME: &'static str;

    /// The `HeartbeatSeconds` that every state using this activity must have: whole seconds, at least one.
    ///
    /// The runtime beats three times in that time. Step Functions starts counting when a worker receives the task
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html>).
    const HEARTBEAT: Duration;

    /// What the calls of `run` must be allowed.
    const ACTIONS: Actions;

    /// What the state passes in. Input that does not deserialize to it is answered with `Input.Invalid`.
    ///
    /// A top-level string member `execution`, into which the state's `Parameters` put `$$.Execution.Id`, is read by
    /// the runtime for its logs. A type that denies unknown fields has to declare that member.
    type Input: DeserializeOwned + JsonSchema + Send;

    /// What the state receives: at most 262,144 bytes as JSON, or the task fails with `Worker.OutputTooLarge`.
    type Output: Serialize + JsonSchema + Send;

    /// How the work can fail.
    type Error: ActivityError;

    /// Does the work of one task.
    ///
    /// The future is dropped when the task is lost, or the worker stops, and the work does not end by itself within
    /// [`WorkerConfig::cancel_window`](crate::WorkerConfig::cancel_window) after `task` was cancelled.
    ///
    /// # Errors
    ///
    /// Whatever the work declares in [`ActivityError::NAMES`]; the name decides whether the state machine retries.
    fn run(
        &self,
        task: TaskContext,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;
}
