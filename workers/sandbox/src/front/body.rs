//! The body of an answer: whole, or the pieces of an event stream.

use std::fmt;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;

use super::ConnectionCut;
use crate::falcon::Feed;

/// What follows an answer's headers. Whoever drops it hangs up.
pub struct Body(Form);

enum Form {
    Whole(Bytes),
    Stream(Box<Feed>),
}

impl Body {
    pub(super) fn new(whole: Bytes, feed: Option<Feed>) -> Self {
        Self(feed.map_or(Form::Whole(whole), |feed| Form::Stream(Box::new(feed))))
    }

    /// The next piece, which is made when it is asked for; `None` after the last one. A call that is dropped loses nothing.
    ///
    /// # Errors
    /// [`ConnectionCut`] where the body breaks off; after it there is nothing more.
    pub async fn next(&mut self) -> Option<Result<Bytes, ConnectionCut>> {
        match &mut self.0 {
            Form::Whole(bytes) if bytes.is_empty() => None,
            Form::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Form::Stream(feed) => feed.next().await,
        }
    }

    /// Reads to the end. An event stream has none but its cut.
    pub(crate) async fn whole(mut self) -> Result<Bytes, ConnectionCut> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            // Most bodies are one piece.
            if let Form::Whole(_) = self.0 {
                return Ok(piece);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    /// The same for hyper, which asks for a piece when the last one is written: one that is whole has a length, a stream is
    /// chunked.
    pub(super) fn served(self) -> UnsyncBoxBody<Bytes, ConnectionCut> {
        match self.0 {
            Form::Whole(bytes) => Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
            Form::Stream(feed) => {
                let frames = stream::unfold(feed, |mut feed| async {
                    let piece = feed.next().await?;
                    Some((piece.map(Frame::data), feed))
                });
                StreamBody::new(frames).boxed_unsync()
            }
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Whole(bytes) => write!(formatter, "Body of {} bytes", bytes.len()),
            Form::Stream(_) => formatter.write_str("Body of an event stream"),
        }
    }
}
