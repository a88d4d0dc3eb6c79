//! The wire: a request in, a response out, whole or piece by piece.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};
use thiserror::Error;

/// A request under way, and what its answer's body is.
pub(crate) type Carrying<'a, B> = Pin<Box<dyn Future<Output = Result<Response<B>, NoAnswer>> + Send + 'a>>;

/// An exchange under way.
pub type Sending<'a> = Carrying<'a, Bytes>;

/// An exchange under way whose answer is there as soon as its body begins.
pub type Opening<'a> = Carrying<'a, Box<dyn Pieces>>;

/// The next piece of a body, under way.
pub type NextPiece<'a> = Pin<Box<dyn Future<Output = Result<Option<Bytes>, NoAnswer>> + Send + 'a>>;

/// Carries requests to Falcon: [`Https`](crate::Https), or a test's way into a sandbox without sockets.
pub trait Transport: Send + Sync {
    /// Sends one request to the URL that it holds. A redirect is an answer like any other: it must not be followed, since
    /// the request holds secrets.
    fn send(&self, request: Request<Bytes>) -> Sending<'_>;

    /// Sends one request in the same way, for an answer whose body may never end.
    fn open(&self, request: Request<Bytes>) -> Opening<'_>;
}

/// A body that comes in pieces. Dropping it ends the connection.
pub trait Pieces: Send {
    /// The next piece; `None` when the body has ended. A call that is dropped loses no piece.
    fn next(&mut self) -> NextPiece<'_>;
}

/// There was no answer, or no whole one; whether the request was done cannot be told.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct NoAnswer(pub String);
