//! From input text to verdict: what is left of an activity when its types are gone.

use std::{any::Any, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use super::at_work;
use crate::{
    Activity, ActivityError, Class, ErrorName, TaskContext,
    errors::{INPUT_INVALID, OUTPUT_INVALID, OUTPUT_TOO_LARGE, PANICKED, SHUTTING_DOWN, UNDECLARED_ERROR, declared},
    limits::OUTPUT_BYTES,
};

/// What is reported of a task.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The output, as JSON.
    Success(String),
    Failure(Failure),
}

/// A failure as the state machine sees it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) cause: String,
}

/// An activity without its types, so that a worker can hold several.
pub(crate) trait Work: Send + Sync {
    fn name(&self) -> &'static str;

    fn heartbeat(&self) -> Duration;

    /// Reads the input, runs the activity, writes the output.
    fn start(self: Arc<Self>, task: TaskContext, input: String) -> BoxFuture<'static, Verdict>;
}

impl<A: Activity> Work for A {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn heartbeat(&self) -> Duration {
        A::HEARTBEAT
    }

    fn start(self: Arc<Self>, task: TaskContext, input: String) -> BoxFuture<'static, Verdict> {
        Box::pin(async move {
            let input = match read::<A::Input>(&input) {
                Ok(input) => input,
                Err(cause) => return Verdict::failure(INPUT_INVALID, cause),
            };
            match at_work::on(A::NAME, self.run(task, input)).await {
                Ok(output) => write(&output),
                Err(error) => Verdict::Failure(named(&error)),
            }
        })
    }
}

impl Verdict {
    fn failure(name: ErrorName, cause: String) -> Self {
        Self::Failure(Failure::new(name, cause))
    }

    /// What remains of work that panicked.
    pub(crate) fn of_panic(panic: &(dyn Any + Send)) -> Self {
        Self::failure(PANICKED, format!("the activity panicked: {}", panic_message(panic)))
    }
}

impl Failure {
    fn new(ErrorName { name, class, .. }: ErrorName, cause: String) -> Self {
        Self { name, class, cause }
    }

    pub(crate) fn shutting_down(cause: &str) -> Self {
        Self::new(SHUTTING_DOWN, cause.to_owned())
    }

    pub(crate) fn output_refused(cause: String) -> Self {
        Self::new(OUTPUT_INVALID, cause)
    }
}

fn read<T: serde::de::DeserializeOwned>(input: &str) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_str(input);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        // A path of "." is the input as a whole.
        if path == "." {
            format!("the input is refused: {inner}")
        } else {
            format!("the input's `{path}` is refused: {inner}")
        }
    })?;
    json.end().map_err(|error| format!("the input is not one JSON value: {error}"))?;
    Ok(value)
}

fn write<T: serde::Serialize>(output: &T) -> Verdict {
    match serde_json::to_string(output) {
        Ok(json) if json.len() > OUTPUT_BYTES => Verdict::failure(
            OUTPUT_TOO_LARGE,
            format!(
                "the output has {} bytes, and Step Functions takes {OUTPUT_BYTES}: page it, or store it",
                json.len()
            ),
        ),
        Ok(json) => Verdict::Success(json),
        Err(error) => Verdict::failure(OUTPUT_INVALID, format!("the output cannot be written as JSON: {error}")),
    }
}

fn named<E: ActivityError>(error: &E) -> Failure {
    match declared::<E>(error.name()) {
        Some(name) => Failure::new(name, error.to_string()),
        None => Failure::new(
            UNDECLARED_ERROR,
            format!("the activity failed as `{}`, which it does not declare: {error}", error.name()),
        ),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("the panic has no text")
}
