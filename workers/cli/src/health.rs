//! The health endpoints of a service.

use std::net::SocketAddr;

use falconer_runtime::{HealthServer, Supervised, serve_health};

use crate::failure::CommandFailure;

/// Lets the supervisor look at a service, if the configuration says where; it may look until the answer is dropped.
pub(crate) async fn serve(
    service: impl Supervised,
    address: Option<SocketAddr>,
) -> Result<Option<HealthServer>, CommandFailure> {
    let Some(address) = address else { return Ok(None) };
    let server = serve_health(address, service).await;
    let server = server.map_err(|error| CommandFailure::usage("worker.health", format!("{address}: {error}")))?;
    tracing::info!(address = %server.address(), "health");
    Ok(Some(server))
}
