//! One poller: takes a slot, polls, hands the task over, and does not stop for any error.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::pollers::Seat;
use crate::{backoff::Pauses, lane::Lane, task};

/// The first pause after a failed poll.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause, so that work waits no longer than that (and its jitter) once an outage is over.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Starts a poller of the lane in `seat`.
pub(crate) fn start(lane: &Arc<Lane>, seat: Seat) {
    lane.house.spawn(poll_until_drained(Arc::clone(lane), seat));
}

async fn poll_until_drained(lane: Arc<Lane>, mut seat: Seat) {
    let drain = &lane.house.drain;
    let activity = lane.work.name();
    let mut pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
    while let Some(slot) = lane.slots.take().await {
        // The slot may have been handed out in the same moment in which the drain began.
        if drain.is_draining() {
            return;
        }
        let asked = Instant::now();
        let answer = {
            let _open = lane.counters.polls_open.enter();
            tokio::select! {
                answer = lane.poll_record.watch(lane.house.service.poll(&lane.activity_arn)) => answer,
                () = drain.last_call() => return,
            }
        };
        let pause = match answer {
            Ok(Some(polled)) => {
                lane.poll_record.succeeded(activity);
                lane.counters.poll_millis.add(asked.elapsed());
                pauses.reset();
                // Where one task was, more may be: ask with one poller more, while this one asks again.
                if let Some(seat) = lane.pollers.join() {
                    start(&lane, seat);
                }
                lane.house.spawn(task::run(Arc::clone(&lane), slot, polled));
                continue;
            }
            Ok(None) => {
                lane.poll_record.succeeded(activity);
                pauses.reset();
                Duration::ZERO
            }
            Err(error) => {
                lane.poll_record.failed(activity, &error);
                pauses.next()
            }
        };
        // Nobody needs the slot during the pause, so another activity may have it.
        drop(slot);
        match seat.leave_unless_idle() {
            Some(stays) => seat = stays,
            None => return,
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = drain.draining() => return,
        }
    }
}
