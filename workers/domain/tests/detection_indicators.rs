//! What an event was detected by, as Security Hub is told it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use serde_json::{Value, json};
use support::detections::{EPP, bare, changed, field, found};

/// Types and values of the indicators of an event with these members.
fn indicators(kind: &str, values: &str) -> Vec<(String, String)> {
    of(&found(&changed(EPP, json!({"IOCType": kind, "IOCValue": values})), None))
}

fn of(finding: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = finding["ThreatIntelIndicators"].as_array();
    entries.into_iter().flatten().map(|entry| (text(&entry["Type"]), text(&entry["Value"]))).collect()
}

fn pairs(kind: &str, values: &[&str]) -> Vec<(String, String)> {
    values.iter().map(|value| (kind.to_owned(), (*value).to_owned())).collect()
}

#[test]
fn several_indicators_in_one_value_are_told_one_by_one_and_the_value_stays_as_it_is() {
    let values = "evil.example, c2.example,evil.example,not a name,,a.example,b.example,c.example,d.example";
    let expected = ["evil.example", "c2.example", "a.example", "b.example", "c.example"];
    assert_eq!(indicators("domain", values), pairs("DOMAIN", &expected));
    let finding = found(&changed(EPP, json!({"IOCType": "domain", "IOCValue": values})), None);
    assert_eq!(field(&finding, "IOCValue"), values);
}

#[test]
fn an_indicator_is_what_its_type_says_or_none() {
    let (md5, sha1, sha256) = ("0f".repeat(16), "0f".repeat(20), "0F".repeat(32));
    assert_eq!(indicators("ipv4", "198.51.100.7,2001:db8::7,evil.example"), pairs("IPV4_ADDRESS", &["198.51.100.7"]));
    assert_eq!(indicators("IPv6", "198.51.100.7,2001:db8::7"), pairs("IPV6_ADDRESS", &["2001:db8::7"]));
    assert_eq!(indicators("hash_sha256", &sha256), pairs("HASH_SHA256", &[&sha256]));
    assert_eq!(indicators("sha1", &sha1), pairs("HASH_SHA1", &[&sha1]));
    assert_eq!(indicators("hash_md5", &format!("{md5},{sha256}")), pairs("HASH_MD5", &[&md5]));
    for kind in ["", "registry_key", "hash_", "hash_domain", "hashäsha256"] {
        assert!(indicators(kind, "evil.example").is_empty(), "{kind}");
    }
}

#[test]
fn a_customers_indicator_stands_where_every_other_does() {
    let sha256 = "0f".repeat(32);
    for (member, value, kind, told) in [
        ("DomainName", "evil.example", "domain", "DOMAIN"),
        ("IPv4", "198.51.100.7", "ipv4", "IPV4_ADDRESS"),
        ("IPv6", "2001:db8::7", "ipv6", "IPV6_ADDRESS"),
        ("SHA256String", &sha256, "hash_sha256", "HASH_SHA256"),
        ("MD5String", "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "hash_md5", "HASH_MD5"),
    ] {
        let line = bare("CustomerIOCEvent", json!({"DeviceId": "0a1d", "FileName": "", member: value}));
        let finding = found(&line, None);
        assert_eq!(field(&finding, "IOCType"), kind);
        assert_eq!(field(&finding, "IOCValue"), value);
        assert_eq!(of(&finding), pairs(told, &[value]));
    }
}
