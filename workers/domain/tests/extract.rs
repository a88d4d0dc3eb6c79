//! Where findings say what is bad.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::extract::{MAX_CANDIDATES, TooManyIndicators};
use falconer_domain::finding::Severity;
use falconer_domain::request::{InvalidRequest, Origin, Request};
use serde_json::json;

use support::inputs::{finding, fixture, imported, indicators};

#[test]
fn every_domain_of_a_falcon_finding_is_a_candidate_and_its_dns_resolver_is_not() {
    let request = fixture(include_str!("fixtures/falcon-domains-imported.json"));
    assert_eq!(request.origin, Origin::Imported);
    assert_eq!(indicators(&request), ["evil.example", "cdn.evil.example", "c2.wicked.example"]);
    assert_eq!(request.candidates[0].source, "ProductFields.crowdstrike/crowdstrike-falcon/IOCValue");
    assert_eq!(request.findings[0].account_id, Some("444455556666".parse().unwrap()));
    assert_eq!(request.findings[0].severity, Some(Severity::High));
}

#[test]
fn a_custom_action_carries_all_its_findings_and_a_hash_is_remarked_on() {
    let request = fixture(include_str!("fixtures/falcon-custom-action.json"));
    let arn = "arn:aws:securityhub:us-east-1:111122223333:action/custom/falconerBlock".to_owned();
    assert_eq!(request.origin, Origin::CustomAction { arn });
    assert_eq!(request.findings.len(), 2);
    assert_eq!(indicators(&request), ["198.51.100.7"]);
    assert_eq!(request.candidates[0].findings, [1]);
    assert_eq!(request.remarks[0].finding, 0);
    assert!(request.remarks[0].problem.contains("hash"));
}

#[test]
fn guardduty_findings_say_the_same_in_both_shapes() {
    let action = fixture(include_str!("fixtures/guardduty-action.json"));
    assert_eq!(indicators(&action), ["198.51.100.20", "dga.evil.example", "203.0.113.7", "203.0.113.8"]);
    assert_eq!(action.candidates[1].source, "Action.DnsRequestAction.Domain");
    let fields = fixture(include_str!("fixtures/guardduty-fields.json"));
    assert_eq!(indicators(&fields), ["198.51.100.20", "dga.evil.example", "203.0.113.7", "203.0.113.8", "203.0.113.9"]);
    assert!(action.remarks.is_empty() && fields.remarks.is_empty());
}

#[test]
fn threat_intel_indicators_of_every_network_type_are_read() {
    let intel = json!([
        {"Type": "DOMAIN", "Value": "evil.example"},
        {"Type": "IPV4_ADDRESS", "Value": "198.51.100.7"},
        {"Type": "IPV6_ADDRESS", "Value": "2001:db8::7"},
        {"Type": "URL", "Value": "hxxps://user:pw@c2[.]wicked.example:8443/path?x=http://good.example"},
        {"Type": "URL", "Value": "http://[2001:db8::8]:8080/"},
        {"Type": "URL", "Value": "ftp://203.0.113.9"},
        {"Type": "HASH_MD5", "Value": "68b329da9893e34099c7d8ad5cb9c940"},
        {"Type": "EMAIL_ADDRESS", "Value": "a@evil.example"},
        {"Type": "URL", "Value": "javascript:alert(1)"},
        {"Value": "no-type.example"},
        "not even an object"
    ]);
    let request = Request::read(&imported(json!([finding("f", json!({"ThreatIntelIndicators": intel}))]))).unwrap();
    let expected = ["evil.example", "198.51.100.7", "2001:db8::7", "c2.wicked.example", "2001:db8::8", "203.0.113.9"];
    assert_eq!(indicators(&request), expected);
    let remarked: Vec<&str> = request.remarks.iter().map(|remark| remark.source.as_str()).collect();
    let index = |index: usize| format!("ThreatIntelIndicators[{index}].Value");
    assert_eq!(remarked, [index(6), index(7), index(8)]);
}

#[test]
fn an_url_gives_the_host_that_a_browser_would_ask_for() {
    let hosts = [
        ("https://good.example@evil.example/", Some("evil.example")),
        ("https://evil.example\\@good.example/", Some("evil.example")),
        ("https://evil.example?@good.example/", Some("evil.example")),
        ("https://evil.example#@good.example/", Some("evil.example")),
        ("HTTP://EVIL.example:80", Some("evil.example")),
        ("https://evil.example:99999/", None),
        ("https://evil.example:80:80/", None),
        ("https://[2001:db8::1/", None),
        ("https:///path", None),
        ("evil.example/path", None),
        ("gopher://evil.example/", None),
    ];
    for (url, host) in hosts {
        let intel = json!({"ThreatIntelIndicators": [{"Type": "URL", "Value": url}]});
        let request = Request::read(&imported(json!([finding("f", intel)]))).unwrap();
        assert_eq!(indicators(&request).first().map(String::as_str), host, "{url}");
    }
}

#[test]
fn an_indicator_in_several_findings_is_one_with_all_of_them() {
    let intel = |value: &str| json!({"ThreatIntelIndicators": [{"Type": "DOMAIN", "Value": value}]});
    let findings = json!([
        finding("one", intel("evil.example")),
        finding("two", intel("EVIL.example.")),
        finding("one", intel("evil.example")),
    ]);
    let request = Request::read(&imported(findings)).unwrap();
    assert_eq!(request.findings.len(), 2, "the same finding twice is one");
    assert_eq!(indicators(&request), ["evil.example"]);
    assert_eq!(request.candidates[0].findings, [0, 1]);
}

#[test]
fn hostile_values_become_remarks_and_never_candidates() {
    let values = "\";) drop ip any any -> any any (,evil.example\n,a b.example,../../etc,1.2.3.4:80";
    let fields = json!({"ProductFields": {
        "crowdstrike/crowdstrike-falcon/IOCType": "domain",
        "crowdstrike/crowdstrike-falcon/IOCValue": values
    }});
    let request = Request::read(&imported(json!([finding("f", fields)]))).unwrap();
    assert_eq!(indicators(&request), ["evil.example"]);
    assert_eq!(request.remarks.len(), 4);
    assert!(request.remarks.iter().all(|remark| !remark.value.chars().any(char::is_control)));
}

#[test]
fn too_many_indicators_refuse_the_whole_with_their_number() {
    let list = |count: usize| (0..count).map(|n| format!("d{n}.evil.example")).collect::<Vec<_>>().join(",");
    let request = |count: usize| {
        let fields = json!({"ProductFields": {
            "crowdstrike/crowdstrike-falcon/IOCType": "domain",
            "crowdstrike/crowdstrike-falcon/IOCValue": list(count)
        }});
        Request::read(&imported(json!([finding("f", fields)])))
    };
    assert_eq!(request(MAX_CANDIDATES).unwrap().candidates.len(), MAX_CANDIDATES);
    assert_eq!(request(10_000), Err(InvalidRequest::from(TooManyIndicators { count: 10_000, limit: MAX_CANDIDATES })));
}

#[test]
fn ten_thousand_unusable_values_leave_a_result_of_bounded_size() {
    let fields = json!({"ProductFields": {
        "crowdstrike/crowdstrike-falcon/IOCType": "domain",
        "crowdstrike/crowdstrike-falcon/IOCValue": "bad value,".repeat(10_000)
    }});
    let request = Request::read(&imported(json!([finding("f", fields)]))).unwrap();
    assert_eq!(request.remarks.len() + request.remarks_left_out, 10_000);
    assert!(serde_json::to_string(&request).unwrap().len() < 20_000);
}
