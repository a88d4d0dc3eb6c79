//! The tasks that wait for a worker and the tasks that a worker has: queues, tokens, and who hears of what.
//!
//! A task is taken out of its queue in the same step in which a poll is answered, so a poll that its caller gave up
//! cannot take a task with it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use super::failure::Failure;
use super::lock;
use super::token::Tokens;

/// How long a poll is held: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html>.
const LONG_POLL: Duration = Duration::from_secs(60);
/// The most polls of one activity at a time: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const MAX_POLLS: usize = 1_000;

/// What happens to a task, with the moment at which the service took note of it.
#[derive(Clone, Debug)]
pub(crate) enum Signal {
    /// A worker, perhaps with a name, has it.
    Started { worker: Option<String>, at: Instant },
    /// The worker is still at it.
    Heartbeat { at: Instant },
    /// The worker is done; JSON text.
    Succeeded(String),
    /// The worker gave up.
    Failed(Failure),
}

/// Why a poll got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollRefused {
    /// There is no such activity.
    NoActivity,
    /// [`MAX_POLLS`] are open.
    TooManyPolls,
}

/// Why a report was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportRefused {
    /// The token is not one that this service gave.
    Forged,
    /// The task has ended: by an answer, a time-out, or with its execution.
    Closed,
    /// The activity was deleted.
    NoActivity,
}

/// What a worker gets.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// What the worker reports with.
    pub(crate) token: String,
    /// JSON text.
    pub(crate) input: String,
}

/// All tasks of all activities.
#[derive(Clone, Debug)]
pub(crate) struct Tasks {
    state: Arc<Mutex<State>>,
    tokens: Tokens,
}

#[derive(Debug, Default)]
struct State {
    queues: HashMap<String, Queue>,
    open: HashMap<u64, Open>,
    scheduled: u64,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<u64>,
    arrivals: Arc<Notify>,
    polls: usize,
}

#[derive(Debug)]
struct Open {
    activity: String,
    input: String,
    signals: UnboundedSender<Signal>,
}

impl Tasks {
    /// No tasks yet; `seed` goes into the tokens.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: Arc::default(), tokens: Tokens::new(seed) }
    }

    /// Opens the queue of an activity.
    pub(crate) fn add_activity(&self, activity: &str) {
        lock(&self.state).queues.entry(activity.to_owned()).or_default();
    }

    /// Closes the queue of an activity.
    pub(crate) fn remove_activity(&self, activity: &str) {
        lock(&self.state).queues.remove(activity);
    }

    /// Queues a task; `None` if there is no such activity.
    pub(crate) fn schedule(&self, activity: &str, input: String) -> Option<Ticket> {
        let (signals, received) = unbounded_channel();
        let mut state = lock(&self.state);
        let serial = state.scheduled;
        let queue = state.queues.get_mut(activity)?;
        queue.waiting.push_back(serial);
        queue.arrivals.notify_one();
        state.scheduled += 1;
        state.open.insert(serial, Open { activity: activity.to_owned(), input, signals });
        Some(Ticket { serial, received, tasks: self.clone() })
    }

    /// Waits up to [`LONG_POLL`] for a task; `None` if none came.
    ///
    /// # Errors
    /// [`PollRefused`]
    pub(crate) async fn poll(&self, activity: &str, worker: Option<&str>) -> Result<Option<Taken>, PollRefused> {
        let until = Instant::now() + LONG_POLL;
        let poll = Poll::open(self, activity)?;
        loop {
            // Asked for before looking, so that a task that comes in between is not missed.
            let arrival = poll.arrivals.notified();
            if let Some(taken) = self.take(activity, worker) {
                return Ok(Some(taken));
            }
            if timeout_at(until, arrival).await.is_err() {
                return Ok(None);
            }
        }
    }

    fn take(&self, activity: &str, worker: Option<&str>) -> Option<Taken> {
        let mut state = lock(&self.state);
        let State { queues, open, .. } = &mut *state;
        let queue = queues.get_mut(activity)?;
        while let Some(serial) = queue.waiting.pop_front() {
            let Some(task) = open.get_mut(&serial) else { continue };
            let started = Signal::Started { worker: worker.map(str::to_owned), at: Instant::now() };
            if task.signals.send(started).is_ok() {
                // One arrival wakes one poll: whoever takes a task passes the word on if there is more.
                if !queue.waiting.is_empty() {
                    queue.arrivals.notify_one();
                }
                return Some(Taken { token: self.tokens.of(serial), input: std::mem::take(&mut task.input) });
            }
        }
        None
    }

    /// Notes that the worker is still at it.
    ///
    /// # Errors
    /// [`ReportRefused`]
    pub(crate) fn heartbeat(&self, token: &str) -> Result<(), ReportRefused> {
        self.report(token, Signal::Heartbeat { at: Instant::now() }, false)
    }

    /// Takes the worker's answer, which closes the task.
    ///
    /// # Errors
    /// [`ReportRefused`]
    pub(crate) fn answer(&self, token: &str, outcome: Result<String, Failure>) -> Result<(), ReportRefused> {
        self.report(token, outcome.map_or_else(Signal::Failed, Signal::Succeeded), true)
    }

    fn report(&self, token: &str, signal: Signal, closes: bool) -> Result<(), ReportRefused> {
        let serial = self.tokens.serial(token).ok_or(ReportRefused::Forged)?;
        let mut state = lock(&self.state);
        let task = state.open.get(&serial).ok_or(ReportRefused::Closed)?;
        if !state.queues.contains_key(&task.activity) {
            return Err(ReportRefused::NoActivity);
        }
        task.signals.send(signal).map_err(|_| ReportRefused::Closed)?;
        if closes {
            state.open.remove(&serial);
        }
        Ok(())
    }
}

/// The execution's side of a task. Dropping it closes the task.
#[derive(Debug)]
pub(crate) struct Ticket {
    serial: u64,
    received: UnboundedReceiver<Signal>,
    tasks: Tasks,
}

impl Ticket {
    /// Waits for the next thing that happens to the task. An answer is the last.
    pub(crate) async fn next(&mut self) -> Option<Signal> {
        self.received.recv().await
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        lock(&self.tasks.state).open.remove(&self.serial);
    }
}

/// An open poll, counted for as long as its caller waits.
struct Poll<'a> {
    tasks: &'a Tasks,
    activity: &'a str,
    arrivals: Arc<Notify>,
}

impl<'a> Poll<'a> {
    fn open(tasks: &'a Tasks, activity: &'a str) -> Result<Self, PollRefused> {
        let mut state = lock(&tasks.state);
        let queue = state.queues.get_mut(activity).ok_or(PollRefused::NoActivity)?;
        if queue.polls >= MAX_POLLS {
            return Err(PollRefused::TooManyPolls);
        }
        queue.polls += 1;
        Ok(Self { tasks, activity, arrivals: Arc::clone(&queue.arrivals) })
    }
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        if let Some(queue) = lock(&self.tasks.state).queues.get_mut(self.activity) {
            queue.polls = queue.polls.saturating_sub(1);
        }
    }
}
