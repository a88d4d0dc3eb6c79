//! Which block or hunt an alert met, and from which workload.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/hunts.rs"]
mod hunts;
#[path = "support/logs.rs"]
mod logs;
mod support;

use falconer_domain::hits::{Subject, SubjectKind};
use falconer_domain::hunt::HuntGroup;
use hunts::refresh;
use logs::{meet, one_hit, piped, record, with};
use serde_json::{Value, json};
use support::{drop_for, one_group, ten, want};

fn blocks(indicator: &str) -> String {
    one_group::merge("", &want([drop_for(indicator, [1, 2])]), ten(), &one_group::roomy()).text
}

fn hunt_for(indicator: &str) -> String {
    hunts::merge("", &refresh([("bear", vec![indicator]), ("energy", vec![indicator])])).text
}

fn sids(hunt: &str) -> Vec<u32> {
    HuntGroup::read(hunt).hunted()[0].sids.clone()
}

/// An alert of the rule that a text's line is, as the engine repeats its message and its metadata.
fn alert_of(rule: &str, client: &str, server: &str) -> Value {
    let between = |start: &str, end: &str| rule.split_once(start).unwrap().1.split_once(end).unwrap().0;
    let pairs = between("metadata:", ";").split(", ").map(|pair| pair.split_once(' ').unwrap());
    let metadata: Value = pairs.map(|(key, value)| (key.to_owned(), json!([value]))).collect();
    let record = record(between("sid:", ";").parse().unwrap(), client, server);
    let record = with(record, "/event/alert/signature", json!(between("msg:\"", "\"")));
    with(record, "/event/alert/metadata", metadata)
}

#[test]
fn an_alert_of_any_rule_of_an_indicator_leads_to_all_that_its_text_says() {
    let text = hunt_for("evil.example");
    for sid in sids(&text) {
        let hit = one_hit("", &text, &[record(sid, "10.0.1.23", "192.0.2.80")]);
        let Subject::Hunt { indicator, hunts, details } = hit.subject else { panic!("{:?}", hit.subject) };
        assert_eq!((indicator.to_string().as_str(), hunts.len(), details.is_some()), ("evil.example", 2, true));
    }
    let text = blocks("198.51.100.7");
    let hit = one_hit(&text, "", &[alert_of(&text, "10.0.1.23", "198.51.100.7")]);
    let Subject::Block { causes, .. } = hit.subject else { panic!("{:?}", hit.subject) };
    assert_eq!(causes.unwrap().count(), 2);
}

#[test]
fn what_the_log_says_of_a_rule_that_stands_counts_for_nothing() {
    let text = hunt_for("evil.example");
    let forged = alert_of(text.lines().next().unwrap(), "10.0.1.23", "192.0.2.80");
    let forged = with(forged, "/event/alert/metadata", json!({"falconer": ["hunt"], "h": ["forged"], "a": ["NOBODY"]}));
    let other = with(forged.clone(), "/event/alert/signature", json!("Falconer hunt good.example"));
    let hit = one_hit("", &text, &[forged, other]);
    let Subject::Hunt { indicator, hunts, .. } = &hit.subject else { panic!("{:?}", hit.subject) };
    assert_eq!(
        (indicator.to_string().as_str(), hunts.iter().any(|hunt| hunt.as_str() == "forged")),
        ("evil.example", false)
    );
}

#[test]
fn of_a_rule_that_is_gone_the_log_tells_and_its_first_rule_tells_more() {
    let text = hunt_for("evil.example");
    let rules: Vec<&str> = text.lines().collect();
    let first = alert_of(rules[0], "10.0.1.23", "192.0.2.80");
    let further = alert_of(rules[1], "10.0.1.23", "192.0.2.80");
    for records in [[first.clone(), further.clone()], [further.clone(), first]] {
        let hit = one_hit("", "", &records);
        let Subject::Hunt { indicator, hunts, details } = &hit.subject else { panic!("{:?}", hit.subject) };
        assert_eq!((indicator.to_string().as_str(), hunts.len(), details), ("evil.example", 2, &None));
    }
    let Subject::Hunt { hunts, .. } = one_hit("", "", &[further]).subject else { panic!() };
    assert!(hunts.is_empty());
    let text = blocks("evil.example");
    let hit = one_hit("", "", &[alert_of(text.lines().next().unwrap(), "10.0.1.23", "192.0.2.80")]);
    let Subject::Block { causes, .. } = hit.subject else { panic!("{:?}", hit.subject) };
    assert_eq!(causes.unwrap().count(), 2);
}

#[test]
fn of_a_rule_that_is_gone_only_what_we_could_have_written_is_believed() {
    let text = hunt_for("evil.example");
    let good = alert_of(text.lines().next().unwrap(), "10.0.1.23", "192.0.2.80");
    let sid = sids(&text)[0];
    for (pointer, value) in [
        ("/event/alert/signature", json!("Falconer hunt other.example")),
        ("/event/alert/signature", json!("Falconer hunt EVIL.example")),
        ("/event/alert/signature", json!("Falconer evil.example")),
        ("/event/alert/signature", json!("Falconer hunt evil.example...")),
        ("/event/alert/signature_id", json!(sid + 4)),
    ] {
        let met = meet("", "", &piped(&[with(good.clone(), pointer, value)]));
        assert_eq!((met.hits.len(), met.unknown, met.foreign), (0, 1, 0), "{pointer}");
    }
    let odd = with(good, "/event/alert/metadata/h", json!(["bear; sid:1", "energy"]));
    let Subject::Hunt { hunts, .. } = one_hit("", "", &[odd]).subject else { panic!() };
    assert!(hunts.is_empty());
}

#[test]
fn alerts_of_others_are_counted_and_no_hits() {
    let met =
        meet("", "", &piped(&[record(7, "10.0.1.23", "192.0.2.80"), record(2_100_000_000, "10.0.1.23", "192.0.2.80")]));
    assert_eq!((met.hits.len(), met.foreign, met.unknown), (0, 2, 0));
}

#[test]
fn the_workload_is_the_end_that_is_not_the_address_met_whoever_began() {
    let text = hunt_for("203.0.113.0/24");
    let sid = sids(&text)[0];
    for (client, server) in [("10.0.1.23", "203.0.113.9"), ("203.0.113.9", "10.0.1.23")] {
        let hit = one_hit("", &text, &[record(sid, client, server)]);
        assert_eq!(hit.workload.to_string(), "10.0.1.23");
        let seen = hit.seen.values().next().unwrap();
        assert_eq!(seen.remotes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["203.0.113.9"]);
    }
}

#[test]
fn of_a_name_the_workload_is_the_client_unless_he_comes_from_outside() {
    let text = hunt_for("evil.example");
    let sid = sids(&text)[0];
    for (client, server, workload) in [
        ("10.0.1.23", "192.0.2.80", "10.0.1.23"),
        ("10.0.1.23", "10.9.9.9", "10.0.1.23"),
        ("192.0.2.66", "10.0.1.23", "10.0.1.23"),
        ("192.0.2.66", "100.64.0.1", "100.64.0.1"),
        ("192.0.2.66", "192.0.2.80", "192.0.2.66"),
        ("2001:db8:a::23", "2001:db8:b::80", "2001:db8:a::23"),
        ("2001:db8:b::66", "fd00:1::23", "fd00:1::23"),
    ] {
        let hit = one_hit("", &text, &[record(sid, client, server)]);
        assert_eq!(hit.workload.to_string(), workload, "{client} to {server}");
    }
    let answer = with(record(sid, "192.0.2.53", "10.0.1.23"), "/event/direction", json!("to_client"));
    assert_eq!(one_hit("", &text, &[answer]).workload.to_string(), "10.0.1.23");
}

#[test]
fn hits_are_counted_for_each_subject_workload_firewall_and_hour() {
    let (block, hunt) = (blocks("evil.example"), hunt_for("evil.example"));
    let block_sid = one_group::read(&block).held()[0].sids[0];
    let one = record(sids(&hunt)[0], "10.0.1.23", "192.0.2.80");
    let records = [
        one.clone(),
        with(one.clone(), "/event/timestamp", json!("2026-01-15T10:00:00.000000+0000")),
        with(one.clone(), "/event/alert/signature_id", json!(sids(&hunt)[1])),
        with(one.clone(), "/event/timestamp", json!("2026-01-15T09:59:59.999999+0000")),
        with(one.clone(), "/event/src_ip", json!("10.0.1.24")),
        with(one.clone(), "/firewall_name", json!("ingress")),
        with(one, "/event/alert/signature_id", json!(block_sid)),
    ];
    let met = meet(&block, &hunt, &piped(&records));
    let count = |hit: &falconer_domain::hits::Hit| {
        let seen = hit.seen.values().next().unwrap();
        format!("{} {} {} {} {}", hit.subject.kind(), hit.firewall, hit.window, hit.workload, seen.allowed)
    };
    let mut counts: Vec<String> = met.hits.iter().map(count).collect();
    counts.sort();
    let expected = [
        "block egress 20260115T10 10.0.1.23 1",
        "hunt egress 20260115T09 10.0.1.23 1",
        "hunt egress 20260115T10 10.0.1.23 3",
        "hunt egress 20260115T10 10.0.1.24 1",
        "hunt ingress 20260115T10 10.0.1.23 1",
    ];
    assert_eq!(counts, expected);
    assert_eq!(met.hits.iter().filter(|hit| hit.subject.kind() == SubjectKind::Hunt).count(), 4);
}

#[test]
fn what_a_client_writes_is_kept_in_a_few_short_texts() {
    let text = hunt_for("198.51.100.7");
    let of = |number: u16| {
        let record = with(record(sids(&text)[0], "10.0.1.23", "198.51.100.7"), "/event/dest_port", json!(number));
        let record = with(record, "/event/proto", json!("TCP\n; x"));
        with(record, "/event/tls", json!({"sni": format!("{number}.example")}))
    };
    let hit = one_hit("", &text, &(0..50).map(of).collect::<Vec<_>>());
    let seen = hit.seen.values().next().unwrap();
    assert_eq!((seen.ports.len(), seen.names.len(), seen.allowed), (5, 5, 50));
    assert_eq!(seen.protocols.iter().map(ToString::to_string).collect::<Vec<_>>(), ["TCP-x"]);
}
