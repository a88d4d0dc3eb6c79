//! What a gateway tells of itself, and how much it takes on.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::events::{detection, template};
use crate::story::{HUB, Story};

/// The last metrics of a partition.
fn last_of(story: &Story, partition: &str) -> Value {
    let lines = story.metric_lines();
    lines.iter().rev().find(|line| line["Partition"] == partition).unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn metrics_tell_how_far_it_is_behind_and_what_became_of_events() {
    let mut story = Story::begin("metrics").await;
    story.detect_in(0, detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    story.house.fault(json!({ "operation": "securityhub.BatchImportFindings", "fault": "drop" })).await;
    story.detect_in(0, detection("two", 1)).await;
    sleep(Duration::from_secs(120)).await;
    let (behind, quiet) = (last_of(&story, "0"), last_of(&story, "1"));
    assert_eq!(behind["LagEvents"], 1);
    assert!((60.0..=120.0).contains(&behind["LagSeconds"].as_f64().unwrap()), "{behind}");
    assert_eq!((&quiet["LagEvents"], &quiet["LagSeconds"], &quiet["Connected"]), (&json!(0), &json!(0.0), &json!(1)));
    assert_eq!(quiet["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Falconer");
    story.no_faults().await;
    story.until_found(HUB, 2).await;
    story.detect_in(0, json!("broken")).await;
    story.stop().await.unwrap();
    let totals = ["FindingsPublished", "FindingsFailed", "FindingsHandedOn"].map(|name| story.metric(name));
    assert_eq!(totals, [2, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_partition_that_cannot_be_read_is_told() {
    let mut story = Story::begin("not_connected").await;
    story.until_logged("opening the feed").await;
    story.house.fault(json!({ "operation": "falcon.EventStream", "fault": "error:500" })).await;
    story.house.control("DELETE", "falcon/streams", Value::Null).await;
    sleep(Duration::from_secs(120)).await;
    assert_eq!(last_of(&story, "0")["Connected"], 0);
    story.no_faults().await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(last_of(&story, "0")["Connected"], 1);
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_security_hub_that_takes_nothing_makes_the_stream_wait_and_not_the_memory_grow() {
    let mut story = Story::open("back_pressure").await;
    story.house.fault(json!({ "operation": "securityhub.BatchImportFindings", "fault": "delay:30000" })).await;
    story.detect_many(template(1), 40_000).await;
    story.start(&[("GATEWAY_GRACE_SECONDS", "1")]);
    sleep(Duration::from_secs(20)).await;
    story.stop().await.unwrap_err();
    let read = story.metric("EventsRead");
    assert!((8_000..=9_100).contains(&read), "{read}: the places, and what each partition has at hand");
}
