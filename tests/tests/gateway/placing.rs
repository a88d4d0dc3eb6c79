//! Whose Security Hub takes a finding.

use falconer_tests::fleet::{EAST, MEMBER};
use serde_json::json;

use crate::events::{composite_id, detection, device, finding_id, instance, instance_of, laptop};
use crate::story::{HUB, Story};

#[tokio::test(start_paused = true)]
async fn an_event_becomes_a_finding_in_its_instances_own_account_and_region() {
    let story = Story::begin("own_account").await;
    story.host(instance(1)).await;
    story.detect(detection("one", 1)).await;
    story.until_found(MEMBER, 1).await;
    let finding = story.findings(MEMBER).await.remove(0);
    assert_eq!((finding.id(), finding.aws_account_id()), (Some(finding_id("one").as_str()), Some(MEMBER)));
    let resource = &finding.resources()[0];
    assert_eq!(resource.region(), Some(EAST));
    assert!(resource.id().unwrap().contains("i-00000000000000001"), "{resource:?}");
    assert_eq!(story.ids(HUB).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_host_outside_aws_and_one_that_falcon_does_not_know_are_the_hubs() {
    let story = Story::begin("outside").await;
    story.host(laptop(1)).await;
    story.detect(detection("laptop", 1)).await;
    story.detect(detection("unknown", 2)).await;
    story.until_found(HUB, 2).await;
    assert_eq!(story.ids(HUB).await, [finding_id("laptop"), finding_id("unknown")]);
}

#[tokio::test(start_paused = true)]
async fn everything_is_the_hubs_if_the_configuration_says_so() {
    let mut story = Story::open("into_the_hub").await;
    story.host(instance(1)).await;
    story.start(&[("GATEWAY_PUBLISH_INTO", "hub")]);
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    assert_eq!(story.ids(MEMBER).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_an_account_that_lets_nobody_in_would_get_the_hub_takes() {
    let mut story = Story::open("lets_nobody_in").await;
    story.host(instance_of(1, "999900009999", EAST)).await;
    story.start(&[]);
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    let finding = story.findings(HUB).await.remove(0);
    assert_eq!((finding.id(), finding.aws_account_id()), (Some(finding_id("one").as_str()), Some(HUB)));
    assert!(finding.resources()[0].id().unwrap().contains("i-00000000000000001"), "it tells the instance all the same");
    assert!(story.log().contains("Account.AccessDenied"), "{}", story.log());
    story.stop().await.unwrap();
    assert_eq!((story.metric("FindingsHandedOn"), story.metric("FindingsPublished")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_a_region_without_security_hub_would_get_the_hub_takes() {
    let story = Story::begin("security_hub_off").await;
    story.host(instance_of(1, MEMBER, "eu-central-1")).await;
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    let finding = story.findings(HUB).await.remove(0);
    assert_eq!(finding.resources()[0].region(), Some("eu-central-1"), "it tells the instance's region all the same");
    assert!(story.log().contains("is not subscribed to AWS Security Hub"), "{}", story.log());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_lets_somebody_in_again_gets_its_findings_again() {
    let story = Story::begin("lets_in_again").await;
    story.host(instance(1)).await;
    let denied =
        json!({ "operation": "securityhub.BatchImportFindings", "fault": "error:AccessDeniedException", "times": 1 });
    story.house.fault(denied).await;
    story.detect(detection("one", 1)).await;
    story.until_found(HUB, 1).await;
    assert!(story.log().contains("SecurityHub.AccessDenied"), "{}", story.log());
    story.detect(detection("two", 1)).await;
    story.until_found(MEMBER, 1).await;
    assert_eq!((story.ids(HUB).await, story.ids(MEMBER).await), (vec![finding_id("one")], vec![finding_id("two")]));
}

#[tokio::test(start_paused = true)]
async fn sts_that_does_not_answer_is_waited_for_and_nothing_goes_to_the_hub() {
    let story = Story::begin("sts_silent").await;
    story.host(instance(1)).await;
    story.house.fault(json!({ "operation": "sts.AssumeRole", "fault": "error:ServiceUnavailable", "times": 6 })).await;
    story.detect(detection("one", 1)).await;
    story.until_found(MEMBER, 1).await;
    assert_eq!(story.ids(HUB).await, [""; 0]);
    assert!(story.log().contains("Account.Unavailable"), "{}", story.log());
}

#[tokio::test(start_paused = true)]
async fn no_secret_of_falcon_and_nothing_of_an_event_is_logged() {
    let mut story = Story::open("nothing_logged").await;
    story.host(instance_of(1, "999900009999", EAST)).await;
    story.house.fault(json!({ "operation": "falcon.EventStream", "fault": "error:500", "times": 1 })).await;
    story.house.fault(json!({ "operation": "falcon.Hosts", "fault": "error:403", "times": 1 })).await;
    story.start(&[]);
    story.detect(detection("one", 1)).await;
    story.detect(json!(format!("{{\"broken\": \"hunter2 {} {}\"", device(1), composite_id("broken")))).await;
    story.until_found(HUB, 1).await;
    story.stop().await.unwrap();
    let log = story.log();
    assert!(!log.contains("hunter2"), "a command line holds a password: {log}");
    assert_eq!(story.house.secrets_in(&log).await, [""; 0]);
}
