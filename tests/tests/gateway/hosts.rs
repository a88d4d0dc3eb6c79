//! What Falcon says, or does not say, of the hosts.

use std::time::Duration;

use falconer_tests::fleet::MEMBER;
use serde_json::json;
use tokio::time::Instant;

use crate::events::{detection, instance, template};
use crate::story::{HUB, Story};

const HOSTS: &str = "falcon.HostsById";

#[tokio::test(start_paused = true)]
async fn a_host_is_asked_for_once_for_all_its_events() {
    let mut story = Story::begin("asked_once").await;
    story.host(instance(1)).await;
    story.detect_many(template(1), 100).await;
    story.until_found(MEMBER, 100).await;
    story.detect(detection("later", 1)).await;
    story.until_found(MEMBER, 101).await;
    story.stop().await.unwrap();
    let asked = story.house.calls(HOSTS).await;
    assert!(asked <= 2, "{asked}: once for each partition at the most");
}

#[tokio::test(start_paused = true)]
async fn hosts_that_falcon_does_not_tell_for_a_minute_cost_a_finding_its_instance_and_not_the_finding() {
    let mut story = Story::begin("silent").await;
    story.host(instance(1)).await;
    story.house.fault(json!({ "operation": HOSTS, "fault": "delay:3600000" })).await;
    let begun = Instant::now();
    story.detect_in(0, detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    assert!((60..65).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    story.detect_in(0, detection("two", 1)).await;
    story.until_found(HUB, 2).await;
    assert!(begun.elapsed() < Duration::from_secs(70), "the next one does not wait again: {:?}", begun.elapsed());
    assert!(story.log().contains("Falcon.Hosts"), "{}", story.log());
    story.no_faults().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    story.detect_in(0, detection("three", 1)).await;
    story.until_found(MEMBER, 1).await;
    story.stop().await.unwrap();
    assert_eq!(story.metric("FindingsWithoutHost"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_missing_scope_costs_no_time() {
    let mut story = Story::begin("no_scope").await;
    story.house.fault(json!({ "operation": HOSTS, "fault": "error:403" })).await;
    let begun = Instant::now();
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(story.log().contains("Hosts: Read"), "{}", story.log());
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_event_is_not_left_out_because_falcon_does_not_say_where_its_host_runs() {
    let mut story = Story::open("not_guessed").await;
    story.host(instance(1)).await;
    story.house.fault(json!({ "operation": HOSTS, "fault": "error:403" })).await;
    story.start(&[("GATEWAY_FILTER_CLOUDS", "aws")]);
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
}
