//! Who asks for tasks, with a slot in hand, and does not stop for any error.
//!
//! Idle pollers are always there. A task that one of them gets is run beside it, on the slot of its poll. Where one task
//! was, more may be: another poll goes out at once if a slot is free, and when the task has been reported, the same
//! tokio task asks for the next one with the same slot. So under load tasks follow each other, and no thread is woken
//! for any of them: that is most of what a task costs beside the calls.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::SemaphorePermit,
    time::{Instant, sleep},
};

use super::slots::Slot;
use crate::{
    backoff::Pauses,
    lane::Lane,
    service::{CallError, Polled},
    task,
};

/// The first pause after a failed poll.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause, so that work waits no longer than that (and its jitter) once an outage is over.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long a slot goes from task to task before those that wait for one have their turn. Nobody needs it sooner, as
/// each activity has a slot of its own.
const KEPT: Duration = Duration::from_secs(1);

/// Starts the lane's idle pollers.
pub(crate) fn start(lane: &Arc<Lane>) {
    for _ in 0..lane.pollers.idle() {
        lane.house.spawn(poll_until_drained(Arc::clone(lane)));
    }
}

/// An idle poller.
async fn poll_until_drained(lane: Arc<Lane>) {
    let _counted = lane.pollers.enter_idle();
    let drain = &lane.house.drain;
    let mut pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
    while let Some((slot, place)) = slot_and_place(&lane).await {
        let Some(answer) = ask(&lane, place).await else { return };
        let pause = match answer {
            Ok(Some(polled)) => {
                pauses.reset();
                lane.house.spawn(follow(Arc::clone(&lane), slot, Some(polled)));
                continue;
            }
            Ok(None) => {
                pauses.reset();
                Duration::ZERO
            }
            Err(_) => pauses.next(),
        };
        // Nobody needs the slot during the pause, so another activity may have it.
        drop(slot);
        tokio::select! {
            () = sleep(pause) => {}
            () = drain.draining() => return,
        }
    }
}

/// What an idle poll needs; `None` once there are no more slots.
async fn slot_and_place(lane: &Lane) -> Option<(Slot, SemaphorePermit<'_>)> {
    let slot = lane.slots.take().await?;
    if let Some(place) = lane.pollers.place() {
        return Some((slot, place));
    }
    // Polls that follow tasks have all places: there are enough, and others may have the slot.
    drop(slot);
    let place = lane.pollers.next_place().await?;
    // The place is kept meanwhile. Who only saw that it is free would find it gone to the next who waits, and that one to
    // this one again, for ever.
    Some((lane.slots.take().await?, place))
}

/// Runs the task, if there is one already, and then one after the other as long as polls bring them.
async fn follow(lane: Arc<Lane>, mut slot: Slot, mut next: Option<Polled>) {
    let mut taken = Instant::now();
    loop {
        if let Some(polled) = next {
            task::run(&lane, polled).await;
        }
        if taken.elapsed() > KEPT {
            drop(slot);
            match lane.slots.take_free() {
                Some(free) => slot = free,
                None => return,
            }
            taken = Instant::now();
        }
        let Some(place) = lane.pollers.place() else { return };
        match ask(&lane, place).await {
            Some(Ok(Some(polled))) => next = Some(polled),
            _ => return,
        }
    }
}

/// One poll in `place`; `None` if the worker drains, or no longer waits for the answer.
async fn ask(lane: &Arc<Lane>, place: SemaphorePermit<'_>) -> Option<Result<Option<Polled>, CallError>> {
    let (drain, activity) = (&lane.house.drain, lane.work.name());
    // The slot may have been handed out in the same moment in which the drain began.
    if drain.is_draining() {
        return None;
    }
    let asked = Instant::now();
    lane.poll_record.asked();
    let answer = {
        let _open = lane.counters.polls_open.enter();
        tokio::select! {
            answer = lane.house.service.poll(&lane.activity_arn) => answer,
            () = drain.last_call() => return None,
        }
    };
    drop(place);
    match &answer {
        Ok(polled) => {
            lane.poll_record.succeeded(activity);
            if polled.is_some() {
                lane.counters.poll_millis.add(asked.elapsed());
                ask_beside(lane);
            }
        }
        Err(error) => lane.poll_record.failed(activity, error),
    }
    Some(answer)
}

/// Asks for another task at once, if there is a free slot.
fn ask_beside(lane: &Arc<Lane>) {
    if let Some(slot) = lane.slots.take_free() {
        lane.house.spawn(follow(Arc::clone(lane), slot, None));
    }
}
