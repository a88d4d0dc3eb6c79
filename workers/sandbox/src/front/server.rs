//! The sandbox on a port.

use std::future::Future;
use std::io;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Body, ConnectionCut, response};
use crate::sandbox::Sandbox;

/// More than any request that a service here accepts (6 MB, BatchImportFindings).
const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// Serves until `shutdown`; then open connections, and the long polls on them, are cut.
pub(crate) async fn serve(
    sandbox: Sandbox,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                connections.spawn(connection(sandbox.clone(), stream));
            }
            // Collects the connections that have ended, so that the set does not grow.
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(sandbox: Sandbox, stream: TcpStream) {
    // Small answers must not wait for more data; without it the sandbox is merely slower.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection keeps Nagle's delay");
    }
    let service = service_fn(|request| exchange(&sandbox, request));
    // An error of the service ends a connection without an answer: just what ConnectionCut asks for.
    let served = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn exchange(
    sandbox: &Sandbox,
    request: Request<Incoming>,
) -> Result<Response<UnsyncBoxBody<Bytes, ConnectionCut>>, ConnectionCut> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
        let refusal = response(413, "text/plain", "the request body is longer than 16 MiB, or broke off");
        return Ok(refusal.map(|whole| Body::new(whole, None).served()));
    };
    let answer = sandbox.open(Request::from_parts(head, body.to_bytes())).await?;
    Ok(answer.map(Body::served))
}
