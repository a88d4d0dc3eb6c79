//! The transport over real connections.

use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect::Policy;
use thiserror::Error;

use crate::transport::{NextPiece, NoAnswer, Opening, Pieces, Sending, Transport};

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

    async fn whole(&self, request: Request<Bytes>) -> Result<Response<Bytes>, NoAnswer> {
        let (head, mut answer) = self.begun(request).await?.into_parts();
        let mut body = BytesMut::new();
        while let Some(piece) = answer.chunk().await.map_err(no_answer)? {
            if body.len() + piece.len() > MAX_ANSWER_BYTES {
                return Err(NoAnswer(format!("the answer is longer than {MAX_ANSWER_BYTES} bytes")));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Response::from_parts(head, body.freeze()))
    }

    /// The answer's head, with the answer itself as what the body is read from.
    async fn begun(&self, request: Request<Bytes>) -> Result<Response<reqwest::Response>, NoAnswer> {
        let request = request.try_into().map_err(no_answer)?;
        let mut answer = self.0.execute(request).await.map_err(no_answer)?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let mut response = Response::new(answer);
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }
}

impl Transport for Https {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.whole(request))
    }

    fn open(&self, request: Request<Bytes>) -> Opening<'_> {
        Box::pin(async move {
            let response = self.begun(request).await?;
            Ok(response.map(|answer| Box::new(answer) as Box<dyn Pieces>))
        })
    }
}

impl Pieces for reqwest::Response {
    fn next(&mut self) -> NextPiece<'_> {
        Box::pin(async { self.chunk().await.map_err(no_answer) })
    }
}

fn no_answer(error: reqwest::Error) -> NoAnswer {
    NoAnswer(reason(error))
}

/// An error with what caused it, in one line, without the URL.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
