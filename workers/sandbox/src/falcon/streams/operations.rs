//! Streams discovered, opened and refreshed.
//!
//! <https://falconpy.io/Service-Collections/Event-Streams.html>. What Falcon answers to an appId whose streams are open is shown
//! by <https://github.com/demisto/content/pull/10016>, what to a refresh without its content type by
//! <https://github.com/demisto/content/pull/9842>. Which status a second connection gets is not documented.

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::feed::Feed;
use super::opening::Opening;
use super::session::INTERVAL_SECONDS;
use crate::falcon::clients::Scope;
use crate::falcon::envelope::listed;
use crate::falcon::query::Query;
use crate::falcon::{Falcon, State, refused};
use crate::wire::{Answer, Call, ServiceError};

const REFRESH: &str = "refresh_active_stream_session";

/// What stands before the partition's number in the id of its feed.
const FEED: &str = "sandbox";

const LONGEST_APP_ID: usize = 32;

impl Falcon {
    /// A new session for each partition, unless a stream of the appId is open: then there are none.
    pub(in crate::falcon) fn event_streams(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::EventStreamsRead)?;
        let query = Query::of(call, &["appId", "format"])?;
        let app = app_id(&query)?;
        query.one_of("format", &["json"])?;
        let (now, mut shared) = (self.clock.now(), self.streams.locked());
        if shared.sessions.any_open(app, now) {
            return Ok(listed(Vec::new()));
        }
        let partitions = 0..shared.settings.partitions;
        let base = call.input["base"].as_str().unwrap_or_default();
        let streams = partitions.map(|partition| {
            let token = format!("{}{}", self.identifiers.base32(32), self.identifiers.base32(32));
            let ends = shared.sessions.begin((app.to_owned(), partition), token.clone(), now);
            json!({
                "dataFeedURL": format!("{base}/sensors/entities/datafeed/v1/{FEED}{partition}?appId={app}"),
                "sessionToken": { "token": token, "expiration": ends.to_string() },
                "refreshActiveSessionURL":
                    format!("{base}/sensors/entities/datafeed-actions/v1/{partition}?appId={app}&action_name={REFRESH}"),
                "refreshActiveSessionInterval": INTERVAL_SECONDS,
            })
        });
        Ok(listed(streams.collect()))
    }

    /// Whether the stream may be opened; [`Falcon::feed`] opens it when the answer goes out.
    pub(in crate::falcon) fn event_stream(&self, _: &mut State, call: &Call) -> Answer {
        let opening = opening(call)?;
        let token = call.input["authorization"].as_str().and_then(|header| header.strip_prefix("Token "));
        let (key, now, shared) = (opening.key(), self.clock.now(), self.streams.locked());
        if !token.is_some_and(|token| shared.sessions.takes(&key, token, now)) {
            return Err(refused(401, "access denied, invalid session token"));
        }
        if shared.sessions.is_open(&key, now) {
            return Err(refused(409, "the stream is open already for this appId"));
        }
        Ok(json!(opening))
    }

    /// The stream that this operation's answer goes on with, if it is one that does.
    pub(crate) fn feed(&self, operation: &str, output: &Value) -> Option<Feed> {
        let opening = (operation == "EventStream").then(|| Opening::deserialize(output).ok());
        opening.flatten().map(|opening| self.streams.open(opening))
    }

    pub(in crate::falcon) fn refresh_event_stream(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::EventStreamsRead)?;
        let query = Query::of(call, &["appId", "action_name"])?;
        if !call.input["contentType"].as_str().is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(refused(415, "415: Unsupported Media Type"));
        }
        if query.text("action_name") != Some(REFRESH) {
            return Err(refused(400, format!("action_name must be {REFRESH}")));
        }
        let partition = label(call).parse().map_err(|_| refused(404, "there is no such partition"))?;
        let key = (app_id(&query)?.to_owned(), partition);
        if self.streams.locked().sessions.refresh(&key, self.clock.now()) {
            Ok(Value::Null)
        } else {
            Err(refused(404, "the appId has no active session of this partition"))
        }
    }
}

/// What a reader asks for.
///
/// # Errors
/// 404 for a feed that is none, 400 for what is not documented.
fn opening(call: &Call) -> Result<Opening, ServiceError> {
    let query = Query::of(call, &["appId", "offset", "whence", "eventType"])?;
    let partition = label(call).strip_prefix(FEED).and_then(|partition| partition.parse().ok());
    let number = query.number("offset", 0, 0..=usize::MAX)?;
    let newest = query.one_of("whence", &["2"])?.is_some();
    let offset = query.text("offset").is_some().then_some(number as u64);
    if newest && offset.is_some() {
        return Err(refused(400, "offset and whence exclude each other"));
    }
    let event_types = query.text("eventType").unwrap_or_default().split(',').filter(|one| !one.is_empty());
    Ok(Opening {
        app: app_id(&query)?.to_owned(),
        partition: partition.ok_or_else(|| refused(404, "there is no such feed"))?,
        offset,
        newest,
        event_types: event_types.map(str::to_owned).collect(),
    })
}

/// What stands in the path.
fn label(call: &Call) -> &str {
    call.input["label"].as_str().unwrap_or_default()
}

fn app_id<'a>(query: &Query<'a>) -> Result<&'a str, ServiceError> {
    let fits =
        |app: &&str| (1..=LONGEST_APP_ID).contains(&app.len()) && app.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let refusal = || refused(400, format!("appId must be 1 to {LONGEST_APP_ID} alphanumeric characters"));
    query.text("appId").filter(fits).ok_or_else(refusal)
}
