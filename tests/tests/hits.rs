//! From the firewall's alert log to findings, and from a finding to a block.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::time::Duration;

use aws_sdk_securityhub::types::AwsSecurityFinding;
use falconer_tests::findings::falcon;
use falconer_tests::house::House;
use falconer_tests::hunts::{alert, domain, with};
use serde_json::{Value, json};
use tokio::time::sleep;

const BEAR: &str = "[hunt.lists.bear]\nfilter = \"actors:'FANCYBEAR'\"\n";
const RUNBOOK: &str = "report-hits";
const IMPORTS: &str = "securityhub.BatchImportFindings";
const WORKLOAD: &str = "10.0.1.23";
const SERVER: &str = "192.0.2.80";
/// A pipe gathers for a minute.
const GATHERED: Duration = Duration::from_secs(65);

/// A house that hunts evil.example, and the signature id of its first rule.
async fn house() -> (House, u32) {
    let house = House::with(BEAR).await;
    house.know(json!([domain("evil.example", 1_700_000_001)])).await;
    assert!(house.refresh(json!({})).await.succeeded());
    let sid = house.hunt_sid("evil.example").await;
    (house, sid)
}

/// The alerts go through the pipe, and every report that comes of it ends well. Answers what the last one told.
async fn reported(house: &House, how: &str, alerts: Value) -> Value {
    house.log_alerts(how, alerts).await;
    sleep(GATHERED).await;
    let mut endings = house.endings_of(RUNBOOK).await;
    assert!(endings.iter().all(|ending| ending.succeeded()), "{endings:#?}");
    endings.pop().unwrap().output
}

fn field<'a>(finding: &'a AwsSecurityFinding, name: &str) -> &'a str {
    finding.product_fields().and_then(|fields| fields.get(&format!("falconer/{name}"))).map_or("", String::as_str)
}

fn changed(mut alert: Value, pointer: &str, value: Value) -> Value {
    *alert.pointer_mut(pointer).unwrap() = value;
    alert
}

/// The only finding about hits.
async fn the_finding(house: &House) -> AwsSecurityFinding {
    let mut findings = house.hit_findings().await;
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

#[tokio::test(start_paused = true)]
async fn traffic_that_meets_a_hunt_becomes_a_finding_that_names_workload_indicator_actor_and_report() {
    let (house, sid) = house().await;
    let told = reported(&house, "", json!([alert(sid, WORKLOAD, SERVER), alert(sid, WORKLOAD, SERVER)])).await;
    assert_eq!((&told["alerts"], &told["hits"], &told["findingsWritten"]), (&json!(2), &json!(1), &json!(1)));
    let finding = the_finding(&house).await;
    assert_eq!(finding.title(), Some("10.0.1.23 met the hunt for evil.example"));
    assert_eq!(finding.severity().unwrap().label().unwrap().as_str(), "HIGH");
    let resource = &finding.resources()[0];
    assert_eq!((resource.r#type(), resource.id()), (Some("Other"), Some(WORKLOAD)));
    let intel = &finding.threat_intel_indicators()[0];
    assert_eq!((intel.r#type().unwrap().as_str(), intel.value()), ("DOMAIN", Some("evil.example")));
    for (name, value) in [
        ("kind", "hunt"),
        ("indicator", "evil.example"),
        ("hunts", "bear"),
        ("actor", "FANCYBEAR"),
        ("report", "CSIT-24001"),
        ("allowed", "2"),
        ("names", "cdn.evil.example"),
        ("remotes", SERVER),
    ] {
        assert_eq!(field(&finding, name), value, "{name}");
    }
    assert_eq!(finding.product_arn(), Some("arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default"));
    assert!(house.executions().await.is_empty(), "nothing is blocked by itself");
}

#[tokio::test(start_paused = true)]
async fn traffic_that_meets_a_block_becomes_a_finding_that_names_its_cause() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    let held = house.rule_group().await.ledger().held()[0].clone();
    let blocked = changed(alert(held.sids[1], WORKLOAD, SERVER), "/event/alert/action", json!("blocked"));
    reported(&house, "", json!([blocked])).await;
    let finding = the_finding(&house).await;
    assert_eq!(finding.title(), Some("10.0.1.23 met the block of evil.example"));
    assert_eq!(finding.severity().unwrap().label().unwrap().as_str(), "MEDIUM");
    assert_eq!((field(&finding, "blocked"), field(&finding, "kind")), ("1", "block"));
    assert_eq!(field(&finding, "causes"), held.entry.causes.to_string());
}

#[tokio::test(start_paused = true)]
async fn what_is_delivered_twice_is_counted_once_however_it_comes_again() {
    for how in ["?repeat=record", "?repeat=batch"] {
        let (house, sid) = house().await;
        let told = reported(&house, how, json!([alert(sid, WORKLOAD, SERVER)])).await;
        assert_eq!(field(&the_finding(&house).await, "allowed"), "1", "{how}: {told}");
        assert_eq!(house.calls(IMPORTS).await, 1, "{how}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_later_is_added_and_another_workload_has_a_finding_of_its_own() {
    let (house, sid) = house().await;
    reported(&house, "", json!([alert(sid, WORKLOAD, SERVER)])).await;
    let later = changed(alert(sid, WORKLOAD, SERVER), "/event/timestamp", json!("2026-01-15T10:02:00.000000+0000"));
    reported(&house, "", json!([later, alert(sid, "10.0.1.24", SERVER)])).await;
    let findings = house.hit_findings().await;
    let counts: Vec<_> =
        findings.iter().map(|finding| (field(finding, "workload"), field(finding, "allowed"))).collect();
    assert_eq!(counts, [(WORKLOAD, "2"), ("10.0.1.24", "1")]);
    assert_eq!(findings[0].last_observed_at(), Some("2026-01-15T10:02:00.000Z"));
}

#[tokio::test(start_paused = true)]
async fn hostile_text_in_the_log_stays_out_of_the_finding() {
    let (house, sid) = house().await;
    let hostile = "x\"; sid:1; \u{202e}<script>$(reboot)</script>\n{\"Severity\":\"INFORMATIONAL\"}";
    let mut record = alert(sid, WORKLOAD, SERVER);
    for pointer in
        ["/event/tls/sni", "/event/proto", "/event/alert/signature", "/event/alert/category", "/event/app_proto"]
    {
        record = changed(record, pointer, json!(hostile));
    }
    record["event"]["alert"]["metadata"] = json!({ "h": [hostile], "falconer": [hostile] });
    record["event"]["http"] = json!({ "hostname": hostile, "url": hostile });
    record["event"]["dns"] = json!({ "query": [{ "rrname": hostile }] });
    let broken = changed(record.clone(), "/event/src_ip", json!(hostile));
    let other_firewall = changed(record.clone(), "/firewall_name", json!(hostile));
    let told = reported(&house, "", json!([record, broken, other_firewall, "no JSON {", 7])).await;
    assert_eq!((&told["hits"], &told["leftOut"]["malformed"]), (&json!(1), &json!(4)));
    let finding = the_finding(&house).await;
    let texts = [finding.id(), finding.title(), finding.description()].map(Option::unwrap_or_default);
    let fields = finding.product_fields().unwrap();
    for text in texts.into_iter().chain(fields.values().map(String::as_str)) {
        let is_harmless = |character: char| character.is_ascii_alphanumeric() || " -_.:/,".contains(character);
        assert!(text.chars().all(is_harmless), "{text}");
    }
    assert_eq!((field(&finding, "names"), field(&finding, "hunts")), ("", "bear"));
}

#[tokio::test(start_paused = true)]
async fn others_alerts_and_tests_of_the_stream_are_no_hits_and_cost_no_call_of_security_hub() {
    let (house, _) = house().await;
    let told = reported(&house, "", json!([alert(7, WORKLOAD, SERVER)])).await;
    assert_eq!((&told["hits"], &told["foreign"]), (&json!(0), &json!(1)));
    house.control("POST", "firewall/alerts/control-message", Value::Null).await;
    sleep(GATHERED).await;
    assert_eq!(house.endings_of(RUNBOOK).await.pop().unwrap().output["leftOut"]["controlMessages"], 1);
    assert_eq!((house.calls(IMPORTS).await, house.calls("securityhub.GetFindings").await), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_custom_action_on_a_hit_leads_to_a_block() {
    let (house, sid) = house().await;
    reported(&house, "", json!([alert(sid, WORKLOAD, SERVER)])).await;
    let finding = the_finding(&house).await;
    let chosen = json!({ "Id": finding.id(), "ProductArn": finding.product_arn() });
    house.choose(&chosen).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert_eq!(house.told(finding.id().unwrap()).await.0, "Blocked");

    // What is met from now on is counted, and takes nothing of what was said back.
    let later = changed(alert(sid, WORKLOAD, SERVER), "/event/timestamp", json!("2026-01-15T10:03:00.000000+0000"));
    reported(&house, "", json!([later])).await;
    let finding = the_finding(&house).await;
    assert_eq!(field(&finding, "allowed"), "2");
    assert_eq!(house.told(finding.id().unwrap()).await.0, "Blocked");
    assert_eq!(house.executions().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn findings_that_security_hub_does_not_take_at_once_are_written_by_the_next_attempt() {
    let (house, sid) = house().await;
    let alerts: Vec<Value> = (1..=30).map(|host| alert(sid, &format!("10.0.2.{host}"), SERVER)).collect();
    house.fault(json!({ "operation": IMPORTS, "fault": "partial", "times": 2 })).await;
    reported(&house, "", json!(alerts)).await;
    let findings = house.hit_findings().await;
    assert_eq!(findings.len(), 30);
    assert!(findings.iter().all(|finding| field(finding, "allowed") == "1"));
}

#[tokio::test(start_paused = true)]
async fn a_report_that_fails_is_told_and_can_be_made_up_for_by_hand() {
    let (house, sid) = house().await;
    house.fault(json!({ "operation": "securityhub.GetFindings", "fault": "error:AccessDeniedException" })).await;
    let log = json!({ "records": [alert(sid, WORKLOAD, SERVER)] });
    let ending = house.run_of(RUNBOOK, &log).await;
    assert_eq!(ending.error.as_deref(), Some("SecurityHub.AccessDenied"), "{ending:#?}");
    assert!(Value::from(house.notifications().await).to_string().contains("SecurityHub.AccessDenied"));
    house.control("DELETE", "faults", Value::Null).await;
    for _ in 0..2 {
        assert!(house.run_of(RUNBOOK, &log).await.succeeded());
    }
    assert_eq!(field(&the_finding(&house).await, "allowed"), "1");
    let ending = house.run_of(RUNBOOK, &json!({ "alerts": [] })).await;
    assert_eq!(ending.error.as_deref(), Some("Input.Invalid"), "{ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn where_nobody_hunts_and_there_is_no_group_for_it_blocks_are_reported_all_the_same() {
    let house = House::with("[hunt]\ngroup = \"nowhere\"\n").await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    let sid = house.rule_group().await.ledger().held()[0].sids[0];
    reported(&house, "", json!([alert(sid, WORKLOAD, SERVER)])).await;
    assert_eq!(field(&the_finding(&house).await, "kind"), "block");
}

#[tokio::test(start_paused = true)]
async fn alerts_of_a_rule_that_a_refresh_took_out_meanwhile_are_told_by_what_the_log_says() {
    let (house, sid) = house().await;
    house.control("DELETE", "falcon/indicators", Value::Null).await;
    assert!(house.refresh(json!({})).await.succeeded());
    assert!(house.hunted().await.is_empty());
    let late = changed(alert(sid, WORKLOAD, SERVER), "/event/alert/signature", json!("Falconer hunt evil.example"));
    let told = with(late["event"]["alert"].clone(), json!({ "metadata": { "h": ["bear"] } }));
    let late = changed(late, "/event/alert", told);
    reported(&house, "", json!([late])).await;
    let finding = the_finding(&house).await;
    assert_eq!((field(&finding, "indicator"), field(&finding, "hunts")), ("evil.example", "bear"));
}
