//! Heartbeats of one task: a third of the contract's time apart, until the service says that the task is lost.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::token::TaskToken;
use crate::{
    backoff::Pauses,
    lane::Lane,
    service::{CallError, Effect},
};

/// Beats in the time that the service allows between two: two may fail, and the task is kept.
const BEATS: u32 = 3;

/// The first pause before a failed heartbeat is sent again, unless the next is due before.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Beats until the task is lost, and answers with what the service said. The first is due one interval after `received`.
///
/// Any other failure is repeated until the next beat is due, which then takes its place.
pub(crate) async fn beat_until_lost(lane: &Lane, token: &TaskToken, received: Instant) -> CallError {
    let interval = lane.work.heartbeat() / BEATS;
    let mut due = received + interval;
    loop {
        sleep_until(due).await;
        due += interval;
        if due < Instant::now() {
            // The whole process stood still: the beats that it missed are not made up for.
            due = Instant::now() + interval;
        }
        if let Some(lost) = beat(lane, token, due, interval).await {
            return lost;
        }
    }
}

/// One beat, repeated until it is answered or the next is due.
async fn beat(lane: &Lane, token: &TaskToken, next_due: Instant, interval: Duration) -> Option<CallError> {
    let mut pauses = Pauses::new(FIRST_PAUSE.min(interval / 4), interval);
    loop {
        // Half of the interval: a beat that hangs leaves time for another one. On the heap, as the SDK's calls are large
        // and most tasks end before their first beat.
        match Box::pin(lane.house.service.heartbeat(token, interval / 2)).await {
            Ok(()) => return None,
            Err(error) if error.effect == Effect::TaskLost => return Some(error),
            Err(error) => {
                lane.counters.heartbeat_failures.add();
                tracing::warn!(code = error.code, %error, "a heartbeat failed");
            }
        }
        let pause = pauses.next();
        if Instant::now() + pause >= next_due {
            return None;
        }
        sleep(pause).await;
    }
}
