//! Which events become findings.

use falconer_tests::fleet::MEMBER;
use serde_json::{Value, json};

use crate::events::{audit, detection, finding_id, instance, laptop};
use crate::story::{HUB, Story};

fn of_type(event_type: &str, event: Value) -> Value {
    json!({ "metadata": { "eventType": event_type }, "event": event })
}

#[tokio::test(start_paused = true)]
async fn events_that_a_filter_leaves_out_are_counted_by_it_and_hold_nothing_up() {
    let mut story = Story::open("left_out").await;
    story.house.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await;
    story.host(instance(1)).await;
    story.host(laptop(2)).await;
    let mut low = detection("low", 1);
    low["SeverityName"] = json!("Low");
    let old = json!({ "metadata": { "eventCreationTime": 1_700_000_000_000_u64 }, "event": detection("old", 1) });
    for event in
        [audit(), low, old, detection("laptop", 2), of_type("MobileDetectionSummaryEvent", detection("phone", 1))]
    {
        story.detect(event).await;
    }
    story.detect(detection("passes", 1)).await;
    story.start(&[
        ("GATEWAY_FILTER_MIN_SEVERITY", "HIGH"),
        ("GATEWAY_FILTER_MAX_AGE_DAYS", "30"),
        ("GATEWAY_FILTER_EVENT_TYPES", "EppDetectionSummaryEvent"),
        ("GATEWAY_FILTER_CLOUDS", "aws"),
    ]);
    story.until_found(MEMBER, 1).await;
    story.stop().await.unwrap();
    assert_eq!((story.ids(MEMBER).await, story.ids(HUB).await), (vec![finding_id("passes")], vec![]));
    assert_eq!(story.offsets()[&0], story.next_offset(0).await - 1);
    let left_out = |filter: &str| {
        let lines = story.metric_lines();
        let of_filter = lines.iter().filter(|line| line["Filter"] == filter);
        of_filter.filter_map(|line| line["EventsLeftOut"].as_u64()).sum::<u64>()
    };
    // The stream tells its own beginning too.
    assert_eq!(["type", "age", "severity", "cloud"].map(left_out), [3, 1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_event_without_a_severity_by_name_becomes_a_finding() {
    let mut story = Story::begin("no_severity").await;
    let mut event = detection("scan", 1);
    event.as_object_mut().unwrap().remove("SeverityName");
    story.detect(event).await;
    story.until_found(HUB, 1).await;
    let severity = story.findings(HUB).await.remove(0).severity.unwrap();
    assert_eq!(severity.label().map(|label| label.as_str()), Some("HIGH"));
    story.stop().await.unwrap();
}
