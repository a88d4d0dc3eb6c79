//! How a gateway stops.

use std::time::Duration;

use falconer_cli::commands::gateway::FollowFailure;
use serde_json::json;
use tokio::time::Instant;

use crate::events::{detection, template};
use crate::story::{HUB, Story};

const IMPORT: &str = "securityhub.BatchImportFindings";

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_asked_to_stop_settles_what_is_under_way_and_keeps_its_offsets() {
    let mut story = Story::open("settles").await;
    story.house.fault(json!({ "operation": IMPORT, "fault": "delay:20000" })).await;
    story.start(&[("GATEWAY_COMMIT_SECONDS", "300")]);
    story.detect_many(template(1), 500).await;
    story.until("the call", async || story.house.calls(IMPORT).await >= 1).await;
    story.stop().await.unwrap();
    assert_eq!(story.ids(HUB).await.len(), 500);
    for partition in 0..2 {
        assert_eq!(story.offsets()[&(partition as u32)], story.next_offset(partition).await - 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_grace_time_that_is_too_short_is_told_and_what_is_not_settled_comes_again() {
    let mut story = Story::open("too_short").await;
    story.house.fault(json!({ "operation": IMPORT, "fault": "drop" })).await;
    story.detect_many(template(1), 20_000).await;
    story.start(&[("GATEWAY_GRACE_SECONDS", "10")]);
    story.until("the call", async || story.house.calls(IMPORT).await >= 8).await;
    let asked = Instant::now();
    let Err(FollowFailure::Gateway(error)) = story.stop().await else { panic!("it has settled everything") };
    assert!(asked.elapsed() <= Duration::from_secs(12), "even if the stream's readers wait: {:?}", asked.elapsed());
    assert!(error.to_string().contains("gateway.grace_seconds"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_settled_in_time_is_read_again() {
    let mut story = Story::open("read_again").await;
    story.house.fault(json!({ "operation": IMPORT, "fault": "drop" })).await;
    story.start(&[("GATEWAY_GRACE_SECONDS", "10")]);
    story.detect(detection("one", 1)).await;
    story.until("the call", async || story.house.calls(IMPORT).await >= 1).await;
    story.stop().await.unwrap_err();
    story.no_faults().await;
    story.start(&[]);
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn asked_twice_it_does_not_wait() {
    let mut story = Story::open("twice").await;
    story.house.fault(json!({ "operation": IMPORT, "fault": "drop" })).await;
    story.start(&[]);
    story.detect(detection("one", 1)).await;
    story.until("the call", async || story.house.calls(IMPORT).await >= 1).await;
    let asked = Instant::now();
    story.shutdown.request();
    story.stop().await.unwrap_err();
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn it_stops_at_once_while_falcon_does_not_answer() {
    for operation in ["falcon.EventStreams", "falcon.EventStream"] {
        let mut story = Story::open("falcon_silent").await;
        story.house.fault(json!({ "operation": operation, "fault": "delay:600000" })).await;
        story.start(&[]);
        story.until("the call", async || story.house.calls(operation).await >= 1).await;
        let asked = Instant::now();
        story.stop().await.unwrap();
        assert!(asked.elapsed() < Duration::from_secs(1), "{operation}: {:?}", asked.elapsed());
    }
}
