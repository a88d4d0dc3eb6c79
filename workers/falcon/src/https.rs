//! The transport over real connections.

use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect::Policy;
use thiserror::Error;

use crate::transport::{NoAnswer, Sending, Transport};

/// A name is resolved and a connection is made within this time.
const CONNECT: Duration = Duration::from_secs(10);

/// More than any answer that the runbooks ask for: a thousand alerts of some 10 kB each.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// HTTP over TLS, with the certificates that the operating system trusts. `HTTPS_PROXY` and `NO_PROXY` count, as for the AWS
/// SDK. Connections are kept and shared by clones.
#[derive(Clone, Debug)]
pub struct Https(reqwest::Client);

/// The operating system gave no certificates, or TLS could not be set up.
#[derive(Debug, Error)]
#[error("the TLS client could not be made: {0}. Install the system's CA certificates (ca-certificates)")]
pub struct HttpsUnavailable(String);

impl Https {
    /// A transport without connections yet.
    ///
    /// # Errors
    /// [`HttpsUnavailable`].
    pub fn new() -> Result<Self, HttpsUnavailable> {
        let client = reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).build();
        client.map(Self).map_err(|error| HttpsUnavailable(reason(error)))
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, NoAnswer> {
        let no_answer = |error| NoAnswer(reason(error));
        let request = request.try_into().map_err(no_answer)?;
        let mut answer = self.0.execute(request).await.map_err(no_answer)?;
        let mut body = BytesMut::new();
        while let Some(part) = answer.chunk().await.map_err(no_answer)? {
            if body.len() + part.len() > MAX_ANSWER_BYTES {
                return Err(NoAnswer(format!("the answer is longer than {MAX_ANSWER_BYTES} bytes")));
            }
            body.extend_from_slice(&part);
        }
        let mut response = Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

impl Transport for Https {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.exchange(request))
    }
}

/// An error with what caused it, in one line, without the URL.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
