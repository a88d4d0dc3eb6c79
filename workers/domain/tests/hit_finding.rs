//! What Security Hub is told of a hit, and that nothing is counted twice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/hunts.rs"]
mod hunts;
#[path = "support/logs.rs"]
mod logs;
mod support;

use std::collections::HashMap;

use falconer_domain::finding::Severity;
use falconer_domain::hits::{HitFinding, Tally, totals};
use falconer_domain::hunt::{HuntChange, HuntGroup, IntelRecord};
use hunts::{name, ranked, refresh};
use logs::{one_hit, record, with};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{drop_for, one_group, ten, want};

fn hunt_text(confidence: &str) -> String {
    let (actors, reports) = (["FANCY BEAR".to_owned()], ["CSA-18538".to_owned()]);
    let record = IntelRecord {
        malicious_confidence: confidence,
        actors: &actors,
        reports: &reports,
        ..hunts::record("evil.example")
    };
    let change = HuntChange { refreshed: [(name("bear"), ranked(&[record]))].into(), hunts: None };
    hunts::merge("", &change).text
}

fn one_alert(hunt: &str) -> Value {
    record(HuntGroup::read(hunt).hunted()[0].sids[0], "10.0.1.23", "192.0.2.80")
}

fn blocked(record: Value) -> Value {
    with(record, "/event/alert/action", json!("blocked"))
}

fn new_finding(blocks: &str, hunts: &str, records: &[Value]) -> HitFinding {
    one_hit(blocks, hunts, records).finding(None).unwrap()
}

fn intel(finding: &HitFinding) -> Vec<(&str, &str)> {
    finding.threat_intel.iter().map(|intel| (intel.kind, intel.value.as_str())).collect()
}

#[test]
fn a_hunts_finding_names_the_workload_the_indicator_the_actor_and_the_report() {
    let text = hunt_text("high");
    let alert = with(one_alert(&text), "/event/tls", json!({"sni": "www.evil.example"}));
    let finding = new_finding("", &text, &[alert.clone(), blocked(alert)]);
    assert!(
        finding.id.starts_with("falconer/report-hits/egress/20260115T10/hunt-") && finding.id.ends_with("/10.0.1.23")
    );
    assert_eq!(finding.title, "10.0.1.23 met the hunt for evil.example");
    assert_eq!(
        finding.description,
        "The firewall egress reported 10.0.1.23 with evil.example in the hour 20260115T10 UTC: packets blocked 1, packets \
         passed 1. Hunts: bear. Actor: FANCY-BEAR. Report: CSA-18538."
    );
    assert_eq!(finding.workload.to_string(), "10.0.1.23");
    assert_eq!(intel(&finding), [("DOMAIN", "evil.example")]);
    let mut fields: Vec<String> = finding
        .product_fields
        .iter()
        .map(|(key, value)| format!("{}={value}", key.strip_prefix("falconer/").unwrap()))
        .collect();
    fields.retain(|field| !field.starts_with("counted="));
    fields.sort();
    let expected = [
        "actor=FANCY-BEAR",
        "allowed=1",
        "blocked=1",
        "confidence=high",
        "firewall=egress",
        "firstSeen=2026-01-15T10:00:59.25Z",
        "hour=20260115T10",
        "hunts=bear",
        "indicator=evil.example",
        "kind=hunt",
        "lastSeen=2026-01-15T10:00:59.25Z",
        "names=www.evil.example",
        "ports=443",
        "protocols=TCP",
        "remotes=192.0.2.80",
        "report=CSA-18538",
        "workload=10.0.1.23",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_blocks_finding_refers_to_the_findings_that_asked_for_it() {
    let text = one_group::merge("", &want([drop_for("203.0.113.0/24", [1, 2])]), ten(), &one_group::roomy()).text;
    let held = &one_group::read(&text).held()[0].clone();
    let finding = new_finding(&text, "", &[blocked(record(held.sids[0], "10.0.1.23", "203.0.113.9"))]);
    assert_eq!(finding.product_fields["falconer/causes"], held.entry.causes.to_string());
    assert_eq!(finding.product_fields["falconer/indicator"], "203.0.113.0/24");
    // What can be blocked from this finding is the address that was met.
    assert_eq!(intel(&finding), [("IPV4_ADDRESS", "203.0.113.9")]);
    assert_eq!(finding.severity, Severity::Medium);
}

#[test]
fn what_passed_is_worse_than_what_was_stopped_and_what_is_sure_worse_than_what_may_be() {
    for (confidence, passed, stopped) in [
        ("high", Severity::High, Severity::Medium),
        ("medium", Severity::Medium, Severity::Low),
        ("low", Severity::Medium, Severity::Low),
    ] {
        let text = hunt_text(confidence);
        assert_eq!(new_finding("", &text, &[one_alert(&text)]).severity, passed, "{confidence}");
        assert_eq!(new_finding("", &text, &[blocked(one_alert(&text))]).severity, stopped, "{confidence}");
    }
}

#[test]
fn what_was_counted_is_not_counted_again_and_what_is_new_is_added() {
    let text = hunt_text("high");
    let early = with(one_alert(&text), "/event/timestamp", json!("2026-01-15T10:00:01.000000+0000"));
    let first = one_hit("", &text, &[one_alert(&text), one_alert(&text)]);
    let second = one_hit("", &text, &[blocked(early)]);
    let standing = first.finding(None).unwrap();
    assert_eq!(first.finding(Some(&standing.product_fields)), None);
    let both = second.finding(Some(&standing.product_fields)).unwrap();
    assert_eq!(both.id, standing.id);
    let seen = Tally::read(&both.product_fields).seen;
    assert_eq!((seen.allowed, seen.blocked), (2, 1));
    assert_eq!(
        (both.first_observed.to_string(), both.last_observed),
        ("2026-01-15T10:00:01Z".to_owned(), standing.last_observed)
    );
    for again in [&first, &second] {
        assert_eq!(again.finding(Some(&both.product_fields)), None);
    }
}

#[test]
fn what_a_finding_knew_of_a_rule_stays_when_the_rule_is_gone() {
    let text = hunt_text("high");
    let standing = new_finding("", &text, &[one_alert(&text)]);
    let mut fields = standing.product_fields;
    fields.insert("aws/securityhub/FindingId".to_owned(), "theirs".to_owned());
    let gone = with(blocked(one_alert(&text)), "/event/alert/signature", json!("Falconer hunt evil.example"));
    let later = one_hit("", "", &[gone]).finding(Some(&fields)).unwrap();
    assert_eq!(later.product_fields["falconer/actor"], "FANCY-BEAR");
    assert!(later.product_fields.keys().all(|key| key.starts_with("falconer/")));
}

#[test]
fn a_finding_keeps_within_the_limits_of_security_hub() {
    let label = "a".repeat(61);
    let long = format!("{label}.{label}.{label}.{label}.ex");
    let text = hunts::merge("", &refresh([("bear", vec![long.as_str()])])).text;
    let mut standing: Option<HashMap<String, String>> = None;
    for number in 0..300 {
        let other = with(one_alert(&text), "/event/flow_id", json!(number));
        let finding = one_hit("", &text, &[other]).finding(standing.as_ref()).unwrap();
        assert!(finding.id.len() <= 512 && finding.title.len() <= 256 && finding.description.len() <= 1_024);
        assert!(
            finding.product_fields.len() <= 50 && finding.product_fields.values().all(|value| value.len() <= 2_048)
        );
        standing = Some(finding.product_fields);
    }
    assert_eq!(Tally::read(&standing.unwrap()).seen.allowed, 300);
}

#[test]
fn totals_sum_the_hits_of_all_workloads_and_hours() {
    let text = hunt_text("high");
    let later = with(one_alert(&text), "/event/timestamp", json!("2026-01-15T11:00:00.000000+0000"));
    let other = with(one_alert(&text), "/event/src_ip", json!("10.0.1.24"));
    let findings = [vec![one_alert(&text), blocked(one_alert(&text))], vec![later], vec![other]]
        .map(|records| new_finding("", &text, &records).product_fields);
    let strange = HashMap::from([("falconer/kind".to_owned(), "hunt".to_owned())]);
    let totals = totals(findings.iter().chain([&strange]));
    let [((kind, indicator), total)] = totals.iter().collect::<Vec<_>>()[..] else { panic!("{totals:?}") };
    assert_eq!((kind.to_string(), indicator.to_string()), ("hunt".to_owned(), "evil.example".to_owned()));
    assert_eq!((total.blocked, total.allowed), (1, 3));
    assert_eq!(total.last.unwrap().to_string(), "2026-01-15T11:00:00Z");
}

proptest! {
    #[test]
    fn fields_that_somebody_has_written_never_stop_the_count(texts in prop::collection::hash_map(
        prop::sample::select(vec!["blocked", "allowed", "firstSeen", "lastSeen", "ports", "protocols", "names", "remotes", "counted"]),
        any::<String>(), 0..9,
    )) {
        let fields: HashMap<String, String> = texts.into_iter().map(|(key, text)| (format!("falconer/{key}"), text)).collect();
        let text = hunt_text("high");
        let hit = one_hit("", &text, &[one_alert(&text)]);
        let finding = hit.finding(Some(&fields)).unwrap();
        prop_assert!(Tally::read(&finding.product_fields).seen.allowed >= 1);
        prop_assert_eq!(hit.finding(Some(&finding.product_fields)), None);
    }

    #[test]
    fn deliveries_count_once_in_any_order_and_any_number(order in prop::collection::vec(0usize..6, 1..30)) {
        let text = hunt_text("high");
        let hits: Vec<_> = (0..6).map(|number| one_hit("", &text, &[with(one_alert(&text), "/event/flow_id", json!(number))])).collect();
        let mut standing = HashMap::new();
        for &delivery in &order {
            if let Some(finding) = hits[delivery].finding(Some(&standing)) {
                standing = finding.product_fields;
            }
        }
        let mut different = order.clone();
        different.sort_unstable();
        different.dedup();
        prop_assert_eq!(Tally::read(&standing).seen.allowed, u64::try_from(different.len()).unwrap());
    }
}
