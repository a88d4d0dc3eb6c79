//! The events of a stream, line by line.
//!
//! How a feed is asked for is told by "Event streams APIs" of CrowdStrike's documentation, which the console has; what its
//! own client does of it, by <https://github.com/CrowdStrike/falcon-integration-gateway/tree/main/fig/falcon>.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, DATE};
use http::{HeaderValue, Response, StatusCode};
use thiserror::Error;
use tokio::time::{Instant, timeout_at};

use crate::call::{Endpoint, Falcon, refusal};
use crate::envelope;
use crate::error::FalconError;
use crate::event_streams::{EventStream, SCOPE};
use crate::exchange::{form, get_at};
use crate::lines::{LONGEST_LINE, LineTooLong, Lines};
use crate::transport::{NoAnswer, Pieces};

const FEED: Endpoint =
    Endpoint { call: "GET /sensors/entities/datafeed/v1", path: "/sensors/entities/datafeed/v1", scope: SCOPE };

/// Falcon sends an empty line every 30 s when it has no event. Three of them that are missing are a connection that is dead.
const SILENCE: Duration = Duration::from_secs(90);

/// Bytes of a refusal that are read.
const MOST_WORDS: usize = 64 * 1024;

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// With the oldest event that Falcon still has.
    Oldest,
    /// With the next one that comes.
    Newest,
    /// With the event of this offset, or the first one after it.
    Offset(u64),
}

/// A feed under way. Dropping it ends it.
pub struct Feed {
    body: Box<dyn Pieces>,
    lines: Lines,
    /// When the next piece must have come, if one is waited for. It outlives a call that is dropped, so that a reader that
    /// looks up every second hears of a silence too.
    patience_ends: Option<Instant>,
}

/// Why a feed did not bring a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FeedError {
    /// The connection is gone.
    #[error("the connection of the event stream broke: {0}. Read on from the last offset")]
    Broken(NoAnswer),
    /// Nothing came, not even an empty line.
    #[error("the event stream has been silent for {} s, without its empty lines. Read on from the last offset", SILENCE.as_secs())]
    Silent,
    /// The feed goes on: the next call brings the line after it.
    #[error("a line of the event stream was longer than {LONGEST_LINE} bytes and was passed over")]
    LineTooLong,
}

impl Feed {
    fn new(body: Box<dyn Pieces>) -> Self {
        Self { body, lines: Lines::default(), patience_ends: None }
    }

    /// The next line without its end. An empty one says that Falcon is there and has no event. `None` when Falcon has ended the
    /// feed; a line that it had only begun is left out, and comes again to whoever reads on from the last offset. A call that
    /// is dropped loses no line.
    ///
    /// # Errors
    /// [`FeedError`]; after any but `LineTooLong` the feed has to be opened anew.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FeedError> {
        loop {
            if let Some(line) = self.lines.next().map_err(|LineTooLong| FeedError::LineTooLong)? {
                return Ok(Some(line));
            }
            let until = *self.patience_ends.get_or_insert_with(|| Instant::now() + SILENCE);
            let piece = timeout_at(until, self.body.next()).await.map_err(|_| FeedError::Silent)?;
            self.patience_ends = None;
            match piece.map_err(FeedError::Broken)? {
                Some(piece) => self.lines.go_on_with(piece),
                None => return Ok(None),
            }
        }
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Falcon {
    /// Begins to read a stream. `kinds` are the types of events that are wanted, all if there are none: Falcon leaves out the
    /// others, and their offsets with them. Needs no scope but the session of the stream.
    ///
    /// # Errors
    /// Any [`FalconError`]; `SessionEnded` if Falcon does not take the session's token (any more).
    pub async fn open(&self, stream: &EventStream, from: ReadFrom, kinds: &[&str]) -> Result<Feed, FalconError> {
        let (exchange, url) = (self.exchange(), stream.url(from, kinds));
        let request = || {
            let mut request = get_at(&url);
            // A token that could not be a header is refused by Falcon as none.
            if let Ok(mut token) = HeaderValue::from_str(&format!("Token {}", stream.token.expose())) {
                token.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, token);
            }
            // Falcon's documentation wants it in every request for a feed.
            if let Ok(date) = exchange.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string().parse() {
                request.headers_mut().insert(DATE, date);
            }
            request
        };
        let deadline = exchange.deadline();
        let (head, body) = exchange.open(FEED.call, deadline, request).await?.into_parts();
        if head.status.is_success() {
            return Ok(Feed::new(body));
        }
        let response = Response::from_parts(head, words(body, deadline).await);
        let reason = envelope::reason(&response, &[&stream.token]);
        Err(match response.status() {
            StatusCode::UNAUTHORIZED => FalconError::SessionEnded { partition: stream.partition(), reason },
            status => refusal(&FEED, status.as_u16(), reason),
        })
    }
}

impl EventStream {
    fn url(&self, from: ReadFrom, kinds: &[&str]) -> String {
        let kinds = kinds.join(",");
        let offset = match from {
            ReadFrom::Offset(offset) => offset.to_string(),
            ReadFrom::Oldest | ReadFrom::Newest => String::new(),
        };
        let newest = if from == ReadFrom::Newest { "2" } else { "" };
        let members = [("offset", offset.as_str()), ("whence", newest), ("eventType", kinds.as_str())];
        let query: Vec<_> = members.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        match (query.is_empty(), self.feed.contains('?')) {
            (true, _) => self.feed.clone(),
            (false, true) => format!("{}&{}", self.feed, form(&query)),
            (false, false) => format!("{}?{}", self.feed, form(&query)),
        }
    }
}

/// What a refusal says, as far as it comes.
async fn words(mut body: Box<dyn Pieces>, deadline: Instant) -> Bytes {
    let mut words = BytesMut::new();
    while words.len() < MOST_WORDS
        && let Ok(Ok(Some(piece))) = timeout_at(deadline, body.next()).await
    {
        words.extend_from_slice(&piece);
    }
    words.freeze()
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::transport::NextPiece;

    /// Pieces that each come after a time; then nothing comes any more.
    struct Script(VecDeque<(Duration, Result<Option<&'static str>, NoAnswer>)>);

    impl Pieces for Script {
        fn next(&mut self) -> NextPiece<'_> {
            Box::pin(async {
                let Some((after, _)) = self.0.front_mut() else { return std::future::pending().await };
                sleep(std::mem::take(after)).await;
                let piece = self.0.pop_front().unwrap().1;
                piece.map(|piece| piece.map(Bytes::from))
            })
        }
    }

    fn feed<const PIECES: usize>(script: [(u64, Result<Option<&'static str>, NoAnswer>); PIECES]) -> Feed {
        let timed = script.into_iter().map(|(seconds, piece)| (Duration::from_secs(seconds), piece));
        Feed::new(Box::new(Script(timed.collect())))
    }

    fn line(text: &'static str) -> Result<Option<Bytes>, FeedError> {
        Ok(Some(Bytes::from(text)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_silence_is_told_after_a_minute_and_a_half_and_not_before() {
        let mut feed = feed([(89, Ok(Some("one\n\ntw"))), (89, Ok(Some("o\n")))]);
        for text in ["one", "", "two"] {
            assert_eq!(feed.next().await, line(text));
        }
        let begun = Instant::now();
        assert_eq!(feed.next().await, Err(FeedError::Silent));
        assert_eq!(begun.elapsed(), SILENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_looks_up_now_and_then_loses_nothing_and_hears_of_the_silence() {
        let mut feed = feed([(5, Ok(Some("o"))), (5, Ok(Some("ne\ntwo\n")))]);
        let (begun, mut read) = (Instant::now(), Vec::new());
        let silent = loop {
            match timeout(Duration::from_secs(1), feed.next()).await {
                Ok(Ok(line)) => read.push(line.unwrap()),
                Ok(Err(error)) => break error,
                Err(_) => {}
            }
        };
        assert_eq!((read.concat(), silent), (b"onetwo".to_vec(), FeedError::Silent));
        assert!(begun.elapsed() < Duration::from_secs(110), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_was_busy_for_long_does_not_take_it_for_silence() {
        let mut feed = feed([(0, Ok(Some("one\n"))), (30, Ok(Some("two\n")))]);
        assert_eq!(feed.next().await, line("one"));
        sleep(10 * SILENCE).await;
        assert_eq!(feed.next().await, line("two"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_had_only_begun_is_not_taken_for_one() {
        let broken = NoAnswer("reset".to_owned());
        let mut ended = feed([(0, Ok(Some("one\n{\"tw"))), (0, Ok(None))]);
        let mut cut = feed([(0, Ok(Some("one\n{\"tw"))), (0, Err(broken.clone()))]);
        assert_eq!((ended.next().await, cut.next().await), (line("one"), line("one")));
        assert_eq!(ended.next().await, Ok(None));
        assert_eq!(cut.next().await, Err(FeedError::Broken(broken)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_that_is_too_long_is_told_and_the_feed_goes_on() {
        let long: &'static str = String::leak("x".repeat(LONGEST_LINE + 1) + "\ntwo\n");
        let mut feed = feed([(0, Ok(Some("one\n"))), (0, Ok(Some(long)))]);
        assert_eq!(feed.next().await, line("one"));
        assert_eq!(feed.next().await, Err(FeedError::LineTooLong));
        assert_eq!(feed.next().await, line("two"));
    }
}
