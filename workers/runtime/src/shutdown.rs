//! Stopping: what the caller asks for, and the phases that follow.

use std::{io, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{config::WorkerConfig, limits::POLL_TIMEOUT};

/// The request to stop a worker; clones are the same request.
///
/// The first [`request`](Self::request) drains, the second ends at once.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    drain: CancellationToken,
    stop: CancellationToken,
}

impl Shutdown {
    /// A shutdown that nobody has requested yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the worker to drain; asked again, to stop at once.
    pub fn request(&self) {
        if self.drain.is_cancelled() {
            self.stop.cancel();
        } else {
            self.drain.cancel();
        }
    }

    /// Whether a stop has been requested.
    pub fn is_requested(&self) -> bool {
        self.drain.is_cancelled()
    }

    /// Resolves when a stop has been requested: for whatever else of the program has to end with the worker.
    pub async fn requested(&self) {
        self.drain.cancelled().await;
    }

    /// Resolves when it has been requested again: whoever asks does not want to wait.
    pub async fn insisted(&self) {
        self.stop.cancelled().await;
    }
}

/// A shutdown that SIGTERM and SIGINT request: the first signal drains, the second stops at once.
///
/// # Errors
///
/// If the signals cannot be listened to.
pub fn shutdown_on_signals() -> io::Result<Shutdown> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = Shutdown::new();
    let requested = shutdown.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            requested.request();
        }
    });
    Ok(shutdown)
}

/// The phases of a stop, as everything in the worker observes them.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    shutdown: Shutdown,
    past_grace: CancellationToken,
    last_call: CancellationToken,
    stop: CancellationToken,
}

impl Drain {
    pub(crate) fn new(shutdown: Shutdown) -> Self {
        let stop = shutdown.stop.child_token();
        Self { shutdown, past_grace: CancellationToken::new(), last_call: CancellationToken::new(), stop }
    }

    /// Waits for the request, then opens one phase after the other.
    pub(crate) async fn keep_time(&self, config: &WorkerConfig) {
        self.shutdown.requested().await;
        tokio::time::sleep(config.grace).await;
        self.past_grace.cancel();
        tokio::time::sleep(until_last_call(config).saturating_sub(config.grace)).await;
        self.last_call.cancel();
    }

    /// Whether no new polls may be sent.
    pub(crate) fn is_draining(&self) -> bool {
        self.shutdown.is_requested()
    }

    /// Resolves when no new polls may be sent.
    pub(crate) async fn draining(&self) {
        self.shutdown.requested().await;
    }

    /// Resolves when running work is cancelled.
    pub(crate) async fn past_grace(&self) {
        self.past_grace.cancelled().await;
    }

    /// Resolves when polls and reports that still have no answer are given up.
    pub(crate) async fn last_call(&self) {
        self.last_call.cancelled().await;
    }

    /// Cancelled when everything ends at once: by the second request, or because the worker has returned.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.stop
    }
}

/// An open poll is left to end by itself even if the grace time is shorter: a task that the service has already handed
/// to a connection that is cut is lost until its heartbeat expires.
fn until_last_call(config: &WorkerConfig) -> Duration {
    POLL_TIMEOUT.max(config.grace + config.cancel_window) + config.last_reports
}
