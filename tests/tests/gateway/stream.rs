//! The stream: what breaks it, what ends it, and what takes it away.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::events::{detection, template};
use crate::story::{HUB, Story};

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_again_and_again_loses_no_event_and_goes_on_where_it_was() {
    let mut story = Story::open("breaks").await;
    let streams = json!({ "partitions": 2, "cutAfter": 40, "repeat": 7, "reorder": true });
    story.house.control("PUT", "falcon/streams", streams).await;
    story.detect_many(template(1), 600).await;
    story.start(&[]);
    story.until_found(HUB, 600).await;
    story.stop().await.unwrap();
    let (read, opened) = (story.metric("EventsRead"), story.house.calls("falcon.EventStream").await);
    assert!(opened > 10, "{opened}");
    assert!(read < 600 + opened * 10, "{read} events were read in {opened} connections: none began from the beginning");
    assert_eq!(story.house.calls("falcon.EventStreams").await, 1, "the session went on");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_begins_with_the_event_after_the_last() {
    let mut story = Story::begin("resumes").await;
    story.detect_in(0, detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    let next = story.next_offset(0).await;
    story.house.control("DELETE", "falcon/streams", Value::Null).await;
    let asked = async || story.house.control("GET", "falcon/streams", Value::Null).await[0]["connections"].clone();
    story.until("the connection", async || asked().await[0]["offset"].is_u64()).await;
    assert_eq!(asked().await[0]["offset"].as_u64(), Some(next));
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn both_partitions_are_read_for_hours_in_one_session() {
    let mut story = Story::begin("hours").await;
    for hour in 0..5 {
        for partition in 0..2 {
            story.detect_in(partition, detection(&format!("{hour}-{partition}"), 1)).await;
        }
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(story.ids(HUB).await.len(), 2 * (hour + 1));
    }
    story.stop().await.unwrap();
    let calls = async |operation| story.house.calls(operation).await;
    assert_eq!((calls("falcon.EventStreams").await, calls("falcon.EventStream").await), (1, 2));
    assert!(calls("falcon.RefreshEventStream").await >= 2 * 11, "every 27 minutes");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_is_followed_by_another_and_nothing_is_lost_in_between() {
    let mut story = Story::begin("session_ended").await;
    story.detect(detection("before", 1)).await;
    story.until_found(HUB, 1).await;
    story.house.fault(json!({ "operation": "falcon.RefreshEventStream", "fault": "error:500" })).await;
    sleep(Duration::from_secs(1_750)).await;
    for name in ["during", "during too"] {
        story.detect(detection(name, 1)).await;
    }
    sleep(Duration::from_secs(300)).await;
    story.no_faults().await;
    for name in ["after", "after too"] {
        story.detect(detection(name, 1)).await;
    }
    story.until_found(HUB, 5).await;
    story.stop().await.unwrap();
    assert!(story.house.calls("falcon.EventStreams").await >= 2);
    assert!(story.log().contains("could not be refreshed"), "{}", story.log());
}

#[tokio::test(start_paused = true)]
async fn an_app_id_in_use_is_said_in_so_many_words_and_waited_for() {
    let mut first = Story::begin("in_use").await;
    first.until_logged("opening the feed").await;
    let mut second = first.beside("in_use_second");
    second.start(&[]);
    second.until_logged("another reader holds it").await;
    assert!(second.log().contains("for the appId falconer"), "{}", second.log());
    first.stop().await.unwrap();
    first.detect(detection("one", 1)).await;
    second.until_found(HUB, 1).await;
    second.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_never_taken_is_no_reason_to_hurry() {
    let mut story = Story::open("never_taken").await;
    story.house.fault(json!({ "operation": "falcon.EventStream", "fault": "error:401" })).await;
    story.start(&[]);
    sleep(Duration::from_secs(60)).await;
    let found = story.house.calls("falcon.EventStreams").await;
    assert!((2..=61).contains(&found), "{found} discoveries in a minute");
    story.no_faults().await;
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
}
