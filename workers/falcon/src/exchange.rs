//! One request: made, sent, and repeated while that is worth it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout_at};

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::error::FalconError;
use crate::patience::{self, Patience};
use crate::transport::{Carrying, Pieces, Transport};

pub(crate) const JSON: &str = "application/json";
const USER_AGENT: &str = concat!("falconer/", env!("CARGO_PKG_VERSION"));

/// On a 429, the second since 1970 at which Falcon takes requests again: a time, not a delay.
/// CrowdStrike's own client subtracts the time from it: <https://github.com/CrowdStrike/psfalcon>.
const RETRY_AFTER: &str = "x-ratelimit-retryafter";

/// Everything that a request needs to be sent and waited for.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Clock,
    pub(crate) patience: Patience,
}

/// Why a request is repeated, or ends the call if it cannot be.
#[derive(Debug)]
enum Trouble {
    Unavailable(String),
    RateLimited(Option<Timestamp>),
}

impl Exchange {
    /// When a call that begins now must be over.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.patience.call
    }

    /// Sends what `request` makes until there is an answer that another request would not change.
    ///
    /// # Errors
    /// `Unavailable` and `RateLimited` after the last attempt, and as soon as the next would come too late.
    pub(crate) async fn send(
        &self,
        call: &'static str,
        deadline: Instant,
        request: impl Fn() -> Request<Bytes>,
    ) -> Result<Response<Bytes>, FalconError> {
        self.repeat(call, deadline, || self.transport.send(request())).await
    }

    /// The same for an answer whose body comes in pieces. The deadline is for its beginning.
    ///
    /// # Errors
    /// As [`Exchange::send`].
    pub(crate) async fn open(
        &self,
        call: &'static str,
        deadline: Instant,
        request: impl Fn() -> Request<Bytes>,
    ) -> Result<Response<Box<dyn Pieces>>, FalconError> {
        self.repeat(call, deadline, || self.transport.open(request())).await
    }

    async fn repeat<'a, B>(
        &self,
        call: &'static str,
        deadline: Instant,
        carry: impl Fn() -> Carrying<'a, B>,
    ) -> Result<Response<B>, FalconError> {
        let mut attempts = 0;
        loop {
            let trouble = match self.attempt(deadline, carry()).await {
                Ok(response) => return Ok(response),
                Err(trouble) => trouble,
            };
            attempts += 1;
            let asked = trouble.wait(self.clock.now());
            let wait = asked.unwrap_or_else(|| patience::pause(attempts));
            let too_long = asked.is_some_and(|asked| asked > self.patience.wait) || Instant::now() + wait >= deadline;
            if attempts >= self.patience.attempts || too_long {
                return Err(trouble.of(call));
            }
            tracing::debug!(call, attempts, ?trouble, ?wait, "a request to Falcon is repeated");
            sleep(wait).await;
        }
    }

    async fn attempt<B>(&self, deadline: Instant, carried: Carrying<'_, B>) -> Result<Response<B>, Trouble> {
        let until = deadline.min(Instant::now() + self.patience.request);
        let Ok(answer) = timeout_at(until, carried).await else {
            return Err(Trouble::Unavailable("there was no answer in time".to_owned()));
        };
        let response = answer.map_err(|error| Trouble::Unavailable(error.to_string()))?;
        match response.status() {
            StatusCode::TOO_MANY_REQUESTS => Err(Trouble::RateLimited(retry_after(response.headers()))),
            status if status.is_server_error() => Err(Trouble::Unavailable(format!("the answer was {status}"))),
            _ => Ok(response),
        }
    }
}

impl Trouble {
    /// How long Falcon asked to wait. A time that is past, which a clock that goes wrong makes of any, asks for nothing.
    fn wait(&self, now: Timestamp) -> Option<Duration> {
        let Self::RateLimited(Some(until)) = self else { return None };
        Duration::try_from(until.duration_since(now)).ok()
    }

    fn of(self, call: &'static str) -> FalconError {
        match self {
            Self::Unavailable(reason) => FalconError::Unavailable { call, reason },
            Self::RateLimited(until) => FalconError::RateLimited { call, until },
        }
    }
}

/// A POST to a path of a cloud's API.
pub(crate) fn post(cloud: &Cloud, path: &str, content_type: &'static str, body: &Bytes) -> Request<Bytes> {
    let mut request = request(Method::POST, &format!("{}{path}", cloud.base_url()), body.clone());
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    request
}

/// The same as a PATCH, of JSON.
pub(crate) fn patch(cloud: &Cloud, path: &str, body: &Bytes) -> Request<Bytes> {
    let mut request = post(cloud, path, JSON, body);
    *request.method_mut() = Method::PATCH;
    request
}

/// A GET of a path of a cloud's API, with what `form` made of its parameters.
pub(crate) fn get(cloud: &Cloud, path: &str, query: &str) -> Request<Bytes> {
    let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    get_at(&format!("{}{path}", cloud.base_url()))
}

/// The same as a DELETE.
pub(crate) fn delete(cloud: &Cloud, path: &str, query: &str) -> Request<Bytes> {
    let mut request = get(cloud, path, query);
    *request.method_mut() = Method::DELETE;
    request
}

/// A GET of a URL that Falcon named.
pub(crate) fn get_at(url: &str) -> Request<Bytes> {
    request(Method::GET, url, Bytes::new())
}

/// Names and values as a form's body or a URL's query holds them: nothing in them is anything but a name or a value.
pub(crate) fn form(members: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish()
}

fn request(method: Method, url: &str, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    // A cloud's URL, or one that Falcon named, was a URI when it was read; the paths are constants, and a query is encoded.
    if let Ok(uri) = url.parse() {
        *request.uri_mut() = uri;
    }
    let headers = [(ACCEPT, JSON), (header::USER_AGENT, USER_AGENT)];
    request.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    request
}

fn retry_after(headers: &HeaderMap) -> Option<Timestamp> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Timestamp::from_second(seconds).ok()
}
