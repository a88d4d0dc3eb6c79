//! The HTTP clients of the SDK and of Falcon, with the sandbox at its other end instead of a socket.
//!
//! Without sockets tokio's paused clock works: an hour passes in a millisecond, and still every request is encoded,
//! signed, retried and parsed by the real clients.

use std::fmt;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use falconer_falcon::{NextPiece, NoAnswer, Opening, Pieces, Sending, Transport};
use falconer_sandbox::{Body, Sandbox};

/// Carries requests into a sandbox.
#[derive(Clone)]
pub struct InProcess(pub Sandbox);

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

/// The Falcon client's wire: hosts do not count, and the sandbox has Falcon under `/falcon`.
impl Transport for InProcess {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        Box::pin(async move { self.0.handle(request).await.map_err(|cut| NoAnswer(cut.to_string())) })
    }

    fn open(&self, request: http::Request<Bytes>) -> Opening<'_> {
        Box::pin(async move {
            let response = self.0.open(request).await.map_err(|cut| NoAnswer(cut.to_string()))?;
            Ok(response.map(|body| Box::new(Streamed(body)) as Box<dyn Pieces>))
        })
    }
}

/// A body of the sandbox, piece by piece.
struct Streamed(Body);

impl Pieces for Streamed {
    fn next(&mut self) -> NextPiece<'_> {
        Box::pin(async move { self.0.next().await.transpose().map_err(|cut| NoAnswer(cut.to_string())) })
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sandbox = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let (parts, body) = request.into_parts();
            // Read as a socket reads it: the SDK's guard against stalled uploads watches the reading, and would take a
            // slow answer for a body that nobody takes.
            let body = ByteStream::new(body).collect().await.map_err(|error| ConnectorError::user(error.into()))?;
            let request = http::Request::from_parts(parts, body.into_bytes());
            let response = sandbox
                .handle(request)
                .await
                .map_err(|_| ConnectorError::io("the sandbox cut the connection".into()))?;
            let response = response.map(SdkBody::from);
            HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
