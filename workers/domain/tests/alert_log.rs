//! How the firewall's alert log is read, whatever comes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/logs.rs"]
mod logs;

use falconer_domain::hits::{Action, AlertLog, LeftOut};
use logs::{gzip, packed, piped, record, subscription, with};
use proptest::prelude::*;
use serde_json::{Value, json};

fn left_out(input: &Value) -> LeftOut {
    AlertLog::read(input).unwrap().left_out
}

/// Records that Suricata 7 wrote of rules of ours, in the firewall's envelope.
fn written_by_the_engine() -> Value {
    serde_json::from_str(include_str!("fixtures/alert-log.json")).unwrap()
}

#[test]
fn what_the_engine_writes_is_read_whole() {
    let log = AlertLog::read(&written_by_the_engine()).unwrap();
    assert_eq!(log.left_out, LeftOut::default());
    let alerts = &log.deliveries[0].alerts;
    let line = |alert: &falconer_domain::hits::Alert| {
        let names: Vec<String> = alert.names.iter().map(ToString::to_string).collect();
        let (protocol, port) = (alert.protocol.as_ref().unwrap(), alert.destination.port.unwrap_or_default());
        format!("{protocol} {port} {:?} {}", alert.action, names.join(","))
    };
    let lines: Vec<String> = alerts.iter().map(line).collect();
    let expected = [
        "UDP 53 Allowed www.evil.example",
        "TCP 80 Allowed www.evil.example",
        "TCP 443 Allowed www.evil.example",
        "UDP 9999 Blocked ",
        "TCP 22 Blocked ",
        "ICMP 0 Blocked ",
    ];
    assert_eq!(lines, expected);
    assert_eq!(alerts[0].at.to_string(), "2026-01-15T10:00:00Z");
    assert!(alerts.iter().all(|alert| alert.firewall == "egress" && !alert.is_answer));
}

#[test]
fn both_forms_hold_the_same_alerts() {
    let records = written_by_the_engine()["records"].as_array().unwrap().clone();
    let [direct, piped] =
        [json!({"records": records.clone()}), piped(&records)].map(|input| AlertLog::read(&input).unwrap());
    assert_eq!(direct.deliveries[0].alerts, piped.deliveries[0].alerts);
}

#[test]
fn another_input_is_refused() {
    for input in [json!({}), json!("records"), json!({"records": {}}), json!({"Records": []}), json!(null)] {
        assert!(AlertLog::read(&input).is_err(), "{input}");
    }
    assert_eq!(AlertLog::read(&json!([])).unwrap(), AlertLog::default());
}

#[test]
fn what_cannot_be_read_is_counted_and_the_rest_is_read() {
    let good = record(7, "10.0.1.23", "192.0.2.80");
    let of_kind = |kind: &str| {
        gzip(json!({"messageType": kind, "logEvents": [{"message": good.to_string()}]}).to_string().as_bytes())
    };
    let input = json!([
        packed("no base64!"),
        packed("bm8gZ3ppcA=="),
        json!("no object"),
        packed(&gzip(b"no JSON")),
        packed(&gzip(b"[]")),
        packed(&of_kind("OTHER")),
        packed(&of_kind("CONTROL_MESSAGE")),
        packed(&gzip(
            subscription(&[good.clone(), json!("no record"), with(good.clone(), "/event/event_type", json!("tls"))])
                .to_string()
                .as_bytes()
        )),
    ]);
    let log = AlertLog::read(&input).unwrap();
    assert_eq!(log.deliveries.iter().map(|delivery| delivery.alerts.len()).collect::<Vec<_>>(), [1]);
    let expected = LeftOut {
        packed_wrongly: 3,
        no_log: 3,
        control_messages: 1,
        malformed: 1,
        other_events: 1,
        ..LeftOut::default()
    };
    assert_eq!(log.left_out, expected);
}

#[test]
fn a_record_that_is_not_as_the_firewall_writes_it_is_malformed() {
    let good = record(7, "10.0.1.23", "192.0.2.80");
    for (pointer, value) in [
        ("/firewall_name", json!("a/b")),
        ("/firewall_name", json!("")),
        ("/firewall_name", json!("x".repeat(129))),
        ("/event/src_ip", json!("10.0.1.23\"")),
        ("/event/dest_port", json!(70_000)),
        ("/event/timestamp", json!("yesterday")),
        ("/event/alert/signature_id", json!(-1)),
        ("/event/alert/action", json!("pass")),
        ("/event/event_type", json!(null)),
    ] {
        let counts = left_out(&json!({"records": [with(good.clone(), pointer, value)]}));
        assert_eq!(counts, LeftOut { malformed: 1, ..LeftOut::default() }, "{pointer}");
    }
}

#[test]
fn names_that_are_none_are_left_out() {
    let good = record(7, "10.0.1.23", "192.0.2.80");
    for (member, value, name) in [
        ("tls", json!({"sni": "EVIL.example."}), Some("evil.example")),
        ("tls", json!({"sni": "evil.example\"; sid:1;)"}), None),
        ("quic", json!({"sni": "evil.example"}), Some("evil.example")),
        ("http", json!({"hostname": "evil.example:8080", "url": "/"}), None),
        ("dns", json!({"query": [{"rrname": "evil.example"}]}), Some("evil.example")),
        ("dns", json!({"version": 3, "queries": [{"rrname": "evil.example"}]}), Some("evil.example")),
        ("dns", json!({"rrname": "evil.example"}), Some("evil.example")),
        ("dns", json!([1]), None),
    ] {
        let log =
            AlertLog::read(&json!({"records": [with(good.clone(), &format!("/event/{member}"), value)]})).unwrap();
        let names: Vec<String> = log.deliveries[0].alerts[0].names.iter().map(ToString::to_string).collect();
        assert_eq!(names, name.into_iter().collect::<Vec<_>>(), "{member}");
    }
}

#[test]
fn the_same_content_twice_in_one_input_counts_once() {
    let one = piped(&[record(7, "10.0.1.23", "192.0.2.80")])[0].clone();
    let again = with(one.clone(), "/sequenceNumber", json!("2"));
    let log = AlertLog::read(&json!([one, again])).unwrap();
    assert_eq!((log.deliveries.len(), log.left_out.repeated), (1, 1));
}

#[test]
fn what_would_unpack_without_end_is_left_out_and_what_is_behind_it_is_read() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 512 << 10, "{}", bomb.len());
    let good = piped(&[record(7, "10.0.1.23", "192.0.2.80")])[0].clone();
    let log = AlertLog::read(&json!([packed(&bomb), good, packed(&bomb)])).unwrap();
    assert_eq!((log.deliveries.len(), log.left_out.too_large), (1, 2));
    // The bound is one for all records together.
    let large = |number: u8| packed(&gzip(&vec![number; 6 << 20]));
    let counts = left_out(&json!([large(1), large(2), large(3), large(4)]));
    assert_eq!((counts.no_log, counts.too_large), (2, 2));
}

#[test]
fn an_alert_tells_whether_the_packet_passed() {
    let record = with(record(7, "10.0.1.23", "192.0.2.80"), "/event/alert/action", json!("blocked"));
    assert_eq!(AlertLog::read(&json!({"records": [record]})).unwrap().deliveries[0].alerts[0].action, Action::Blocked);
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("alert")),
        Just(json!("198.51.100.7")),
    ];
    let member = prop::sample::select(vec![
        "data",
        "records",
        "event",
        "event_type",
        "alert",
        "tls",
        "sni",
        "dns",
        "query",
        "message",
    ]);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(member.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_makes_reading_panic(value in json_value(), bytes in prop::collection::vec(any::<u8>(), 0..200), place in 0usize..400) {
        let _ = AlertLog::read(&value);
        let _ = AlertLog::read(&json!({"records": [value.clone()]}));
        let _ = AlertLog::read(&json!([value.clone(), packed(&gzip(&bytes)), packed(&gzip(value.to_string().as_bytes()))]));
        let mut torn = gzip(subscription(&[value]).to_string().as_bytes()).into_bytes();
        let place = place % torn.len();
        torn[place] = b'A';
        let _ = AlertLog::read(&json!([packed(&String::from_utf8(torn).unwrap())]));
    }
}
