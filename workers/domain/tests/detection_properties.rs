//! What must hold for any event that anybody can cause.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::{Ipv4Addr, Ipv6Addr};

use falconer_domain::detection::{Event, Filter, FilterConfig, Kind, finding, home, mended};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::detections::{DETECTION, EPP, hub, instance, now};

/// Text of every length and script, with a liking for what is cut, escaped or taken apart.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        1 => ("\\PC{1,3}", 0..3_000_usize).prop_map(|(text, times)| text.repeat(times)),
        4 => "[a-z0-9.:,'\"\\\\{} -]{0,60}",
        1 => Just("198.51.100.7,2001:db8::7,evil.example".to_owned()),
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        hostile_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(member(), inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Names that are read, so that the values are met, and some others.
fn member() -> impl Strategy<Value = String> {
    let of = |text: &str, part: &str| -> Vec<String> {
        let event: Value = serde_json::from_str(text).unwrap();
        event[part].as_object().unwrap().keys().cloned().collect()
    };
    let mut known = [of(DETECTION, "event"), of(EPP, "event"), of(EPP, "metadata")].concat();
    known.extend(["metadata", "event", "DomainName", "RequestType", "AccountId", "CloudProvider"].map(str::to_owned));
    known.extend(["LocalAddress", "RemotePort", "Protocol", "ConnectionDirection", "IPv6"].map(str::to_owned));
    prop_oneof![prop::sample::select(known), "[A-Z][a-z]{0,5}"]
}

fn event_type() -> impl Strategy<Value = &'static str> {
    prop::sample::select(Kind::DETECTIONS.map(Kind::event_type).to_vec())
}

/// An event of some kind with any members.
fn event() -> impl Strategy<Value = String> {
    let members = prop::collection::hash_map(member(), json_value(), 0..40);
    (event_type(), members, json_value()).prop_map(|(event_type, members, time)| {
        let members: Map<_, _> = members.into_iter().collect();
        let metadata = json!({"offset": 7, "eventType": event_type, "eventCreationTime": time});
        json!({"metadata": metadata, "event": members}).to_string()
    })
}

/// Whether every text in a value is one that Security Hub's pattern takes.
fn no_text_is_blank(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => list.iter().all(no_text_is_blank),
        Value::Object(members) => members.values().all(no_text_is_blank),
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// What ASFF demands of the fields that an event's words reach.
fn is_within_limits(finding: &Value) -> bool {
    let fits =
        |value: &Value, most: usize| value.as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()));
    let fits_or_is_none = |value: &Value, most: usize| value.is_null() || fits(value, most);
    let all_fit = |value: &Value, entries: usize, most: usize| {
        value.as_object().is_none_or(|fields| {
            fields.len() <= entries && fields.iter().all(|(name, value)| name.len() <= 128 && fits(value, most))
        })
    };
    let indicators = finding["ThreatIntelIndicators"].as_array();
    let network = &finding["Network"];
    let is =
        |name: &str, parses: fn(&str) -> bool| network[name].is_null() || network[name].as_str().is_some_and(parses);
    fits(&finding["Id"], 512)
        && fits(&finding["Title"], 256)
        && fits(&finding["Description"], 1_024)
        && fits(&finding["Severity"]["Label"], 13)
        && fits_or_is_none(&finding["Severity"]["Original"], 64)
        && fits_or_is_none(&finding["Process"]["Name"], 64)
        && fits_or_is_none(&finding["Process"]["Path"], 512)
        && fits_or_is_none(&network["Protocol"], 16)
        && is("SourceIpV4", |text| text.parse::<Ipv4Addr>().is_ok())
        && is("SourceIpV6", |text| text.parse::<Ipv6Addr>().is_ok())
        && fits(&finding["Resources"][0]["Id"], 512)
        && all_fit(&finding["Resources"][0]["Details"]["Other"], 50, 1_024)
        && all_fit(&finding["ProductFields"], 47, 2_048)
        && indicators.is_none_or(|all| all.len() <= 5 && all.iter().all(|entry| fits(&entry["Value"], 512)))
        && ["CreatedAt", "UpdatedAt"]
            .iter()
            .all(|name| finding[name].as_str().is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok()))
}

proptest! {
    #[test]
    fn whatever_stands_in_an_event_its_finding_is_one_that_security_hub_takes(line in event(), known: bool) {
        let event = Event::read(line.as_bytes()).unwrap();
        let host = known.then(instance);
        let finding = serde_json::to_value(finding(&event, host.as_ref(), &home(host.as_ref(), &hub()), now())).unwrap();
        prop_assert!(is_within_limits(&finding), "{finding}");
        prop_assert!(no_text_is_blank(&finding), "{finding}");
        prop_assert!(finding["Id"].as_str().unwrap().starts_with("crowdstrike:crowdstrike-falcon:"));
    }

    #[test]
    fn any_json_and_any_bytes_are_read_or_refused(value in json_value(), bytes in any::<Vec<u8>>(), cut in 0..4_000_usize) {
        let filter = Filter::new(&FilterConfig::default()).unwrap();
        let text = value.to_string();
        let halved = &DETECTION.as_bytes()[..cut.min(DETECTION.len())];
        for line in [text.as_bytes(), &bytes, halved] {
            if let Ok(event) = Event::read(line) {
                let _ = filter.before_lookup(&event, now());
            }
            if let Some(mended) = mended(line) {
                prop_assert_eq!(falconer_domain::detection::mended(&mended), None);
            }
        }
    }

    #[test]
    fn a_line_that_is_cut_behind_its_metadata_keeps_its_offset(cut in 0..3_000_usize) {
        let whole = serde_json::from_str::<Value>(DETECTION).unwrap().to_string();
        let behind = whole.find(r#","event""#).unwrap();
        let line = &whole.as_bytes()[..(behind + cut).min(whole.len() - 1)];
        prop_assert_eq!(Event::read(line).unwrap_err().offset, Some(4711));
    }

    #[test]
    fn halves_of_pairs_are_all_mended(units in prop::collection::vec(any::<u16>(), 0..20)) {
        let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let line = format!(r#"{{"metadata": {{"offset": 7}}, "event": {{"Name": "{escaped}"}}}}"#);
        let line = mended(line.as_bytes()).unwrap_or_else(|| line.into_bytes());
        prop_assert!(Event::read(&line).is_ok());
    }
}
