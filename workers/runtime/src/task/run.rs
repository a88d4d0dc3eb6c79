//! One task from its poll to its report.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};

use futures_util::FutureExt;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    execution, heartbeat,
    report::{self, Delivery},
    token::TaskToken,
    work::{Failure, Verdict},
};
use crate::{TaskContext, lane::Lane, limits::cut, service::Polled};

/// Characters of a cause that reach a log line; the execution's history has it whole.
const CAUSE_IN_LOG: usize = 1_000;

/// Runs the task and reports it. It needs a slot until then, so that a service that takes no reports gets no more polls
/// either.
pub(crate) async fn run(lane: &Lane, Polled { token, input, received }: Polled) {
    let execution = execution::of_input(&input);
    let span = tracing::info_span!("task", activity = lane.work.name(), task = token.hash(), execution);
    async {
        let _running = lane.counters.tasks_running.enter();
        lane.counters.tasks_received.add();
        let ending = if lane.house.drain.is_draining() {
            let failure = Failure::shutting_down("the task arrived while the worker was stopping");
            deliver(lane, &token, Verdict::Failure(failure)).await
        } else {
            tracing::debug!("task started");
            work_and_report(lane, &token, input, execution, received).await
        };
        tally(lane, &ending, received);
    }
    .instrument(span)
    .await;
}

/// How a task ended.
enum Ending {
    Reported(Verdict, Delivery),
    /// The service said to a heartbeat that the task is lost; the code it said it with.
    Lost(String),
}

async fn work_and_report(
    lane: &Lane,
    token: &TaskToken,
    input: String,
    execution: Option<String>,
    received: Instant,
) -> Ending {
    let cancellation = CancellationToken::new();
    let context = TaskContext::new(cancellation.clone(), execution, token.hash().to_owned());
    lane.counters.pick_up_millis.add(received.elapsed());
    // Not a tokio task of its own: to wake a thread for it costs more than all else that the runtime does for a task.
    // What a panic leaves behind is dropped, and the activity itself is only shared.
    let mut work = AssertUnwindSafe(Arc::clone(&lane.work).start(context, input)).catch_unwind();
    let mut heartbeats = pin!(heartbeat::beat_until_lost(lane, token, received));
    let config = &lane.house.config;

    let verdict = tokio::select! {
        biased;
        verdict = &mut work => verdict.unwrap_or_else(|panic| Verdict::of_panic(&*panic)),
        lost = &mut heartbeats => {
            cancellation.cancel();
            // Its result is of no use; the time is for the work to leave things in order.
            let _unused = timeout(config.cancel_window, &mut work).await;
            return Ending::Lost(lost.code);
        }
        () = lane.house.drain.past_grace() => {
            cancellation.cancel();
            tokio::select! {
                biased;
                ended = timeout(config.cancel_window, &mut work) => match ended {
                    // Done after all: saying so saves another worker from doing it again.
                    Ok(Ok(done @ Verdict::Success(_))) => done,
                    _ => Verdict::Failure(Failure::shutting_down("the work did not end within the grace time")),
                },
                lost = &mut heartbeats => return Ending::Lost(lost.code),
            }
        }
    };
    // Work that ignored its cancellation ends here.
    drop(work);

    tokio::select! {
        ending = deliver(lane, token, verdict) => ending,
        // The report learns by itself that the task is lost, and whether it was the report that closed it.
        ending = async { heartbeats.await; std::future::pending().await } => ending,
    }
}

async fn deliver(lane: &Lane, token: &TaskToken, verdict: Verdict) -> Ending {
    let (verdict, delivery) = report::deliver(lane, token, verdict).await;
    Ending::Reported(verdict, delivery)
}

/// Counts and logs how the task ended.
fn tally(lane: &Lane, ending: &Ending, received: Instant) {
    let counters = &lane.counters;
    let taken = received.elapsed();
    counters.task_millis.add(taken);
    let seconds = taken.as_secs_f64();
    match ending {
        Ending::Lost(code) => {
            counters.tasks_lost.add();
            tracing::warn!(code, seconds, "task lost: its work was cancelled and its result dropped");
        }
        Ending::Reported(_, Delivery::Lost) => {
            counters.tasks_lost.add();
            tracing::warn!(seconds, "task lost: nobody takes its result any more");
        }
        Ending::Reported(_, Delivery::GivenUp) => {
            counters.tasks_unreported.add();
            tracing::error!(seconds, "task not reported: its state fails by its heartbeat");
        }
        Ending::Reported(verdict, delivery) => {
            if *delivery == Delivery::Presumed {
                counters.reports_presumed.add();
            }
            match verdict {
                Verdict::Success(_) => {
                    counters.tasks_succeeded.add();
                    tracing::info!(seconds, "task succeeded");
                }
                Verdict::Failure(Failure { name, class, cause }) => {
                    counters.failed(name, *class).add();
                    tracing::warn!(error = name, ?class, cause = cut(cause, CAUSE_IN_LOG), seconds, "task failed");
                }
            }
        }
    }
}
