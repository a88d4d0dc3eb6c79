//! Which event streams there are, and how long.

use std::time::Duration;

use falconer_falcon::{AppId, EventStream, FalconError, ReadFrom};
use serde_json::{Value, json};

use crate::wire::{INSTALL, Line, answer};

const DISCOVER: &str = "/sensors/entities/datafeed/v2";

pub(crate) fn app() -> AppId {
    "falconer".parse().unwrap()
}

/// The streams, in the order of their partitions.
pub(crate) async fn streams(line: &Line) -> Vec<EventStream> {
    let mut streams = line.falcon.event_streams(&app()).await.unwrap();
    streams.sort_by_key(EventStream::partition);
    streams
}

fn partitions(streams: &[EventStream]) -> Vec<u32> {
    streams.iter().map(EventStream::partition).collect()
}

/// A line on which these streams are all there are.
fn answering(resources: Value) -> Line {
    let body = json!({ "resources": resources, "meta": {}, "errors": null });
    Line::interfered(move |request| (request.uri().path() == DISCOVER).then(|| answer(200, &body)))
}

fn stream(host: &str) -> Value {
    json!({
        "dataFeedURL": format!("{host}/sensors/entities/datafeed/v1/0?appId=falconer"),
        "sessionToken": { "token": "pl4nted", "expiration": "2026-01-15T10:30:00Z" },
        "refreshActiveSessionURL": "https://api.crowdstrike.com/sensors/entities/datafeed-actions/v1/0?appId=falconer",
        "refreshActiveSessionInterval": 1800,
    })
}

#[tokio::test(start_paused = true)]
async fn there_is_a_stream_for_each_partition() {
    let line = Line::open();
    line.control("PUT", "falcon/streams", json!({ "partitions": 3 })).await;
    let streams = streams(&line).await;
    assert_eq!(partitions(&streams), [0, 1, 2]);
    assert!(streams.iter().all(|stream| stream.refresh_within() == Duration::from_secs(1620)));
    assert!(line.urls(DISCOVER)[0].ends_with("?appId=falconer"), "{:?}", line.urls(DISCOVER));
}

#[tokio::test(start_paused = true)]
async fn an_app_id_that_another_reader_holds_is_named_in_so_many_words() {
    let line = Line::open();
    let feed = line.falcon.open(&streams(&line).await[0], ReadFrom::Oldest, &[]).await.unwrap();
    let error = line.falcon.event_streams(&app()).await.unwrap_err();
    assert_eq!(error, FalconError::NoEventStreams { app: app() });
    let said = error.to_string();
    assert!(said.contains("appId falconer: another reader holds it") && said.contains("not enabled"), "{said}");
    assert!(error.is_transient());
    assert_eq!(partitions(&line.falcon.event_streams(&"another".parse().unwrap()).await.unwrap()), [0, 1]);
    drop(feed);
    assert_eq!(partitions(&streams(&line).await), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_cannot_be_read_is_not_passed_over() {
    for broken in
        [json!(null), json!({}), json!([]), json!({ "dataFeedURL": "https://firehose.crowdstrike.com/?appId=a" })]
    {
        let line = answering(json!([stream("https://firehose.crowdstrike.com"), broken]));
        let error = line.falcon.event_streams(&app()).await.unwrap_err();
        assert!(matches!(error, FalconError::Malformed { .. }) && error.to_string().contains("1 of 2"), "{error}");
    }
    for none in [json!(null), json!([])] {
        let error = answering(none).falcon.event_streams(&app()).await.unwrap_err();
        assert!(matches!(error, FalconError::NoEventStreams { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_of_a_stream_goes_to_no_host_but_the_clouds_own() {
    for host in [
        "https://evil.example",
        "https://firehose.crowdstrike.com.evil.example",
        "https://firehose.crowdstrike.com@evil.example",
        "http://firehose.crowdstrike.com",
        "https://firehose.crowdstrike.com:8443",
        "",
    ] {
        let line = answering(json!([stream(host)]));
        let error = line.falcon.event_streams(&app()).await.unwrap_err();
        assert!(matches!(error, FalconError::Malformed { .. }), "{host}: {error}");
        assert!(!format!("{error} {error:?}").contains("pl4nted"), "{error:?}");
    }
    let streams = answering(json!([stream("https://firehose.crowdstrike.com")])).falcon.event_streams(&app()).await;
    assert!(!format!("{:?}", streams.unwrap()).contains("pl4nted"));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_is_for_the_partition_of_its_stream() {
    let line = Line::open();
    for stream in streams(&line).await {
        let _feed = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap();
        line.falcon.refresh(&stream).await.unwrap();
        let path = format!("/sensors/entities/datafeed-actions/v1/{}", stream.partition());
        let expected = format!("{path}?action_name=refresh_active_stream_session&appId=falconer");
        assert!(line.urls(&path)[0].ends_with(&expected), "{:?}", line.urls(&path));
    }
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_waited_out() {
    for fault in ["throttle", "error:500", "error:401", "drop"] {
        let line = Line::open();
        line.fault(fault, "falcon.EventStreams", Some(1)).await;
        let streams = streams(&line).await;
        assert_eq!(partitions(&streams), [0, 1], "{fault}");
        line.fault(fault, "falcon.RefreshEventStream", Some(1)).await;
        line.falcon.refresh(&streams[1]).await.unwrap();
        assert_eq!(line.count("/sensors/entities/datafeed-actions/v1/1"), 2, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_without_the_scope_is_told_which_one() {
    let line = Line::open();
    let streams = streams(&line).await;
    let other = line.another(INSTALL);
    for error in [other.event_streams(&app()).await.unwrap_err(), other.refresh(&streams[0]).await.unwrap_err()] {
        assert!(matches!(error, FalconError::AccessDenied { .. }), "{error}");
        assert!(error.to_string().contains("\"Event streams: Read\""), "{error}");
    }
}
