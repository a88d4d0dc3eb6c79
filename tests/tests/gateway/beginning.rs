//! Where a gateway begins, and where it goes on.

use serde_json::json;

use crate::events::{detection, finding_id};
use crate::story::{HUB, Story};

/// A house whose stream has one partition with three events.
async fn three_events(name: &str) -> Story {
    let story = Story::open(name).await;
    story.house.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await;
    for name in ["a", "b", "c"] {
        story.detect(detection(name, 1)).await;
    }
    story
}

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| finding_id(name)).collect()
}

async fn found_after(story: &mut Story, anew: bool, from: &str) -> Vec<String> {
    if anew {
        story.start_anew(&[("GATEWAY_FROM", from)])
    } else {
        story.start(&[("GATEWAY_FROM", from)])
    }
    story.until_logged("opening the feed").await;
    story.detect(detection("last", 1)).await;
    story.until("the last one", async || story.ids(HUB).await.contains(&finding_id("last"))).await;
    story.stop().await.unwrap();
    story.ids(HUB).await
}

#[tokio::test(start_paused = true)]
async fn it_begins_with_the_oldest_event() {
    let mut story = three_events("oldest").await;
    assert_eq!(found_after(&mut story, false, "oldest").await, ids(&["a", "b", "c", "last"]));
}

#[tokio::test(start_paused = true)]
async fn it_begins_with_the_next_event() {
    let mut story = three_events("newest").await;
    story.start(&[("GATEWAY_FROM", "newest")]);
    story.until("the stream's own first event", async || !story.offsets().is_empty()).await;
    story.detect(detection("last", 1)).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
    assert_eq!(story.ids(HUB).await, ids(&["last"]));
}

#[tokio::test(start_paused = true)]
async fn it_begins_with_an_offset() {
    let mut story = three_events("offset").await;
    let offset = story.next_offset(0).await - 1;
    assert_eq!(found_after(&mut story, false, &offset.to_string()).await, ids(&["c", "last"]));
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_counts_for_more_than_where_it_is_to_begin() {
    let mut story = three_events("kept").await;
    let offset = story.next_offset(0).await - 1;
    std::fs::write(story.folder.join("offsets.json"), format!("{{\"0\":{}}}", offset - 1)).unwrap();
    assert_eq!(found_after(&mut story, false, "oldest").await, ids(&["c", "last"]));
}

#[tokio::test(start_paused = true)]
async fn begun_anew_it_does_not_look_at_what_is_kept() {
    let mut story = three_events("anew").await;
    let offset = story.next_offset(0).await - 1;
    std::fs::write(story.folder.join("offsets.json"), format!("{{\"0\":{offset}}}")).unwrap();
    assert_eq!(found_after(&mut story, true, "oldest").await, ids(&["a", "b", "c", "last"]));
}

#[tokio::test(start_paused = true)]
async fn begun_anew_in_vain_it_leaves_what_is_kept() {
    let mut story = three_events("anew_in_vain").await;
    std::fs::write(story.folder.join("offsets.json"), "{\"0\":70002}").unwrap();
    story.house.fault(json!({ "operation": "falcon.EventStreams", "fault": "error:500" })).await;
    story.start_anew(&[]);
    story.until_logged("no event stream to read").await;
    story.stop().await.unwrap();
    assert_eq!(story.offsets(), [(0, 70002)].into());
}

#[tokio::test(start_paused = true)]
async fn a_partition_that_was_quiet_loses_nothing_that_came_while_no_gateway_ran() {
    let mut story = Story::open("quiet").await;
    story.start(&[("GATEWAY_FROM", "newest")]);
    story.until("both partitions' own first events", async || story.offsets().len() == 2).await;
    story.stop().await.unwrap();
    story.detect_in(1, detection("meanwhile", 1)).await;
    story.start(&[("GATEWAY_FROM", "newest")]);
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
}
