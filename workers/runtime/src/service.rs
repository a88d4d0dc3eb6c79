//! The four calls that a worker makes to Step Functions: the only module that knows the SDK's answers.

use std::{error::Error, time::Duration};

use aws_sdk_sfn::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, timeout};

use crate::{
    limits::{CALL_TIMEOUT, CAUSE_CHARACTERS, ERROR_CHARACTERS, cut},
    task::token::TaskToken,
};

/// What the service answers about a task that is no longer this worker's: timed out, closed, or unknown.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html#API_SendTaskHeartbeat_Errors>
const LOST: [&str; 3] = ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"];

/// What the service answers to a success whose output it does not take.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html#API_SendTaskSuccess_Errors>
const OUTPUT_REFUSED: [&str; 2] = ["InvalidOutput", "ValidationException"];

/// Characters of a service's message that reach a log line.
const MESSAGE_CHARACTERS: usize = 500;

/// Step Functions, as a worker sees it.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    client: Client,
    worker_name: Option<String>,
}

/// A task as a poll brings it.
#[derive(Debug)]
pub(crate) struct Polled {
    pub(crate) token: TaskToken,
    pub(crate) input: String,
    /// When the answer arrived.
    pub(crate) received: Instant,
}

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct CallError {
    /// The service's error code, or `Timeout`, `Connection`, `Response`, `Request` if no answer of it arrived.
    pub(crate) code: String,
    pub(crate) effect: Effect,
    message: String,
}

/// What a failed call did at the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing: the service refused it.
    None,
    /// Nobody knows: the answer is missing, or is the service's own failure.
    Unclear,
    /// Nothing, and no call with this task token can ever do anything.
    TaskLost,
    /// Nothing, and the same output will never be taken.
    OutputRefused,
}

impl Service {
    pub(crate) fn new(client: Client, worker_name: Option<String>) -> Self {
        Self { client, worker_name }
    }

    /// Waits up to a minute for a task of the activity; `None` if there was none.
    pub(crate) async fn poll(&self, activity_arn: &str) -> Result<Option<Polled>, CallError> {
        let call = self.client.get_activity_task().activity_arn(activity_arn);
        let answer =
            call.set_worker_name(self.worker_name.clone()).send().await.map_err(|error| failed(&error, None))?;
        Ok(answer.task_token.filter(|token| !token.is_empty()).map(|token| Polled {
            token: TaskToken::new(token),
            input: answer.input.unwrap_or_default(),
            received: Instant::now(),
        }))
    }

    /// Says that the task is still being worked on; waits at most `limit` for the answer.
    pub(crate) async fn heartbeat(&self, token: &TaskToken, limit: Duration) -> Result<(), CallError> {
        let call = self.client.send_task_heartbeat().task_token(token.secret());
        answered(call.send(), limit.min(CALL_TIMEOUT), token).await
    }

    /// Reports the task as done; waits at most `limit` for the answer.
    pub(crate) async fn succeed(&self, token: &TaskToken, output: &str, limit: Duration) -> Result<(), CallError> {
        let call = self.client.send_task_success().task_token(token.secret()).output(output);
        answered(call.send(), limit.min(CALL_TIMEOUT), token).await
    }

    /// Reports the task as failed, with error and cause cut to what the service takes; waits at most `limit` for the
    /// answer.
    pub(crate) async fn fail(
        &self,
        token: &TaskToken,
        error: &str,
        cause: &str,
        limit: Duration,
    ) -> Result<(), CallError> {
        let call = self.client.send_task_failure().task_token(token.secret());
        let call = call.error(cut(error, ERROR_CHARACTERS)).cause(cut(cause, CAUSE_CHARACTERS));
        answered(call.send(), limit.min(CALL_TIMEOUT), token).await
    }
}

async fn answered<T, E: ProvideErrorMetadata>(
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    limit: Duration,
    token: &TaskToken,
) -> Result<(), CallError> {
    match timeout(limit, call).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failed(&error, Some(token))),
        Err(_) => Err(CallError {
            code: "Timeout".to_owned(),
            effect: Effect::Unclear,
            message: format!("no answer within {limit:?}"),
        }),
    }
}

fn failed<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>, token: Option<&TaskToken>) -> CallError {
    let (code, effect, message) = match error {
        SdkError::ServiceError(context) => {
            let code = printable(context.err().code().unwrap_or("Unknown"));
            let effect = effect_of(code, context.raw().status().as_u16());
            (code, effect, context.err().message().unwrap_or("the service gave no message").to_owned())
        }
        SdkError::TimeoutError(_) => ("Timeout", Effect::Unclear, "no answer in time".to_owned()),
        SdkError::DispatchFailure(failure) => {
            let cause = failure.as_connector_error().map_or_else(String::new, |error| chain(error));
            ("Connection", Effect::Unclear, cause)
        }
        // The body may hold a token and an input: only the fact is told.
        SdkError::ResponseError(_) => ("Response", Effect::Unclear, "the answer could not be read".to_owned()),
        _ => ("Request", Effect::None, "the request could not be built; check region and credentials".to_owned()),
    };
    CallError {
        code: code.to_owned(),
        effect,
        message: cut(&without_token(&message, token), MESSAGE_CHARACTERS).to_owned(),
    }
}

fn effect_of(code: &str, status: u16) -> Effect {
    if LOST.contains(&code) {
        Effect::TaskLost
    } else if OUTPUT_REFUSED.contains(&code) {
        Effect::OutputRefused
    } else if status >= 500 {
        Effect::Unclear
    } else {
        Effect::None
    }
}

/// A code becomes a metric's dimension: whatever does not look like one is not passed on.
fn printable(code: &str) -> &str {
    let looks_like_a_code = (1..=64).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric());
    if looks_like_a_code { code } else { "Unknown" }
}

/// The service's validation messages quote the value that they refuse, and that may be the token.
fn without_token(message: &str, token: Option<&TaskToken>) -> String {
    token.map_or_else(|| message.to_owned(), |token| message.replace(token.secret(), "[task token]"))
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
