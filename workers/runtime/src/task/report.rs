//! The report of one task: repeated until the service takes it, says that the task is lost, or time is up.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{
    token::TaskToken,
    work::{Failure, Verdict},
};
use crate::{
    backoff::Pauses,
    lane::Lane,
    service::{CallError, Effect},
};

/// The first pause before a report is repeated.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The service took it.
    Delivered,
    /// The answer to an attempt went missing, and then the task was closed: most likely by that attempt.
    Presumed,
    /// The task was no longer ours: nobody has taken the result.
    Lost,
    /// Time was up.
    GivenUp,
}

/// Delivers the verdict, and answers with what became of it and of the verdict: one whose output the service refuses
/// becomes a failure.
///
/// A success that may have been taken is never followed by a failure: only the same report is repeated, and the service
/// takes one report for a task.
pub(crate) async fn deliver(lane: &Lane, token: &TaskToken, mut verdict: Verdict) -> (Verdict, Delivery) {
    let delivery = tokio::select! {
        delivery = repeat_until_settled(lane, token, &mut verdict) => delivery,
        () = lane.house.drain.last_call() => Delivery::GivenUp,
    };
    (verdict, delivery)
}

async fn repeat_until_settled(lane: &Lane, token: &TaskToken, verdict: &mut Verdict) -> Delivery {
    let mut pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
    let mut unclear = false;
    let deadline = Instant::now() + lane.house.config.report_deadline;
    loop {
        let error = match attempt(lane, token, verdict, deadline - Instant::now()).await {
            Ok(()) => return Delivery::Delivered,
            Err(error) => error,
        };
        match error.effect {
            Effect::TaskLost if unclear => return Delivery::Presumed,
            Effect::TaskLost => return Delivery::Lost,
            Effect::OutputRefused if matches!(verdict, Verdict::Success(_)) => {
                *verdict =
                    Verdict::Failure(Failure::output_refused(format!("the service refused the output: {error}")));
                continue;
            }
            Effect::OutputRefused | Effect::None => {}
            Effect::Unclear => unclear = true,
        }
        lane.counters.report_retries.add();
        tracing::warn!(code = error.code, %error, "a report failed and is repeated");
        let again = Instant::now() + pauses.next();
        if again >= deadline {
            return Delivery::GivenUp;
        }
        sleep_until(again).await;
    }
}

async fn attempt(lane: &Lane, token: &TaskToken, verdict: &Verdict, limit: Duration) -> Result<(), CallError> {
    let service = &lane.house.service;
    match verdict {
        Verdict::Success(output) => service.succeed(token, output, limit).await,
        Verdict::Failure(failure) => service.fail(token, failure.name, &failure.cause, limit).await,
    }
}
