//! Where a gateway keeps how far it has come.

use falconer_cli::commands::gateway::FollowFailure;
use serde_json::{Value, json};

use crate::events::detection;
use crate::story::{HUB, Story};

const PARAMETER: [(&str, &str); 1] = [("GATEWAY_OFFSETS", "parameter:/falconer/gateway/offsets")];

async fn parameter(story: &Story) -> Value {
    let client = aws_sdk_ssm::Client::new(&story.house.sdk);
    let parameter = client.get_parameter().name("/falconer/gateway/offsets").send().await.unwrap();
    serde_json::from_str(parameter.parameter.unwrap().value().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn offsets_in_a_parameter_are_where_the_next_gateway_goes_on() {
    let mut story = Story::open("parameter").await;
    story.start(&PARAMETER);
    story.detect_in(0, detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
    let kept = parameter(&story).await;
    assert_eq!(kept["0"].as_u64(), Some(story.next_offset(0).await - 1));
    story.detect_in(0, detection("two", 1)).await;
    story.start(&PARAMETER);
    story.until_found(HUB, 2).await;
    story.stop().await.unwrap();
    assert_eq!(story.metric("FindingsPublished"), 2, "nothing was published again");
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_cannot_be_written_for_a_while_holds_up_no_finding() {
    let mut story = Story::open("parameter_fails").await;
    story
        .house
        .fault(json!({ "operation": "ssm.PutParameter", "fault": "error:InternalServerError", "times": 30 }))
        .await;
    story.start(&PARAMETER);
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    story.until_logged("PutParameter on the parameter /falconer/gateway/offsets").await;
    story.no_faults().await;
    story.stop().await.unwrap();
    assert!(parameter(&story).await["0"].is_u64());
}

#[tokio::test(start_paused = true)]
async fn offsets_that_could_not_be_kept_at_the_end_are_told() {
    for fault in ["error:AccessDeniedException", "delay:600000"] {
        let mut story = Story::open("not_kept_at_the_end").await;
        story.house.fault(json!({ "operation": "ssm.PutParameter", "fault": fault })).await;
        story.start(&PARAMETER);
        story.detect(detection("one", 1)).await;
        story.until_found(HUB, 1).await;
        let Err(FollowFailure::Gateway(error)) = story.stop().await else { panic!("{fault}") };
        assert!(error.to_string().contains("read again at the next start"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_cannot_know_how_far_it_has_come_does_not_begin() {
    let mut story = Story::open("unreadable").await;
    std::fs::write(story.folder.join("offsets.json"), "{\"0\":").unwrap();
    story.start(&[]);
    let Err(FollowFailure::Gateway(error)) = story.ended().await else { panic!("it has begun") };
    assert!(error.to_string().contains("offsets.json") && error.to_string().contains("gateway.from"), "{error}");

    story.house.fault(json!({ "operation": "ssm.GetParameter", "fault": "error:AccessDeniedException" })).await;
    story.start(&PARAMETER);
    let Err(FollowFailure::Gateway(error)) = story.ended().await else { panic!("it has begun") };
    assert!(error.to_string().contains("Grant ssm:GetParameter"), "{error}");
    assert_eq!(story.house.calls("falcon.EventStreams").await, 0);
}

#[tokio::test(start_paused = true)]
async fn an_offset_is_not_kept_before_security_hub_has_taken_everything_up_to_it() {
    let mut story = Story::open("not_ahead").await;
    story.house.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await;
    story.detect(detection("one", 1)).await;
    let held = story.next_offset(0).await;
    story
        .house
        .fault(json!({ "operation": "securityhub.BatchImportFindings", "fault": "delay:45000", "times": 1 }))
        .await;
    story.start(&[]);
    story.until("the call", async || story.house.calls("securityhub.BatchImportFindings").await == 1).await;
    for name in ["two", "three"] {
        story.detect(detection(name, 1)).await;
    }
    story.until_found(HUB, 2).await;
    tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    assert!(story.offsets().get(&0).is_none_or(|kept| *kept < held - 1), "{:?}", story.offsets());
    story.until_found(HUB, 3).await;
    story.stop().await.unwrap();
    assert_eq!(story.offsets()[&0], story.next_offset(0).await - 1);
}
