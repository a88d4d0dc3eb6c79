//! When the time of a block is over, its findings hear of it, whoever took the block out.

use std::time::Duration;

use falconer_cli::execution::Ending;
use falconer_tests::findings::{falcon, ocsf_connection};
use falconer_tests::house::House;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// Findings of high severity, as all of these are, are blocked for so long. The schedule fires every quarter of an hour.
const TWENTY_MINUTES: &str = "[policy.ttl]\nhigh = \"20m\"\n";
const MINUTE: Duration = Duration::from_secs(60);

/// A house in which this finding's block lasts from 10:05 to 10:25.
async fn house_with(finding: &Value) -> House {
    let house = House::with(TWENTY_MINUTES).await;
    sleep(5 * MINUTE).await;
    house.import(finding).await;
    house.success().await;
    house
}

/// How the last execution of the runbook ended.
async fn last_ending(house: &House) -> Ending {
    let mut endings = house.endings_of("expire-blocks").await;
    endings.swap_remove(endings.len() - 1)
}

/// What it said of the findings.
async fn last_record(house: &House) -> Value {
    let ending = last_ending(house).await;
    assert!(ending.succeeded(), "{ending:#?}");
    ending.output["record"].clone()
}

fn nothing_to_tell() -> Value {
    json!({ "annotated": 0, "notesLeftAlone": 0, "unchanged": 0, "more": false })
}

async fn field(house: &House, id: &str, name: &str) -> Option<String> {
    house.finding(id).await.user_defined_fields.unwrap_or_default().remove(name)
}

/// A finding that says that something is in force of which the ledger knows nothing.
fn forgotten(id: &str) -> Value {
    let mut finding = falcon(id, "domain", "evil.example");
    finding["UserDefinedFields"] = json!({ "falconerState": "Blocked", "falconerBlocked": "evil.example" });
    finding
}

#[tokio::test(start_paused = true)]
async fn a_finding_is_told_when_its_block_is_over_and_not_before() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    let updates = house.calls("securityhub.BatchUpdateFindings").await;
    sleep(15 * MINUTE).await;
    assert_eq!(last_record(&house).await, nothing_to_tell());
    assert_eq!(house.calls("securityhub.BatchUpdateFindings").await, updates);
    sleep(15 * MINUTE).await;
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Expired", "{note}");
    assert!(note.contains("the time is over for evil.example."), "{note}");
    assert_eq!(field(&house, "falcon-1", "falconerBlocked").await, None);
    assert_eq!(last_record(&house).await["annotated"], 1);
}

#[tokio::test(start_paused = true)]
async fn several_runs_write_once() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    let updates = house.calls("securityhub.BatchUpdateFindings").await;
    sleep(22 * MINUTE).await;
    for _ in 0..3 {
        assert!(house.run_of("expire-blocks", &json!({})).await.succeeded());
    }
    assert_eq!(house.calls("securityhub.BatchUpdateFindings").await, updates + 1);
    assert_eq!(last_record(&house).await, nothing_to_tell());
}

#[tokio::test(start_paused = true)]
async fn a_block_that_another_finding_extends_is_in_force_for_the_first_one_too() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    sleep(15 * MINUTE).await;
    house.import(&falcon("falcon-2", "domain", "evil.example")).await;
    sleep(13 * MINUTE).await;
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Blocked");
    assert!(note.contains("Still in force: evil.example until 2026-01-15 10:40"), "{note}");
    let expires = field(&house, "falcon-1", "falconerExpires").await;
    assert_eq!(expires, field(&house, "falcon-2", "falconerExpires").await);
    let updates = house.calls("securityhub.BatchUpdateFindings").await;
    assert!(house.run_of("expire-blocks", &json!({})).await.succeeded());
    assert_eq!(house.calls("securityhub.BatchUpdateFindings").await, updates, "what is so is not told again");
    sleep(15 * MINUTE).await;
    for id in ["falcon-1", "falcon-2"] {
        assert_eq!(house.told(id).await.0, "Expired", "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_another_update_took_out_is_told_all_the_same() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    sleep(21 * MINUTE).await;
    let form = json!({ "indicators": [{ "type": "domain", "value": "other.example" }], "reason": "case 42" });
    assert!(house.run(&form).await.succeeded());
    assert_eq!(house.blocked().await, ["other.example"]);
    assert_eq!(house.told("falcon-1").await.0, "Blocked");
    sleep(10 * MINUTE).await;
    let runs = house.endings_of("expire-blocks").await;
    assert!(runs.iter().all(|run| run.output["expired"]["blocks"] == json!([])), "{runs:#?}");
    assert_eq!(house.told("falcon-1").await.0, "Expired");
}

#[tokio::test(start_paused = true)]
async fn a_finding_that_is_blocked_again_meanwhile_is_not_told_that_it_is_over() {
    let finding = falcon("falcon-1", "domain", "evil.example");
    let house = house_with(&finding).await;
    sleep(21 * MINUTE).await;
    // The search takes a minute, and after it and the ledger the look at the finding itself takes another one.
    house.fault(json!({ "operation": "securityhub.GetFindings", "fault": "delay:60000", "times": 2 })).await;
    sleep(5 * MINUTE + MINUTE / 2).await;
    assert!(house.blocked().await.is_empty());
    house.choose(&finding).await;
    sleep(4 * MINUTE).await;
    assert_eq!(last_record(&house).await["unchanged"], 1);
    assert_eq!(house.told("falcon-1").await.0, "Blocked");
}

#[tokio::test(start_paused = true)]
async fn a_finding_whose_traffic_was_only_reported_is_told_too() {
    let house = House::with(&format!("[policy]\nmode = \"alert\"\n{TWENTY_MINUTES}")).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert_eq!(house.told("falcon-1").await.0, "Alerting");
    sleep(22 * MINUTE).await;
    assert!(house.run_of("expire-blocks", &json!({})).await.succeeded());
    assert_eq!(house.told("falcon-1").await.0, "Expired");
}

#[tokio::test(start_paused = true)]
async fn an_analysts_note_stays() {
    let house = House::with(TWENTY_MINUTES).await;
    house.import_with_note(&falcon("falcon-1", "domain", "evil.example"), "Seen this before. Ana").await;
    house.success().await;
    sleep(35 * MINUTE).await;
    assert_eq!(house.told("falcon-1").await, ("Expired".to_owned(), "Seen this before. Ana".to_owned()));
    assert_eq!(last_record(&house).await["notesLeftAlone"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_between_the_update_and_the_word_is_replaced() {
    let mut house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    house.fault(json!({ "operation": "securityhub.BatchUpdateFindings", "fault": "delay:60000", "times": 1 })).await;
    sleep(25 * MINUTE + MINUTE / 2).await;
    assert!(house.blocked().await.is_empty());
    house.kill_worker().await;
    assert_eq!(house.told("falcon-1").await.0, "Blocked");
    house.start_worker(TWENTY_MINUTES);
    sleep(5 * MINUTE).await;
    assert_eq!(house.told("falcon-1").await.0, "Expired");
    assert!(house.endings_of("expire-blocks").await.iter().all(|ending| ending.succeeded()));
}

#[tokio::test(start_paused = true)]
async fn what_one_execution_could_not_tell_the_next_one_does() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    house.fault(json!({ "operation": "securityhub.GetFindings", "fault": "error:AccessDeniedException" })).await;
    sleep(30 * MINUTE).await;
    let failed = last_ending(&house).await;
    assert_eq!(failed.error.as_deref(), Some("SecurityHub.AccessDenied"), "{failed:#?}");
    assert!(house.blocked().await.is_empty());
    house.control("DELETE", "faults", Value::Null).await;
    sleep(15 * MINUTE).await;
    assert_eq!(house.told("falcon-1").await.0, "Expired");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_away_for_a_while_is_waited_for() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    for operation in ["securityhub.GetFindings", "securityhub.BatchUpdateFindings", "securityhub.GetFindingsV2"] {
        house.fault(json!({ "operation": operation, "fault": "throttle", "times": 4 })).await;
    }
    sleep(30 * MINUTE).await;
    assert!(house.endings_of("expire-blocks").await.iter().all(|ending| ending.succeeded()));
    assert_eq!(house.told("falcon-1").await.0, "Expired");
}

#[tokio::test(start_paused = true)]
async fn one_finding_that_cannot_be_told_is_named_and_stops_no_other() {
    let house = House::open().await;
    let mut full = forgotten("a-full");
    full["Resources"][0]["Details"] = json!({ "Other": { "padding": "" } });
    // As large as a finding may be when it comes in, so that nothing can be added.
    full["Resources"][0]["Details"]["Other"]["padding"] = json!("p".repeat(240 * 1024 - full.to_string().len()));
    house.import(&full).await;
    house.import(&forgotten("falcon-1")).await;
    let ending = house.run_of("expire-blocks", &json!({})).await;
    assert_eq!(ending.error.as_deref(), Some("SecurityHub.NotAnnotated"), "{ending:#?}");
    let cause = ending.cause.unwrap();
    assert!(cause.contains("a-full (FindingSizeExceeded") && !cause.contains("falcon-1"), "{cause}");
    assert_eq!(house.told("falcon-1").await.0, "Expired");
}

#[tokio::test(start_paused = true)]
async fn many_findings_are_told_in_several_executions_and_no_faster_than_security_hub_allows() {
    let house = House::open().await;
    for number in 0..501 {
        house.import(&forgotten(&format!("falcon-{number:03}"))).await;
    }
    let begun = Instant::now();
    let first = house.run_of("expire-blocks", &json!({})).await;
    assert_eq!(first.output["record"], json!({ "annotated": 500, "notesLeftAlone": 0, "unchanged": 0, "more": true }));
    assert!(begun.elapsed() >= Duration::from_secs(250), "{:?}", begun.elapsed());
    let second = house.run_of("expire-blocks", &json!({})).await;
    assert_eq!(second.output["record"], json!({ "annotated": 1, "notesLeftAlone": 0, "unchanged": 0, "more": false }));
}

#[tokio::test(start_paused = true)]
async fn a_finding_in_ocsf_is_told_by_its_comment() {
    let house = house_with(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    let updates = house.calls("securityhub.BatchUpdateFindingsV2").await;
    sleep(30 * MINUTE).await;
    let comment = house.comment("ocsf-1").await;
    assert!(comment.contains("the time is over for 198.51.100.7."), "{comment}");
    sleep(15 * MINUTE).await;
    assert_eq!(house.calls("securityhub.BatchUpdateFindingsV2").await, updates + 1);
    assert_eq!(last_record(&house).await, nothing_to_tell());
    assert_eq!(house.executions().await.len(), 1, "and that starts nothing");
}

#[tokio::test(start_paused = true)]
async fn a_finding_in_ocsf_whose_block_goes_on_says_until_when() {
    let house = house_with(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    sleep(15 * MINUTE).await;
    house.import(&ocsf_connection("ocsf-2", "198.51.100.7")).await;
    sleep(13 * MINUTE).await;
    let comment = house.comment("ocsf-1").await;
    assert!(comment.contains("Still in force: 198.51.100.7 until 2026-01-15 10:40"), "{comment}");
    sleep(15 * MINUTE).await;
    assert!(house.comment("ocsf-1").await.contains("the time is over for 198.51.100.7."));
}

#[tokio::test(start_paused = true)]
async fn a_comment_that_an_analyst_has_written_in_the_place_of_falconers_stays() {
    let house = house_with(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    house.write_comment("ocsf-1", "False alarm, says Ana").await;
    sleep(30 * MINUTE).await;
    assert_eq!(house.comment("ocsf-1").await, "False alarm, says Ana");
    assert!(house.blocked().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_one_of_the_two_security_hubs_is_not_on_the_others_findings_are_told() {
    let house = house_with(&falcon("falcon-1", "domain", "evil.example")).await;
    house.import(&ocsf_connection("ocsf-1", "198.51.100.7")).await;
    house.endings().await;
    sleep(22 * MINUTE).await;
    for (operation, code) in [("GetFindingsV2", "AccessDeniedException"), ("GetFindings", "InvalidAccessException")] {
        house.fault(json!({ "operation": format!("securityhub.{operation}"), "fault": format!("error:{code}") })).await;
        let ending = house.run_of("expire-blocks", &json!({})).await;
        assert_eq!(ending.output["record"]["annotated"], 1, "{operation}: {ending:#?}");
        house.control("DELETE", "faults", Value::Null).await;
    }
    assert_eq!(house.told("falcon-1").await.0, "Expired");
    assert!(house.comment("ocsf-1").await.contains("the time is over"));
}
