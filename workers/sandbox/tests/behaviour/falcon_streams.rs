//! Falcon's event streams: discovered, read, refreshed.

use std::time::Duration;

use bytes::Bytes;
use falconer_sandbox::ConnectionCut;
use http::Request;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use crate::aws::Aws;
use crate::falcon::{get, install_token, worker_token};
use crate::reader::{APP, Reader, discover, happen, offset, open, path, status};

/// Refreshes the stream's session; answers the status.
async fn refresh(aws: &Aws, stream: &Value, content_type: &str) -> u16 {
    let request = Request::post(path(&stream["refreshActiveSessionURL"]))
        .header("authorization", format!("Bearer {}", worker_token(aws).await))
        .header("content-type", content_type);
    aws.sandbox.handle(request.body(Bytes::new()).unwrap()).await.unwrap().status().as_u16()
}

#[tokio::test(start_paused = true)]
async fn every_partition_is_a_stream_with_a_session_and_urls_of_its_own() {
    let aws = Aws::hub();
    let request = Request::get("https://cloud.example:8443/falcon/sensors/entities/datafeed/v2?appId=a&format=json")
        .header("authorization", format!("Bearer {}", worker_token(&aws).await));
    let answer = aws.sandbox.handle(request.body(Bytes::new()).unwrap()).await.unwrap();
    let answer: Value = serde_json::from_slice(answer.body()).unwrap();
    let streams = answer["resources"].as_array().unwrap();
    let base = "https://cloud.example:8443/falcon/sensors/entities";
    for (partition, stream) in streams.iter().enumerate() {
        assert_eq!(stream["dataFeedURL"], format!("{base}/datafeed/v1/sandbox{partition}?appId=a"));
        let refresh =
            format!("{base}/datafeed-actions/v1/{partition}?appId=a&action_name=refresh_active_stream_session");
        assert_eq!(
            (&stream["refreshActiveSessionURL"], &stream["refreshActiveSessionInterval"]),
            (&json!(refresh), &json!(1800))
        );
        assert_eq!(stream["sessionToken"]["expiration"], "2024-05-01T12:30:00Z");
    }
    assert_eq!(streams.len(), 2);
    assert_ne!(streams[0]["sessionToken"]["token"], streams[1]["sessionToken"]["token"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_documented_of_a_discovery_is_refused() {
    let aws = Aws::hub();
    let token = worker_token(&aws).await;
    for (query, status) in [
        ("appId=Gateway1", 200),
        ("appId=abcdefghijabcdefghijabcdefghij12", 200),
        ("appId=abcdefghijabcdefghijabcdefghij123", 400),
        ("appId=falconer-gateway", 400),
        ("appId=", 400),
        ("", 400),
        ("appId=a&format=flatjson", 400),
        ("appId=a&partition=0", 400),
    ] {
        assert_eq!(
            get(&aws, &token, &format!("/sensors/entities/datafeed/v2?{query}")).await.status,
            status,
            "{query}"
        );
    }
    let installing = install_token(&aws).await;
    assert_eq!(get(&aws, &installing, "/sensors/entities/datafeed/v2?appId=a").await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_stream_begins_with_the_oldest_event_or_where_it_is_asked_to() {
    let aws = Aws::hub();
    aws.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await.ok();
    happen(&aws, &["one", "two", "three"]).await;
    let oldest = Reader::of_one(&aws, "").await.event().await;
    let first = offset(&oldest);
    assert!(first > 0 && oldest["event"]["Name"] == "one", "{oldest}");
    for (rest, name) in [(first, "one"), (first + 2, "three"), (0, "one")] {
        assert_eq!(Reader::of_one(&aws, &format!("&offset={rest}")).await.event().await["event"]["Name"], name);
    }
    let mut newest = Reader::of_one(&aws, "&whence=2").await;
    happen(&aws, &["four"]).await;
    assert_eq!(newest.event().await["event"]["OperationName"], "streamStarted");
    assert_eq!(newest.event().await["event"]["Name"], "four");
    let mut future = Reader::open(&aws, &discover(&aws, "other").await[0], &format!("&offset={}", first + 11)).await;
    happen(&aws, &["five", "six", "seven"]).await;
    assert_eq!(future.event().await["metadata"]["offset"], first + 11);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_a_line_with_the_metadata_that_it_brings_and_an_offset_of_falcons() {
    let aws = Aws::hub();
    let metadata =
        json!({ "customerIDString": "c", "offset": 1, "eventType": "CustomerIOCEvent", "eventCreationTime": 5 });
    let whole = json!({ "metadata": metadata, "event": { "DomainName": "evil.example" } });
    let events = json!([{ "event": whole }, { "event": { "Severity": 70 } }, { "event": "{broken" }]);
    let mut reader = Reader::of_one(&aws, "").await;
    aws.control("POST", "falcon/events", events).await.ok();
    let (brought, filled) = (reader.detection().await, reader.event().await);
    let created = 1_714_564_800_000_u64;
    let expected = json!({ "offset": 70_002, "customerIDString": "c", "eventType": "CustomerIOCEvent", "eventCreationTime": 5, "version": "1.0" });
    assert_eq!(brought, json!({ "metadata": expected, "event": { "DomainName": "evil.example" } }));
    let customer = "00000000000000000000000000000c1d";
    let expected = json!({ "offset": 70_003, "customerIDString": customer, "eventType": "EppDetectionSummaryEvent", "eventCreationTime": created, "version": "1.0" });
    assert_eq!(filled, json!({ "metadata": expected, "event": { "Severity": 70 } }));
    assert_eq!(reader.line().await.unwrap(), "{broken");
}

#[tokio::test(start_paused = true)]
async fn types_that_are_left_out_leave_gaps() {
    let aws = Aws::hub();
    let mut reader = Reader::of_one(&aws, "&eventType=A,B").await;
    for event_type in ["A", "C", "B", "a"] {
        let event = json!({ "metadata": { "eventType": event_type }, "event": {} });
        aws.control("POST", "falcon/events", json!({ "event": event })).await.ok();
    }
    assert_eq!([offset(&reader.event().await), offset(&reader.event().await)], [70_002, 70_004]);
    assert_eq!(reader.line().await.unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_events_says_every_half_minute_that_it_lives() {
    let aws = Aws::hub();
    let mut reader = Reader::of_one(&aws, "&whence=2").await;
    reader.event().await;
    let begun = Instant::now();
    assert_eq!([reader.line().await.unwrap(), reader.line().await.unwrap()], ["", ""]);
    assert_eq!(begun.elapsed().as_secs(), 60);
    happen(&aws, &["one"]).await;
    assert_eq!(reader.event().await["event"]["Name"], "one");
    assert_eq!(begun.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn an_opened_stream_says_so_in_itself_and_its_time_is_in_seconds_now_and_then() {
    let aws = Aws::hub();
    let mut times = Vec::new();
    for asked in ["", "&offset=70001&eventType=AuthActivityAuditEvent"] {
        let mut reader = Reader::of_one(&aws, asked).await;
        times.push(reader.event().await);
        if !asked.is_empty() {
            times.push(reader.event().await);
        }
    }
    let created: Vec<&Value> = times.iter().map(|event| &event["metadata"]["eventCreationTime"]).collect();
    assert_eq!(created, [&json!(1_714_564_800), &json!(1_714_564_800), &json!(1_714_564_800_000_u64)]);
    let details = [("partition", "0"), ("offset", "70001"), ("appId", APP), ("eventType", "AuthActivityAuditEvent")];
    let details = details.map(|(key, value)| json!({ "Key": key, "ValueString": value }));
    assert_eq!(times[2]["event"]["AuditKeyValues"], json!(details));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_documented_of_a_stream_is_refused() {
    let aws = Aws::hub();
    let streams = discover(&aws, APP).await;
    for (rest, expected) in [
        ("&offset=1&whence=2", 400),
        ("&whence=0", 400),
        ("&offset=-1", 400),
        ("&limit=1", 400),
        ("&offset=18446744073709551615", 200),
    ] {
        assert_eq!(status(&aws, &streams[0], rest).await, expected, "{rest}");
    }
    let mut stranger = streams[0].clone();
    for token in ["guessed", streams[1]["sessionToken"]["token"].as_str().unwrap()] {
        stranger["sessionToken"]["token"] = token.into();
        assert_eq!(status(&aws, &stranger, "").await, 401);
    }
    discover(&aws, APP).await;
    assert_eq!(status(&aws, &streams[0], "").await, 401, "a new session takes the place of the old one");
}

#[tokio::test(start_paused = true)]
async fn an_app_id_reads_a_partition_once_and_has_no_streams_to_discover_meanwhile() {
    let aws = Aws::hub();
    let streams = discover(&aws, APP).await;
    let reader = Reader::open(&aws, &streams[0], "&offset=5").await;
    assert_eq!(status(&aws, &streams[0], "").await, 409);
    assert_eq!((discover(&aws, APP).await.len(), discover(&aws, "other").await.len()), (0, 2));
    let second = Reader::open(&aws, &streams[1], "&whence=2").await;
    let shown = aws.control("GET", "falcon/streams", json!(null)).await.ok();
    let expected = json!([
        { "partition": 0, "first": 70_001, "next": 70_002, "connections": [{ "appId": APP, "offset": 5 }] },
        { "partition": 1, "first": 1_000_070_001, "next": 1_000_070_002, "connections": [{ "appId": APP, "offset": null }] },
    ]);
    assert_eq!(shown, expected);
    drop((reader, second));
    assert_eq!(status(&aws, &streams[0], "").await, 200, "the session is the same");
    assert_eq!(discover(&aws, APP).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_refreshed_is_cut_after_half_an_hour() {
    let aws = Aws::hub();
    let streams = discover(&aws, APP).await;
    advance(Duration::from_secs(600)).await;
    let (mut kept, mut left) = (Reader::open(&aws, &streams[0], "").await, Reader::open(&aws, &streams[1], "").await);
    advance(Duration::from_secs(1700)).await;
    assert_eq!(refresh(&aws, &streams[0], "application/json").await, 200);
    let cut = async |reader: &mut Reader| {
        while reader.line().await.is_some() {}
        Instant::now()
    };
    let begun = Instant::now();
    assert_eq!(cut(&mut left).await.duration_since(begun).as_secs(), 100);
    assert_eq!(cut(&mut kept).await.duration_since(begun).as_secs(), 1800);
    assert_eq!(status(&aws, &streams[0], "").await, 401, "the session has ended too");
    assert_eq!(refresh(&aws, &streams[0], "application/json").await, 404);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_names_its_content_type_and_its_action() {
    let aws = Aws::hub();
    let mut stream = discover(&aws, APP).await[0].clone();
    assert_eq!(refresh(&aws, &stream, "text/plain").await, 415);
    assert_eq!(refresh(&aws, &stream, "application/json").await, 200);
    let url = stream["refreshActiveSessionURL"].as_str().unwrap().to_owned();
    for (from, to, status) in
        [("_session", "", 400), ("v1/0", "v1/7", 404), ("v1/0", "v1/x", 404), (APP, "nobody", 404)]
    {
        stream["refreshActiveSessionURL"] = url.replace(from, to).into();
        assert_eq!(refresh(&aws, &stream, "application/json").await, status, "{to}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_reads_an_answer_as_a_whole_waits_for_a_streams_end() {
    let aws = Aws::hub();
    let stream = &discover(&aws, APP).await[0];
    let token = stream["sessionToken"]["token"].as_str().unwrap();
    let request = Request::get(path(&stream["dataFeedURL"])).header("authorization", format!("Token {token}"));
    let begun = Instant::now();
    assert_eq!(aws.sandbox.handle(request.body(Bytes::new()).unwrap()).await.unwrap_err(), ConnectionCut);
    assert_eq!(begun.elapsed().as_secs(), 1800);
}

#[tokio::test(start_paused = true)]
async fn faults_meet_discovery_opening_and_refresh() {
    let aws = Aws::hub();
    let stream = discover(&aws, APP).await[0].clone();
    let fault = async |operation: &str, fault: &str| {
        let fault = json!({ "operation": format!("falcon.{operation}"), "fault": fault, "times": 1 });
        aws.control("POST", "faults", fault).await.ok();
    };
    for cut in ["drop", "lose-answer"] {
        fault("EventStream", cut).await;
        assert!(open(&aws, &stream, "").await.is_err());
    }
    fault("EventStream", "throttle").await;
    assert_eq!(status(&aws, &stream, "").await, 429);
    fault("EventStream", "delay:250").await;
    let begun = Instant::now();
    assert_eq!(status(&aws, &stream, "").await, 200, "a connection whose answer was lost is none");
    assert_eq!(begun.elapsed().as_millis(), 250);
    fault("RefreshEventStream", "error:500").await;
    assert_eq!(refresh(&aws, &stream, "application/json").await, 500);
    fault("EventStreams", "error:503").await;
    let token = worker_token(&aws).await;
    assert_eq!(get(&aws, &token, "/sensors/entities/datafeed/v2?appId=a").await.status, 503);
    let counts = aws.control("GET", "calls", json!(null)).await.ok();
    let count = |operation: &str| counts[format!("falcon.{operation}")].as_u64().unwrap();
    assert_eq!([count("EventStreams"), count("EventStream"), count("RefreshEventStream")], [2, 4, 1]);
}
