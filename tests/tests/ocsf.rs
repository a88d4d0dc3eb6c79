//! Findings of the new Security Hub, in OCSF: they have no user-defined fields, and one comment for everybody.

use std::time::Duration;

use falconer_tests::findings::{imported_v2, ocsf_connection};
use falconer_tests::house::House;
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn a_finding_is_contained_by_itself_and_its_comment_says_so() {
    let house = House::open().await;
    house.import(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    let ending = house.success().await;
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
    assert_eq!(ending.output["record"], json!({ "annotated": 1, "notesLeftAlone": 0 }));
    let comment = house.comment("ocsf-1").await;
    assert!(comment.starts_with("Falconer 2026-01-15 10:00 UTC: blocked 198.51.100.7 until 2026-01-18"), "{comment}");
}

#[tokio::test(start_paused = true)]
async fn neither_the_comment_nor_a_later_event_of_the_provider_starts_the_runbook_again() {
    let house = House::open().await;
    let finding = ocsf_connection("ocsf-1", "198.51.100.7");
    house.import(&finding).await;
    house.success().await;
    house.import(&finding).await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(house.executions().await.len(), 1);
    let ending = house.run(&imported_v2(&commented(&finding, &house.comment("ocsf-1").await))).await;
    assert_eq!(ending.output["record"]["annotated"], 0, "the policy knows it too: {ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn an_analysts_comment_is_never_overwritten() {
    let house = House::open().await;
    house.import(&commented(&ocsf_connection("ocsf-1", "198.51.100.7"), "Seen this before. Ana")).await;
    let ending = house.success().await;
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
    assert_eq!(ending.output["record"], json!({ "annotated": 0, "notesLeftAlone": 1 }));
    assert_eq!(house.comment("ocsf-1").await, "Seen this before. Ana");
    assert_eq!(house.calls("securityhub.BatchUpdateFindingsV2").await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_finding_of_an_untrusted_product_starts_nothing_and_waits_if_its_event_reaches_the_runbook() {
    let house = House::open().await;
    let mut finding = ocsf_connection("ocsf-1", "198.51.100.7");
    finding["metadata"]["product"]["uid"] = json!("arn:aws:securityhub:us-east-1::productv2/acme/probe");
    house.import(&finding).await;
    assert!(house.executions().await.is_empty());
    assert!(house.run(&imported_v2(&finding)).await.succeeded());
    assert!(house.blocked().await.is_empty());
    let comment = house.comment("ocsf-1").await;
    assert!(comment.contains("not blocked yet: 198.51.100.7") && comment.contains("or by hand"), "{comment}");
}

#[tokio::test(start_paused = true)]
async fn findings_that_are_over_or_in_somebodys_hands_start_nothing() {
    let house = House::open().await;
    for (number, (member, value)) in
        [("status_id", 2), ("status_id", 3), ("status_id", 4), ("status_id", 5), ("activity_id", 3)].iter().enumerate()
    {
        let mut finding = ocsf_connection(&format!("ocsf-{number}"), "198.51.100.7");
        finding[*member] = json!(value);
        house.import(&finding).await;
    }
    assert!(house.executions().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_recorded_on_the_finding() {
    let house = House::open().await;
    house
        .fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "error:AccessDeniedException" }))
        .await;
    house.import(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    assert_eq!(house.failure().await.error.as_deref(), Some("Firewall.AccessDenied"));
    let comment = house.comment("ocsf-1").await;
    assert!(comment.contains("failed with Firewall.AccessDenied"), "{comment}");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_or_a_throttle_of_the_comment_is_waited_for() {
    let house = House::open().await;
    for fault in ["error:ConflictException", "error:ThrottlingException"] {
        house.fault(json!({ "operation": "securityhub.BatchUpdateFindingsV2", "fault": fault, "times": 4 })).await;
    }
    house.import(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    assert_eq!(house.success().await.output["record"]["annotated"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_denied_comment_fails_with_the_permission_that_iam_knows() {
    let house = House::open().await;
    let fault = json!({ "operation": "securityhub.BatchUpdateFindingsV2", "fault": "error:AccessDeniedException" });
    house.fault(fault).await;
    house.import(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("SecurityHub.AccessDenied"));
    assert!(ending.cause.unwrap().contains("Grant securityhub:BatchUpdateFindings to"));
}

#[tokio::test(start_paused = true)]
async fn a_finding_that_is_gone_is_named_and_its_block_stands() {
    let house = House::open().await;
    let ending = house.run(&imported_v2(&ocsf_connection("ocsf-1", "198.51.100.7"))).await;
    assert_eq!(ending.error.as_deref(), Some("SecurityHub.NotAnnotated"), "{ending:#?}");
    assert!(ending.cause.unwrap().contains("arn:ocsf-1"));
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
}

fn commented(finding: &Value, comment: &str) -> Value {
    let mut finding = finding.clone();
    finding["comment"] = json!(comment);
    finding
}
