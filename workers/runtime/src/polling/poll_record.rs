//! What polls leave behind: when the service took one last, how many failed and with which code, and a log line at a
//! rate that people can read.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};

use crate::service::{CallError, Effect};

/// How often a failure that goes on is said again.
const SAID_AGAIN: Duration = Duration::from_secs(60);

/// A poll that has waited so long is held by the service: connecting may take 3.1 s
/// (<https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>), and a refusal comes at once.
const HELD: Duration = Duration::from_secs(5);

/// The record of one activity's polls.
#[derive(Debug, Default)]
pub(crate) struct PollRecord {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Failures by code since they were taken last.
    failures: BTreeMap<String, u64>,
    /// When a poll was last answered, or found to be held.
    last_taken: Option<Instant>,
    /// Whether the last poll that ended was left without an answer: then silence proves nothing.
    unanswered: bool,
    /// The code that was said last, when, and how many failures have not been said since.
    said: Option<(String, Instant)>,
    unsaid: u64,
}

impl PollRecord {
    /// Waits for the answer to a poll, and notes meanwhile if the service holds it. Cancel-safe if the poll is.
    pub(crate) async fn watch<T>(&self, poll: impl Future<Output = T>) -> T {
        let mut poll = pin!(poll);
        match timeout(HELD, &mut poll).await {
            Ok(answer) => answer,
            Err(_) => {
                self.held();
                poll.await
            }
        }
    }

    fn held(&self) {
        let mut state = self.state();
        if !state.unanswered {
            state.last_taken = Some(Instant::now());
        }
    }

    /// Counts a failure, and logs it if it is new, or if the last line is a minute old.
    pub(crate) fn failed(&self, activity: &str, error: &CallError) {
        let now = Instant::now();
        let mut state = self.state();
        *state.failures.entry(error.code.clone()).or_default() += 1;
        state.unsaid += 1;
        state.unanswered = error.effect == Effect::Unclear;
        let still_said =
            state.said.as_ref().is_some_and(|(code, at)| *code == error.code && now.duration_since(*at) < SAID_AGAIN);
        if !still_said {
            let failures = std::mem::take(&mut state.unsaid);
            state.said = Some((error.code.clone(), now));
            drop(state);
            tracing::warn!(activity, code = error.code, failures, %error, "polls fail; polling goes on with back-off");
        }
    }

    /// Notes that the service answered, with or without a task.
    pub(crate) fn succeeded(&self, activity: &str) {
        let mut state = self.state();
        state.last_taken = Some(Instant::now());
        state.unanswered = false;
        state.unsaid = 0;
        if state.said.take().is_some() {
            drop(state);
            tracing::info!(activity, "polls succeed again");
        }
    }

    /// Whether the service has taken a poll within `time`.
    pub(crate) fn taken_within(&self, time: Duration) -> bool {
        self.state().last_taken.is_some_and(|at| at.elapsed() <= time)
    }

    /// Takes the failures by code since the last time.
    pub(crate) fn take_failures(&self) -> BTreeMap<String, u64> {
        std::mem::take(&mut self.state().failures)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here is left half-written by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
