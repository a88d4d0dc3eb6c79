//! `/healthz` and `/readyz`, for the container's supervisor.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::{lane::Lane, shutdown::Drain};

/// A poll that succeeded so long ago is not lately: longer than the longest poll and the longest pause together.
const LATELY: Duration = Duration::from_secs(90);

/// A service that a supervisor looks at.
pub trait Supervised: Clone + Send + Sync + 'static {
    /// Whether it does what it is there for. If not, nothing but a restart helps.
    fn is_healthy(&self) -> bool;

    /// The parts of it that do not do their work at the moment, or `None` if it does not run, or is stopping.
    fn not_ready(&self) -> Option<Vec<String>>;
}

/// The health of a worker; clones look at the same worker.
#[derive(Clone, Default)]
pub struct Health {
    running: Arc<OnceLock<Running>>,
}

struct Running {
    lanes: Vec<Arc<Lane>>,
    drain: Drain,
}

impl Health {
    pub(crate) fn started(&self, lanes: Vec<Arc<Lane>>, drain: Drain) {
        // A worker is consumed by running: there is no second start.
        let _first = self.running.set(Running { lanes, drain });
    }
}

impl Supervised for Health {
    /// Whether every activity has its pollers, or the worker drains, or it has not begun.
    fn is_healthy(&self) -> bool {
        self.running.get().is_none_or(|Running { lanes, drain }| {
            !drain.stop().is_cancelled()
                && (drain.is_draining() || lanes.iter().all(|lane| lane.pollers.idle_now() > 0))
        })
    }

    /// The activities that take no tasks at the moment.
    ///
    /// An activity takes tasks if one of its polls was answered within the last 90 s, or if its open polls are held by
    /// the service, or if all its slots are busy. A poll is held that has waited 5 s, so a fresh worker with nothing to
    /// do is ready after 5 s; not so after a poll that ended without an answer.
    fn not_ready(&self) -> Option<Vec<String>> {
        let Running { lanes, drain } = self.running.get()?;
        if drain.is_draining() || drain.stop().is_cancelled() {
            return None;
        }
        Some(lanes.iter().filter(|lane| !takes_tasks(lane)).map(|lane| lane.work.name().to_owned()).collect())
    }
}

fn takes_tasks(lane: &Lane) -> bool {
    let all_busy = lane.slots.are_full() && lane.counters.tasks_running.now() > 0;
    let polls_held = lane.counters.polls_open.now() > 0 && lane.poll_record.is_held();
    all_busy || polls_held || lane.poll_record.succeeded_within(LATELY)
}

/// A health server; it stops when dropped.
#[derive(Debug)]
pub struct HealthServer {
    address: SocketAddr,
    _serving: AbortOnDropHandle<()>,
}

impl HealthServer {
    /// The address it listens on, with the port that the system chose if port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Serves `/healthz` (200 while the service is healthy) and `/readyz` (200 while every part of it does its work; the body
/// names those that do not) on `address`; any other state is 503.
///
/// # Errors
///
/// If the address cannot be listened on.
pub async fn serve_health<S: Supervised>(address: SocketAddr, service: S) -> io::Result<HealthServer> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let routes =
        Router::new().route("/healthz", get(healthz::<S>)).route("/readyz", get(readyz::<S>)).with_state(service);
    let serving = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the health server ended");
        }
    });
    Ok(HealthServer { address, _serving: AbortOnDropHandle::new(serving) })
}

async fn healthz<S: Supervised>(State(service): State<S>) -> Response {
    let healthy = service.is_healthy();
    answer(healthy, &json!({ "healthy": healthy }))
}

async fn readyz<S: Supervised>(State(service): State<S>) -> Response {
    match service.not_ready() {
        Some(missing) => answer(missing.is_empty(), &json!({ "ready": missing.is_empty(), "notReady": missing })),
        None => answer(false, &json!({ "ready": false, "reason": "it is not running, or is stopping" })),
    }
}

fn answer(well: bool, body: &serde_json::Value) -> Response {
    let status = if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
