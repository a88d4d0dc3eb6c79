//! Event streams: which there are to read, and keeping their sessions alive.
//!
//! `listAvailableStreamsOAuth2` and `refreshActiveStreamSession`,
//! <https://github.com/CrowdStrike/falconpy/wiki/Event-Streams>; a stream's members are those of
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/main_available_stream_v2.go>. The events of each come
//! through [`Falcon::open`].

use std::num::NonZeroU32;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::app_id::AppId;
use crate::call::{Endpoint, Falcon, read};
use crate::cloud::Cloud;
use crate::error::FalconError;
use crate::exchange::{JSON, form, get, post};
use crate::secret::Secret;

pub(crate) const SCOPE: &str = "Event streams: Read";

const DISCOVER: Endpoint =
    Endpoint { call: "GET /sensors/entities/datafeed/v2", path: "/sensors/entities/datafeed/v2", scope: SCOPE };

const REFRESH: Endpoint = Endpoint {
    call: "POST /sensors/entities/datafeed-actions/v1",
    path: "/sensors/entities/datafeed-actions/v1",
    scope: SCOPE,
};

/// The part of its interval after which a session is refreshed.
const REFRESHED_AFTER: f64 = 0.9;

/// One partition of the events that an appId may read: where they come from, and the session that they are read in. Its
/// `Debug` shows no token.
#[derive(Clone, Debug)]
pub struct EventStream {
    app: AppId,
    partition: u32,
    /// A URL that belongs to the cloud which named it.
    pub(crate) feed: String,
    /// What the feed's host takes, and no other.
    pub(crate) token: Secret,
    interval: Duration,
}

impl EventStream {
    /// Its number. Offsets count within it.
    #[must_use]
    pub fn partition(&self) -> u32 {
        self.partition
    }

    /// How long the session is good for after it began or was refreshed, less a tenth: Falcon ends the feed of one that is
    /// not refreshed in time.
    #[must_use]
    pub fn refresh_within(&self) -> Duration {
        self.interval.mul_f64(REFRESHED_AFTER)
    }
}

/// A stream as it comes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    #[serde(rename = "dataFeedURL")]
    data_feed_url: String,
    session_token: SessionToken,
    #[serde(rename = "refreshActiveSessionURL")]
    refresh_active_session_url: String,
    /// Seconds.
    refresh_active_session_interval: NonZeroU32,
}

#[derive(Deserialize)]
struct SessionToken {
    token: Secret,
}

impl Written {
    /// # Errors
    /// What is wrong with it, without a word of the token.
    fn read(self, app: &AppId, cloud: &Cloud) -> Result<EventStream, String> {
        let url = &self.refresh_active_session_url;
        let partition = partition(url).ok_or("a stream whose URL for refreshing it names no partition")?;
        if !cloud.owns(&self.data_feed_url) {
            return Err(format!(
                "the events of partition {partition} are at a URL that is none of {cloud}, which must \
                                not learn the session's token"
            ));
        }
        let interval = Duration::from_secs(self.refresh_active_session_interval.get().into());
        let (feed, token) = (self.data_feed_url, self.session_token.token);
        Ok(EventStream { app: app.clone(), partition, feed, token, interval })
    }
}

/// The number in `…/datafeed-actions/v1/0?…`. Nothing else names a stream's partition.
fn partition(refresh_url: &str) -> Option<u32> {
    let (_, after) = refresh_url.split_once(REFRESH.path)?;
    after.strip_prefix('/')?.split('?').next()?.parse().ok()
}

impl Falcon {
    /// The event streams for an appId, one for each partition, each with a new session. Needs the scope "Event streams:
    /// Read".
    ///
    /// # Errors
    /// Any [`FalconError`]; `NoEventStreams` if there is none to read, and `Malformed` if one of them cannot be read: whoever
    /// reads the others would never learn of its events.
    pub async fn event_streams(&self, app: &AppId) -> Result<Vec<EventStream>, FalconError> {
        let query = form(&[("appId", app.as_str())]);
        let (token, response) = self.send(&DISCOVER, |cloud| get(cloud, DISCOVER.path, &query)).await?;
        let records = read::<Written>(&DISCOVER, &token, &response)?;
        let malformed = |problem| FalconError::Malformed { call: DISCOVER.call, problem };
        match (records.read.len(), records.malformed) {
            (0, 0) => Err(FalconError::NoEventStreams { app: app.clone() }),
            (_, 0) => records.read.into_iter().map(|one| one.read(app, &token.cloud).map_err(malformed)).collect(),
            (_, unread) => Err(malformed(format!("{unread} of {} event streams cannot be read", records.seen()))),
        }
    }

    /// Keeps a stream's session alive for another interval. Needs the scope "Event streams: Read".
    ///
    /// # Errors
    /// Any [`FalconError`]; then the feed ends before long, unless the next attempt goes through.
    pub async fn refresh(&self, stream: &EventStream) -> Result<(), FalconError> {
        let query = form(&[("action_name", "refresh_active_stream_session"), ("appId", stream.app.as_str())]);
        let path = format!("{}/{}?{query}", REFRESH.path, stream.partition);
        // Without a content type Falcon does not take even an empty body.
        let (token, response) = self.send(&REFRESH, |cloud| post(cloud, &path, JSON, &Bytes::new())).await?;
        read::<Value>(&REFRESH, &token, &response).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{
        "dataFeedURL": "https://firehose.us-2.crowdstrike.com/sensors/entities/datafeed/v1/0a1B?appId=falconer",
        "sessionToken": {"token": "pl4nted", "expiration": "2026-01-15T10:30:00.1Z"},
        "refreshActiveSessionURL":
            "https://api.us-2.crowdstrike.com/sensors/entities/datafeed-actions/v1/3?appId=falconer",
        "refreshActiveSessionInterval": 1800
    }"#;

    fn read_at(cloud: &str, text: &str) -> Result<EventStream, String> {
        let written: Written = serde_json::from_str(text).unwrap();
        written.read(&"falconer".parse().unwrap(), &cloud.parse().unwrap())
    }

    #[test]
    fn a_stream_has_its_partition_its_interval_and_no_token_to_be_seen() {
        let stream = read_at("us-2", ONE).unwrap();
        assert_eq!((stream.partition(), stream.refresh_within()), (3, Duration::from_secs(1620)));
        assert!(!format!("{stream:?}").contains("pl4nted"), "{stream:?}");
    }

    #[test]
    fn a_stream_somewhere_else_is_refused_without_its_token() {
        let elsewhere = ONE.replace("firehose.us-2.crowdstrike.com", "firehose.us-2.crowdstrike.com.evil.example");
        for (cloud, text) in [("us-2", elsewhere.as_str()), ("eu-1", ONE), ("https://proxy.example", ONE)] {
            let refused = read_at(cloud, text).unwrap_err();
            assert!(refused.contains("partition 3") && !refused.contains("pl4nted"), "{refused}");
        }
    }

    #[test]
    fn a_stream_without_a_partition_or_an_interval_is_none() {
        for (good, bad) in [("v1/3?", "v1/?"), ("v1/3?", "v1/abc?"), ("v1/3?", "v1/-1?"), ("datafeed-actions", "x")] {
            assert!(read_at("us-2", &ONE.replace(good, bad)).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Written>(&ONE.replace("1800", "0")).is_err());
    }
}
