//! Findings that Security Hub does not take, or not yet.

use std::time::Duration;

use falconer_tests::fleet::{EAST, MEMBER};
use falconer_tests::wire::InProcess;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::events::{audit, cut_off, detection, finding_id, instance, template};
use crate::story::{HUB, Story};
use crate::stubborn::Stubborn;

const IMPORT: &str = "securityhub.BatchImportFindings";

/// An event whose finding has more than the 240 KB that Security Hub takes.
fn oversized(name: &str) -> Value {
    let long = "\u{1f980}".repeat(2048);
    let technique =
        json!({ "Tactic": long, "TacticID": long, "Technique": long, "TechniqueID": long, "PatternID": long });
    let request = json!({ "DomainName": long, "RequestType": long });
    let mut event = detection(name, 1);
    event["MitreAttack"] = json!(vec![technique; 5]);
    event["DnsRequests"] = json!(vec![request; 5]);
    for member in ["CommandLine", "ParentCommandLine", "GrandParentCommandLine", "IOCValue", "FileName", "FilePath"] {
        event[member] = json!(long);
    }
    event
}

#[tokio::test(start_paused = true)]
async fn a_finding_that_is_refused_for_good_becomes_a_dead_letter_and_harms_no_other() {
    let mut story = Story::begin("refused_for_good").await;
    for name in ["1", "2"] {
        story.detect_in(0, detection(name, 1)).await;
    }
    story.detect_in(0, oversized("refused")).await;
    story.detect_in(0, detection("3", 1)).await;
    story.until_found(HUB, 3).await;
    let next = story.next_offset(0).await;
    story.until("the last offset", async || story.offsets().get(&0) == Some(&(next - 1))).await;
    let letter = story.dead_letters().remove(0);
    assert_eq!(
        (&letter["error"], &letter["place"]),
        (&json!("SecurityHub.NotImported"), &json!(format!("{HUB}/{EAST}")))
    );
    assert!(letter["cause"].as_str().unwrap().contains("240 KB"), "{}", letter["cause"]);
    assert_eq!(letter["finding"]["Id"], json!(finding_id("refused")));
    assert!(letter["event"].as_str().unwrap().contains("0c1d:ind:5e45:refused"));
    story.stop().await.unwrap();
    assert_eq!(
        (story.dead_letters().len(), story.metric("FindingsFailed"), story.metric("FindingsPublished")),
        (1, 1, 3)
    );
}

#[tokio::test(start_paused = true)]
async fn what_of_a_batch_failed_is_sent_again_and_nothing_twice() {
    let mut story = Story::begin("partly").await;
    story.house.fault(json!({ "operation": IMPORT, "fault": "partial", "times": 3 })).await;
    story.detect_many(template(1), 16).await;
    story.until_found(HUB, 16).await;
    story.stop().await.unwrap();
    assert_eq!((story.metric("FindingsPublished"), story.dead_letters().len()), (16, 0));
}

/// A story in which Security Hub says this of every call that has the finding "stubborn".
async fn in_which_one_fails(name: &str, failure: Value) -> Story {
    let mut story = Story::open(name).await;
    let wire = InProcess(story.house.sandbox.clone());
    let stubborn = Stubborn { wire, finding: "0c1d:ind:5e45:stubborn", failure };
    story.sdk = story.sdk.to_builder().http_client(stubborn).build();
    story.start(&[("GATEWAY_PATIENCE_SECONDS", "60")]);
    for number in 0..90 {
        let name = if number == 5 { "stubborn".to_owned() } else { number.to_string() };
        story.detect_in(0, detection(&name, 1)).await;
        sleep(Duration::from_secs(2)).await;
    }
    story
}

#[tokio::test(start_paused = true)]
async fn a_finding_that_fails_for_now_for_ever_is_given_up_although_the_others_are_taken() {
    let failure = json!({ "Id": finding_id("stubborn"), "ErrorCode": "InternalFailure", "ErrorMessage": "Try again" });
    let mut story = in_which_one_fails("for_now_for_ever", failure).await;
    assert_eq!(story.count_dead_letters(), 1, "while others were taken every other second");
    let next = story.next_offset(0).await;
    story.until("the last offset", async || story.offsets().get(&0) == Some(&(next - 1))).await;
    assert_eq!(story.dead_letters()[0]["error"], "SecurityHub.Unavailable");
    assert_eq!(story.dead_letters()[0]["finding"]["Id"], json!(finding_id("stubborn")));
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_nobody_knows_which_finding_is_no_success_of_all() {
    let failure = json!({ "Id": "somebody else's", "ErrorCode": "InvalidInput", "ErrorMessage": "No" });
    let mut story = in_which_one_fails("nobody_knows", failure).await;
    let letters = story.dead_letters();
    assert!(letters.iter().any(|letter| letter["finding"]["Id"] == json!(finding_id("stubborn"))), "{letters:?}");
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_throttled_security_hub_is_waited_for() {
    let mut story = Story::begin("throttled").await;
    story.house.fault(json!({ "operation": IMPORT, "fault": "throttle", "times": 20 })).await;
    story.detect_many(template(1), 250).await;
    story.until_found(HUB, 250).await;
    story.stop().await.unwrap();
    assert_eq!(story.dead_letters().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_as_a_whole_is_halved_until_the_rest_is_taken() {
    let mut story = Story::begin("halved").await;
    // Eight findings together, then the first four, two, and one of them.
    story.house.fault(json!({ "operation": IMPORT, "fault": "error:InvalidInputException", "times": 4 })).await;
    story.detect_many(template(1), 8).await;
    story.until_found(HUB, 7).await;
    story.stop().await.unwrap();
    let letters = story.dead_letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["error"], "SecurityHub.Rejected");
    assert!(letters[0]["cause"].as_str().unwrap().starts_with("InvalidInputException"), "{}", letters[0]["cause"]);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_takes_nothing_loses_patience_alone() {
    let mut story = Story::open("patience").await;
    story.host(instance(1)).await;
    // Only the member's findings need STS.
    story.house.fault(json!({ "operation": "sts.AssumeRole", "fault": "error:ServiceUnavailable" })).await;
    story.start(&[("GATEWAY_PATIENCE_SECONDS", "30")]);
    story.detect_many(template(1), 1_500).await;
    story.detect(detection("hub", 2)).await;
    story.until_found(HUB, 1).await;
    assert_eq!(story.count_dead_letters(), 0, "the hub's finding did not wait for the member");
    story.until("dead letters", async || story.count_dead_letters() == 1_500).await;
    assert!(story.dead_letters().iter().all(|letter| letter["error"] == "Account.Unavailable"));
    story.no_faults().await;
    story.detect(detection("after", 1)).await;
    story.until_found(MEMBER, 1).await;
    story.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_broken_becomes_a_dead_letter_and_those_behind_it_findings() {
    let mut story = Story::begin("broken_lines").await;
    story.detect_in(0, json!("{\"metadata\": no JSON")).await;
    let offset = story.next_offset(0).await;
    story.detect_in(0, cut_off(offset)).await;
    story.detect_in(0, json!("[]")).await;
    story.detect_in(0, detection("good", 1)).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
    let letters = story.dead_letters();
    assert_eq!(letters.len(), 3, "{letters:?}");
    assert!(letters.iter().all(|letter| letter["error"] == "Event.Unreadable" && letter.get("finding").is_none()));
    assert_eq!(letters[0]["event"], "{\"metadata\": no JSON");
    assert_eq!(story.metric("FindingsFailed"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_half_a_pair_of_utf_16_keeps_no_event_from_being_read() {
    let mut story = Story::begin("half_a_pair").await;
    let offset = story.next_offset(0).await;
    let line = json!({ "metadata": { "offset": offset, "eventType": "EppDetectionSummaryEvent" }, "event": detection("half", 1) });
    story.detect_in(0, json!(line.to_string().replace("\"service\"", "\"serv\\ud800ice\""))).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
    assert_eq!(story.dead_letters().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_kept_as_a_dead_letter_is_read_again_and_nothing_above_it_is_kept_as_settled() {
    let mut story = Story::open("disk_full").await;
    story.house.control("PUT", "falcon/streams", json!({ "partitions": 1 })).await;
    let offset = story.next_offset(0).await;
    story.detect(cut_off(offset)).await;
    story.detect(audit()).await;
    story.start(&[("GATEWAY_DEAD_LETTERS", "/dev/full")]);
    story.until_logged("DeadLetters.Unwritable").await;
    let failure = story.stop().await.unwrap_err();
    assert!(format!("{failure:?}").contains("Unsettled { events: 1 }"), "{failure:?}");
    assert_eq!(story.offsets().get(&0), Some(&(offset - 1)));
    story.start(&[]);
    story.until("the dead letter", async || story.dead_letters().len() == 1).await;
    story.stop().await.unwrap();
    assert!(story.offsets()[&0] > offset);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_is_on_a_line_of_its_own_whatever_the_one_before_it_came_to() {
    let mut story = Story::open("torn").await;
    let file = story.folder.join("dead-letters.ndjson");
    std::fs::write(&file, "{\"at\":\"2026-01-15T09").unwrap();
    story.start(&[]);
    story.detect(json!("broken")).await;
    let lines = || std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    story.until("the dead letter", async || lines().len() == 2).await;
    assert!(lines()[1].contains("Event.Unreadable"), "{:?}", lines());
    story.stop().await.unwrap();
}
