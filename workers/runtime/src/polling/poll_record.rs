//! What polls leave behind: when one was sent and one succeeded last, how many failed and with which code, and a log line
//! at a rate that people can read.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

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
    last_asked: Option<Instant>,
    last_success: Option<Instant>,
    /// Whether the last poll that ended was left without an answer: then silence proves nothing.
    unanswered: bool,
    /// The code that was said last, when, and how many failures have not been said since.
    said: Option<(String, Instant)>,
    unsaid: u64,
}

impl PollRecord {
    /// Notes that a poll goes out.
    pub(crate) fn asked(&self) {
        self.state().last_asked = Some(Instant::now());
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
        state.last_success = Some(Instant::now());
        state.unanswered = false;
        state.unsaid = 0;
        if state.said.take().is_some() {
            drop(state);
            tracing::info!(activity, "polls succeed again");
        }
    }

    /// Whether a poll has succeeded within `time`.
    pub(crate) fn succeeded_within(&self, time: Duration) -> bool {
        self.state().last_success.is_some_and(|at| at.elapsed() <= time)
    }

    /// Whether the service holds the polls that are open.
    pub(crate) fn is_held(&self) -> bool {
        let state = self.state();
        !state.unanswered && state.last_asked.is_some_and(|at| at.elapsed() >= HELD)
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
