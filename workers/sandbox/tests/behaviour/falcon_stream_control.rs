//! What a test lets happen to Falcon's event streams.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use crate::aws::Aws;
use crate::reader::{APP, Reader, discover, happen, offset, status};

async fn set(aws: &Aws, settings: Value) {
    aws.control("PUT", "falcon/streams", settings).await.ok();
}

fn name(event: &Value) -> &str {
    event["event"]["Name"].as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_pattern_makes_a_million_events_over_all_partitions_each_once() {
    let aws = Aws::hub();
    let template = json!({
        "metadata": { "eventType": "EppDetectionSummaryEvent" },
        "event": { "Name": "{n}", "AgentId": "{device}", "CompositeId": "c:ind:{device}:{n}" },
    });
    let many = json!({ "template": template, "count": 1_000_000, "devices": ["d0", "d1", "d2"] });
    aws.control("POST", "falcon/events", many).await.ok();
    let shown = aws.control("GET", "falcon/streams", json!(null)).await.ok();
    for (partition, stream) in discover(&aws, APP).await.iter().enumerate() {
        let shown = &shown[partition];
        assert_eq!(shown["next"].as_u64().unwrap() - shown["first"].as_u64().unwrap(), 500_000);
        let mut reader = Reader::open(&aws, stream, "").await;
        for number in (partition..1000).step_by(2) {
            let event = reader.event().await;
            let device = format!("d{}", number % 3);
            let expected = json!({ "Name": number.to_string(), "AgentId": device, "CompositeId": format!("c:ind:{device}:{number}") });
            assert_eq!(event["event"], expected);
            assert_eq!(offset(&event), shown["first"].as_u64().unwrap() + number as u64 / 2);
        }
        let last = format!("&offset={}", shown["next"].as_u64().unwrap() - 1);
        let mut reader = Reader::open(&aws, &discover(&aws, "last").await[partition], &last).await;
        assert_eq!(name(&reader.event().await), (999_998 + partition).to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn events_go_to_the_partitions_in_turn_or_to_the_one_that_is_named() {
    let aws = Aws::hub();
    set(&aws, json!({ "partitions": 3 })).await;
    happen(&aws, &["0", "1", "2", "3"]).await;
    aws.control("POST", "falcon/events", json!({ "template": { "Name": "p{n}" }, "count": 2 })).await.ok();
    aws.control("POST", "falcon/events", json!({ "event": { "Name": "named" }, "partition": 1 })).await.ok();
    let mut names = Vec::new();
    for stream in discover(&aws, APP).await {
        let mut reader = Reader::open(&aws, &stream, "").await;
        let mut of_stream = Vec::new();
        for event in [reader.event().await, reader.event().await] {
            of_stream.push(name(&event).to_owned());
        }
        if let named @ Some("named") = reader.event().await["event"]["Name"].as_str() {
            of_stream.extend(named.map(str::to_owned));
        }
        names.push(of_stream);
    }
    assert_eq!(names, [vec!["0", "3"], vec!["1", "p0", "named"], vec!["2", "p1"]]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_or_set_is_refused() {
    let aws = Aws::hub();
    for events in [
        json!({ "event": {}, "partition": 2 }),
        json!({ "event": {}, "count": 2 }),
        json!({ "template": { "AgentId": "{device}" }, "count": 2 }),
        json!({ "event": { "metadata": 7, "event": {} } }),
        json!({ "event": { "metadata": {}, "event": {}, "offset": 1 } }),
    ] {
        assert_eq!(aws.control("POST", "falcon/events", events.clone()).await.status, 400, "{events}");
    }
    for settings in [json!({ "partitions": 0 }), json!({ "partitions": 101 }), json!({ "cutafter": 1 })] {
        assert_eq!(aws.control("PUT", "falcon/streams", settings.clone()).await.status, 400, "{settings}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reconnect_repeats_events() {
    let aws = Aws::hub();
    set(&aws, json!({ "partitions": 1, "repeat": 2 })).await;
    happen(&aws, &["0", "1", "2", "3"]).await;
    let stream = &discover(&aws, APP).await[0];
    assert_eq!(name(&Reader::open(&aws, stream, "&offset=70004").await.event().await), "1");
    assert_eq!(name(&Reader::open(&aws, stream, "&offset=70001").await.event().await), "0");
}

#[tokio::test(start_paused = true)]
async fn connections_are_cut_in_the_middle_of_a_line_and_the_session_goes_on() {
    let aws = Aws::hub();
    set(&aws, json!({ "partitions": 1, "cutAfter": 100 })).await;
    aws.control("POST", "falcon/events", json!({ "template": { "Name": "{n}" }, "count": 1000 })).await.ok();
    let stream = &discover(&aws, APP).await[0];
    let (mut position, mut counts) = (70_001, BTreeSet::new());
    for _ in 0..5 {
        let mut reader = Reader::open(&aws, stream, &format!("&offset={position}")).await;
        let mut count = 0;
        while let Some(line) = reader.line().await {
            let event: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(offset(&event), position);
            (position, count) = (position + 1, count + 1);
        }
        assert!((50..=150).contains(&count) && reader.unread().starts_with(b"{\"metadata\""), "{count}");
        counts.insert(count);
    }
    assert!(counts.len() > 1, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn every_connection_can_be_cut_now() {
    let aws = Aws::hub();
    let streams = discover(&aws, APP).await;
    let mut readers = [Reader::open(&aws, &streams[0], "").await, Reader::open(&aws, &streams[1], "").await];
    for reader in &mut readers {
        reader.event().await;
    }
    let waiting = tokio::spawn(async move {
        let [first, second] = &mut readers;
        (first.line().await, second.line().await)
    });
    tokio::task::yield_now().await;
    let begun = Instant::now();
    aws.control("DELETE", "falcon/streams", json!(null)).await.ok();
    assert_eq!(waiting.await.unwrap(), (None, None));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(discover(&aws, APP).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_app_id_may_stay_taken_for_a_while_after_its_connection_ended() {
    let aws = Aws::hub();
    set(&aws, json!({ "partitions": 1, "linger": 60 })).await;
    let stream = &discover(&aws, APP).await[0];
    drop(Reader::open(&aws, stream, "").await);
    advance(Duration::from_secs(59)).await;
    assert_eq!((status(&aws, stream, "").await, discover(&aws, APP).await.len()), (409, 0));
    advance(Duration::from_secs(1)).await;
    assert_eq!(status(&aws, stream, "").await, 200);
}

#[tokio::test(start_paused = true)]
async fn what_happened_first_may_come_last_among_the_partitions() {
    let aws = Aws::hub();
    set(&aws, json!({ "reorder": true })).await;
    aws.control("POST", "falcon/events", json!({ "template": { "Name": "{n}" }, "count": 20 })).await.ok();
    let (mut firsts, begun) = (BTreeSet::new(), Instant::now());
    for app in 0..20 {
        let streams = discover(&aws, &format!("app{app}")).await;
        let [mut one, mut other] =
            [Reader::open(&aws, &streams[0], "").await, Reader::open(&aws, &streams[1], "").await];
        let first = tokio::select! { biased; event = one.event() => event, event = other.event() => event };
        firsts.insert(name(&first).to_owned());
    }
    assert_eq!(firsts, BTreeSet::from(["0".to_owned(), "1".to_owned()]));
    assert!(begun.elapsed() < Duration::from_millis(20 * 21), "{:?}", begun.elapsed());
}
