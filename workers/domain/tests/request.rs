//! What becomes of an execution's input.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::block::Mode;
use falconer_domain::extract::MAX_CANDIDATES;
use falconer_domain::request::{InvalidRequest, Origin, Request};
use serde_json::{Value, json};

use support::inputs::{finding, fixture, imported, indicators};

fn refusal(input: Value) -> String {
    Request::read(&input).unwrap_err().to_string()
}

#[test]
fn a_finding_with_odd_fields_is_read_as_far_as_it_can_be() {
    let odd = json!({
        "AwsAccountId": "444455556666/../x", "Region": "us-east-1; drop", "Types": "not a list", "Severity": null,
        "RecordState": ["ACTIVE"], "Workflow": "NEW", "Action": 7, "Note": {"Text": 1}, "Resources": [1, {"Id": 2}],
        "ThreatIntelIndicators": {"Type": "DOMAIN"}, "UserDefinedFields": {"falconerState": "Blocked", "other": {}},
        "ProductFields": {
            "crowdstrike/crowdstrike-falcon/IOCType": "domain",
            "crowdstrike/crowdstrike-falcon/IOCValue": "evil.example",
            "count": 5, "list": [1], "nothing": null
        }
    });
    let request = Request::read(&imported(json!([finding("f", odd)]))).unwrap();
    assert_eq!(indicators(&request), ["evil.example"]);
    let summary = &request.findings[0];
    assert_eq!((summary.account_id, summary.region.as_deref(), summary.severity), (None, None, None));
    assert!(summary.dealt_with);
}

#[test]
fn a_finding_without_an_indicator_is_a_request_with_nothing_to_block() {
    let request = Request::read(&imported(json!([finding("f", json!({}))]))).unwrap();
    assert!(request.candidates.is_empty() && request.remarks.is_empty());
}

#[test]
fn the_largest_request_is_small_enough_for_step_functions() {
    let label = "a".repeat(63);
    let domains: Vec<Value> = (0..MAX_CANDIDATES)
        .map(|n| json!({"Type": "DOMAIN", "Value": format!("{n:03}.{label}.{label}.{label}.{}", "b".repeat(56))}))
        .collect();
    let tags: serde_json::Map<String, Value> = (0..2_000).map(|n| (n.to_string(), json!(""))).collect();
    let members = json!({"ThreatIntelIndicators": domains, "Resources": [{"Tags": tags}]});
    let findings: Vec<Value> = (0..20).map(|n| finding(&format!("f{n}"), members.clone())).collect();
    let request = Request::read(&imported(json!(findings))).unwrap();
    assert_eq!(request.candidates[0].findings.len(), 20);
    assert!(serde_json::to_string(&request).unwrap().len() < 262_144);
}

#[test]
fn the_manual_form_is_read_whole() {
    let request = Request::read(&json!({
        "indicators": [
            {"type": "domain", "value": "evil.example"}, {"type": "network", "value": "198.51.100.9/24"},
            {"type": "domain", "value": "EVIL.example"}
        ],
        "reason": " C2 of incident 17 ", "ttl": "36h", "mode": "alert", "dryRun": true
    }))
    .unwrap();
    assert_eq!(request.origin, Origin::Manual);
    assert_eq!(indicators(&request), ["evil.example", "198.51.100.0/24"]);
    assert_eq!(request.reason.as_deref(), Some("C2 of incident 17"));
    assert_eq!(request.ttl.unwrap().to_string(), "36h");
    assert_eq!((request.mode, request.dry_run), (Some(Mode::Alert), true));
}

#[test]
fn every_mistake_in_the_manual_form_names_its_field() {
    let form = |key: &str, value: Value| {
        let mut form = json!({"indicators": [{"type": "domain", "value": "evil.example"}], "reason": "why"});
        form[key] = value;
        refusal(form)
    };
    let indicator = |indicator: Value| form("indicators", json!([{"type": "ip", "value": "198.51.100.7"}, indicator]));
    for (sentence, field) in [
        (form("tll", json!("24h")), "\"tll\""),
        (form("indicators", json!([])), "indicators"),
        (form("indicators", json!("evil.example")), "indicators"),
        (form("reason", json!("")), "reason"),
        (form("reason", json!("a".repeat(257))), "reason"),
        (form("reason", json!("two\nlines")), "reason"),
        (form("ttl", json!("4m")), "ttl"),
        (form("ttl", json!("366d")), "ttl"),
        (form("ttl", json!("1.5h")), "ttl"),
        (form("ttl", json!("99999999999999999999d")), "ttl"),
        (form("ttl", json!(24)), "ttl"),
        (form("mode", json!("reject")), "mode"),
        (form("dryRun", json!("yes")), "dryRun"),
        (indicator(json!("evil.example")), "indicators[1]"),
        (indicator(json!({"type": "url", "value": "evil.example"})), "indicators[1].type"),
        (indicator(json!({"value": "evil.example"})), "indicators[1].type"),
        (indicator(json!({"type": "domain"})), "indicators[1].value"),
        (indicator(json!({"type": "domain", "value": "198.51.100.7"})), "indicators[1].value"),
        (indicator(json!({"type": "domain", "value": "evil.example", "ttl": "1h"})), "indicators[1].\"ttl\""),
    ] {
        assert!(sentence.starts_with(&format!("{field}: ")), "{field} | {sentence}");
    }
    assert!(refusal(json!({"indicators": [{"type": "domain", "value": "evil.example"}]})).starts_with("reason: "));
}

#[test]
fn every_mistake_in_an_event_names_its_field() {
    let event = |key: &str, value: Value| {
        let mut event = imported(json!([finding("f", json!({}))]));
        event[key] = value;
        refusal(event)
    };
    for (sentence, field) in [
        (event("source", json!("aws.guardduty")), "source"),
        (event("detail-type", json!("Security Hub Insight Results")), "detail-type"),
        (event("detail", json!(null)), "detail.findings"),
        (event("detail", json!({"findings": []})), "detail.findings"),
        (event("detail", json!({"findings": [7]})), "detail.findings[0]"),
        (event("detail", json!({"findings": [{"ProductArn": "arn"}]})), "detail.findings[0].Id"),
        (event("detail", json!({"findings": [finding("f", json!({})), {"Id": "g"}]})), "detail.findings[1].ProductArn"),
        (event("detail-type", json!("Security Hub Findings - Custom Action")), "resources[0]"),
        (refusal_of_many(), "detail.findings"),
    ] {
        assert!(sentence.starts_with(&format!("{field}: ")), "{field} | {sentence}");
    }
}

fn refusal_of_many() -> String {
    refusal(imported((0..101).map(|n| finding(&n.to_string(), json!({}))).collect()))
}

#[test]
fn what_is_neither_form_is_told_of_both() {
    for input in [json!(null), json!([]), json!("evil.example"), json!({}), json!({"domain": "evil.example"})] {
        assert_eq!(Request::read(&input), Err(InvalidRequest::UnknownForm));
    }
}

#[test]
fn a_request_crosses_activities_unchanged() {
    let request = fixture(include_str!("fixtures/falcon-custom-action.json"));
    let crossed: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    assert_eq!(crossed, request);
}

#[test]
fn many_tags_of_a_finding_are_cut_and_said_to_be() {
    let tags: serde_json::Map<String, Value> = (0..2_000).map(|n| (format!("key-{n}"), json!("value"))).collect();
    let request = Request::read(&imported(json!([finding("f", json!({"Resources": [{"Tags": tags}]}))]))).unwrap();
    let kept = &request.findings[0].resource_tags;
    assert!(!kept.complete && kept.tags.iter().map(|tag| tag.key.len() + tag.value.len()).sum::<usize>() <= 4_096);
    let few = json!({"Resources": [{"Tags": {"a": "1", "b": ""}}, {"Tags": {"a": "1"}}, {"Tags": null}]});
    let request = Request::read(&imported(json!([finding("f", few)]))).unwrap();
    assert_eq!((request.findings[0].resource_tags.tags.len(), request.findings[0].resource_tags.complete), (2, true));
}
