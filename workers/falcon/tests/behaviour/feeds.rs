//! The events of a stream, as they are read.

use std::time::Duration;

use bytes::Bytes;
use falconer_falcon::{EventStream, FalconError, Feed, FeedError, ReadFrom};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::streams::{app, streams};
use crate::wire::{Line, answer};

const FEED: &str = "/falcon/sensors/entities/datafeed/v1/sandbox0";

/// So many events of a type in the first partition.
async fn put_events(line: &Line, kind: &str, count: u64) {
    let event = json!({ "Number": "{n}", "CommandLine": "sh -c 'true'\nécho" });
    let template = json!({ "metadata": { "eventType": kind }, "event": event });
    line.control("POST", "falcon/events", json!([{ "template": template, "count": count, "partition": 0 }])).await;
}

/// A line on which the sandbox has one partition, and its stream.
async fn with_a_stream() -> (Line, EventStream) {
    let line = Line::open();
    line.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await;
    let stream = streams(&line).await.remove(0);
    (line, stream)
}

fn event(line: &[u8]) -> Value {
    serde_json::from_slice(line).unwrap()
}

fn offset(event: &Value) -> u64 {
    event["metadata"]["offset"].as_u64().unwrap()
}

/// The events up to the next empty line, which comes when there are no more.
async fn events(feed: &mut Feed) -> Vec<Value> {
    let mut events = Vec::new();
    loop {
        match feed.next().await.unwrap().unwrap() {
            line if line.is_empty() => return events,
            line => events.push(event(&line)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn events_come_line_by_line_in_the_order_of_their_offsets() {
    let (line, stream) = with_a_stream().await;
    put_events(&line, "EppDetectionSummaryEvent", 1000).await;
    let mut feed = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap();
    let events = events(&mut feed).await;
    let first = offset(&events[0]);
    assert!(events.iter().map(offset).eq(first..first + 1001), "{} events from {first}", events.len());
    let numbers = events[..1000].iter().map(|event| event["event"]["Number"].as_str().unwrap().parse::<u64>().unwrap());
    assert!(numbers.eq(0..1000));
    // Opening the stream is an event too.
    assert_eq!(events[1000]["event"]["OperationName"], "streamStarted");
}

#[tokio::test(start_paused = true)]
async fn reading_begins_where_it_was_asked_to() {
    for (from, expected) in [
        (ReadFrom::Oldest, Some(0)),
        (ReadFrom::Offset(0), Some(0)),
        (ReadFrom::Offset(7), Some(7)),
        (ReadFrom::Newest, None),
    ] {
        let (line, stream) = with_a_stream().await;
        put_events(&line, "DetectionSummaryEvent", 10).await;
        let first = {
            let mut feed = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap();
            offset(&event(&feed.next().await.unwrap().unwrap()))
        };
        // The first wanted, by the number that it has in the partition.
        let from = match from {
            ReadFrom::Offset(wanted) if wanted > 0 => ReadFrom::Offset(first + wanted),
            from => from,
        };
        let mut feed = line.falcon.open(&stream, from, &["DetectionSummaryEvent"]).await.unwrap();
        put_events(&line, "DetectionSummaryEvent", 1).await;
        let read = offset(&event(&feed.next().await.unwrap().unwrap()));
        // Ten events, and two of the streams that were opened.
        assert_eq!(read, first + expected.unwrap_or(12), "{from:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_types_that_are_wanted_come_and_the_others_leave_gaps() {
    let (line, stream) = with_a_stream().await;
    for kind in ["UserActivityAuditEvent", "DetectionSummaryEvent", "UserActivityAuditEvent", "CustomerIOCEvent"] {
        put_events(&line, kind, 2).await;
    }
    let wanted = ["DetectionSummaryEvent", "CustomerIOCEvent"];
    let mut feed = line.falcon.open(&stream, ReadFrom::Oldest, &wanted).await.unwrap();
    let events = events(&mut feed).await;
    let kinds: Vec<&str> = events.iter().map(|event| event["metadata"]["eventType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["DetectionSummaryEvent", "DetectionSummaryEvent", "CustomerIOCEvent", "CustomerIOCEvent"]);
    assert_eq!(offset(&events[2]) - offset(&events[1]), 3);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_says_every_half_minute_that_it_is_there() {
    let (line, stream) = with_a_stream().await;
    let mut feed = line.falcon.open(&stream, ReadFrom::Newest, &["DetectionSummaryEvent"]).await.unwrap();
    let begun = Instant::now();
    for beat in 1..=20 {
        assert_eq!(feed.next().await, Ok(Some(Bytes::new())));
        assert_eq!(begun.elapsed(), Duration::from_secs(30 * beat));
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_refreshed_in_time_goes_on_and_another_one_ends() {
    let (line, stream) = with_a_stream().await;
    let mut feed = line.falcon.open(&stream, ReadFrom::Newest, &[]).await.unwrap();
    let (begun, hours) = (Instant::now(), Duration::from_secs(2 * 60 * 60));
    let mut refreshed = begun;
    while begun.elapsed() < hours {
        assert!(feed.next().await.unwrap().is_some());
        // As a reader does that looks up once a line.
        if refreshed.elapsed() + Duration::from_secs(30) > stream.refresh_within() {
            line.falcon.refresh(&stream).await.unwrap();
            refreshed = Instant::now();
        }
    }
    let broken = loop {
        if let Err(error) = feed.next().await {
            break error;
        }
    };
    assert!(matches!(broken, FeedError::Broken(_)), "{broken}");
    assert_eq!(refreshed.elapsed(), Duration::from_secs(1800));
    let ended = line.falcon.open(&stream, ReadFrom::Newest, &[]).await.unwrap_err();
    assert!(matches!(ended, FalconError::SessionEnded { partition: 0, .. }), "{ended}");
    let anew = streams(&line).await.remove(0);
    line.falcon.open(&anew, ReadFrom::Newest, &[]).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn reading_on_from_the_last_offset_after_every_cut_brings_every_event_once() {
    let (line, _) = with_a_stream().await;
    line.control("PUT", "falcon/streams", json!({ "partitions": 1, "cutAfter": 50 })).await;
    put_events(&line, "DetectionSummaryEvent", 2000).await;
    let (mut numbers, mut from, mut cuts) = (Vec::new(), ReadFrom::Oldest, 0);
    while numbers.len() < 2000 {
        let stream = streams(&line).await.remove(0);
        let mut feed = line.falcon.open(&stream, from, &["DetectionSummaryEvent"]).await.unwrap();
        loop {
            match feed.next().await {
                Ok(Some(read)) if !read.is_empty() => {
                    let event = event(&read);
                    numbers.push(event["event"]["Number"].as_str().unwrap().parse::<usize>().unwrap());
                    from = ReadFrom::Offset(offset(&event) + 1);
                    if numbers.len() == 2000 {
                        break;
                    }
                }
                Ok(_) => panic!("a stream that is cut said that it ended, or was quiet"),
                Err(error) => {
                    assert!(matches!(error, FeedError::Broken(_)), "{error}");
                    cuts += 1;
                    break;
                }
            }
        }
    }
    assert!(numbers.iter().copied().eq(0..2000) && cuts > 10, "{cuts} cuts");
}

#[tokio::test(start_paused = true)]
async fn a_second_reader_of_a_stream_is_refused_in_falcons_words() {
    let (line, stream) = with_a_stream().await;
    let _feed = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap();
    let refused = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap_err();
    assert!(
        matches!(refused, FalconError::Rejected { status: 409, .. }) && refused.to_string().contains("open"),
        "{refused}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_waited_out_before_a_feed_begins() {
    for fault in ["throttle", "error:500", "drop", "delay:31000"] {
        let (line, stream) = with_a_stream().await;
        line.fault(fault, "falcon.EventStream", Some(1)).await;
        let mut feed = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap();
        assert!(feed.next().await.unwrap().is_some());
        assert_eq!(line.count(FEED), 2, "{fault}");
    }
    let (line, stream) = with_a_stream().await;
    line.fault("error:503", "falcon.EventStream", None).await;
    let error = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap_err();
    assert!(matches!(error, FalconError::Unavailable { .. }) && line.count(FEED) == 5, "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_feed_is_asked_for_with_the_sessions_token_and_the_api_never_is() {
    let (line, stream) = with_a_stream().await;
    let _feed = line.falcon.open(&stream, ReadFrom::Offset(17), &["A", "B&offset=1"]).await.unwrap();
    line.falcon.refresh(&stream).await.unwrap();
    for (path, authorization) in line.authorized() {
        let scheme = if path == FEED { "Token " } else { "Bearer " };
        assert!(authorization.starts_with(scheme), "{path}");
    }
    let expected = format!("https://api.crowdstrike.com{FEED}?appId=falconer&offset=17&eventType=A%2CB%26offset%3D1");
    assert_eq!(line.urls(FEED), [expected]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_without_the_sessions_token_even_if_it_repeats_it() {
    for status in [302, 400, 401, 403, 404, 500] {
        let line = Line::interfered(move |request| {
            let token = request.headers().get("authorization")?.to_str().unwrap().strip_prefix("Token ")?.to_owned();
            Some(answer(status, json!({"errors": [{"code": status, "message": format!("what is {token}?")}]})))
        });
        let stream = line.falcon.event_streams(&app()).await.unwrap().remove(0);
        let error = line.falcon.open(&stream, ReadFrom::Oldest, &[]).await.unwrap_err();
        let token = line.authorized().last().unwrap().1.replace("Token ", "");
        assert!(token.len() > 20 && !format!("{error} {error:?} {stream:?}").contains(&token), "{error:?}");
        assert_eq!(matches!(error, FalconError::SessionEnded { .. }), status == 401, "{error}");
        assert_eq!(error.is_transient(), status == 500, "{error}");
    }
}
