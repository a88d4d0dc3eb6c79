//! The wire: a request in, a response out.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use thiserror::Error;

/// An exchange under way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, NoAnswer>> + Send + 'a>>;

/// Carries requests to Falcon: [`Https`](crate::Https), or a test's way into a sandbox without sockets.
pub trait Transport: Send + Sync {
    /// Sends one request to the URL that it holds. A redirect is an answer like any other: it must not be followed, since
    /// the request holds secrets.
    fn send(&self, request: Request<Bytes>) -> Sending<'_>;
}

/// There was no answer, or no whole one; whether the request was done cannot be told.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct NoAnswer(pub String);
