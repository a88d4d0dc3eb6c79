//! Findings of Falcon that name no indicator: which alert is looked up, and what its answer becomes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::extract::{AlertIndicator, Alerts};
use falconer_domain::request::Request;
use serde_json::{Value, json};
use support::inputs::{finding, imported, indicators};

const FALCON: &str = "arn:aws:securityhub:us-west-1:517716713836:product/crowdstrike/crowdstrike-falcon";
const CUSTOMER: &str = "797bcd0bf5ae4f39a2b770ff52517125";
const ALERT: &str = "797bcd0bf5ae4f39a2b770ff52517125:ldt:a1a045e2bcf04aa8bd91803573874c9d:4297552959";

/// A finding of Falcon as its gateway wrote them in 2020, with other members.
fn of_2020(id: &str, members: Value) -> Value {
    let mut finding = finding(id, members);
    finding["ProductArn"] = json!(FALCON);
    finding
}

fn link() -> Value {
    let url = format!("https://falcon.crowdstrike.com/activity/detections/detail/a1a0/42?_cid={CUSTOMER}&x=1");
    json!({ "SourceUrl": url })
}

fn read(findings: Value) -> Request {
    Request::read(&imported(findings)).unwrap()
}

fn looked_up(id: &str, members: Value) -> Vec<String> {
    read(json!([of_2020(id, members)])).lookups.into_iter().map(|lookup| lookup.alert).collect()
}

fn alerts(indicators: &[(&str, &str)]) -> Alerts {
    let indicator = |(kind, value): &(&str, &str)| AlertIndicator { kind: (*kind).into(), value: (*value).into() };
    [(ALERT.to_owned(), indicators.iter().map(indicator).collect())].into()
}

fn request() -> Request {
    read(json!([of_2020("i-006191f26af245a50ldt:a1a045e2bcf04aa8bd91803573874c9d:4297552959", link())]))
}

#[test]
fn the_composite_id_is_made_of_the_detection_and_the_customer_wherever_that_stands() {
    let id = "i-006191f26af245a50ldt:a1a045e2bcf04aa8bd91803573874c9d:4297552959";
    assert_eq!(looked_up(id, link()), [ALERT]);
    let field = json!({ "ProductFields": { "crowdstrike/crowdstrike-falcon/cid": format!("{CUSTOMER}-0A") } });
    assert_eq!(looked_up(id, field.clone()), [ALERT]);
    assert_eq!(looked_up(&format!("crowdstrike:crowdstrike-falcon:{}", &id[19..]), field), [ALERT]);
    assert!(looked_up(id, json!({})).is_empty(), "without the customer nobody knows which alert it is");
}

#[test]
fn an_id_that_holds_the_composite_id_is_taken_as_it_is() {
    let id = "00c1d:ind:5e45:1-41002-1";
    assert_eq!(looked_up(&format!("crowdstrike:crowdstrike-falcon:{id}"), json!({})), [id]);
}

#[test]
fn only_findings_of_falcon_that_name_nothing_are_looked_up_and_only_by_ids_that_are_ids() {
    let named = json!({ "ProductFields": {
        "crowdstrike/crowdstrike-falcon/IOCType": "domain", "crowdstrike/crowdstrike-falcon/IOCValue": "evil.example"
    } });
    assert!(looked_up("crowdstrike:crowdstrike-falcon:00c1d:ind:5e45:1", named).is_empty());
    assert!(read(json!([finding("crowdstrike:crowdstrike-falcon:00c1d:ind:5e45:1", json!({}))])).lookups.is_empty());
    for id in ["crowdstrike:crowdstrike-falcon:a\"}]", "crowdstrike:crowdstrike-falcon:a b", "no-detection", ""] {
        assert!(Request::read(&imported(json!([of_2020(id, link())]))).is_err() || looked_up(id, link()).is_empty());
    }
    assert!(looked_up(&format!("crowdstrike:crowdstrike-falcon:{}", "a".repeat(257)), json!({})).is_empty());
}

#[test]
fn what_the_alert_names_is_read_as_strictly_as_a_finding() {
    let alerts =
        alerts(&[("domain", "Evil.Example"), ("hash_sha256", "00ff"), ("domain", "a b\";)"), ("ipv4", "198.51.100.7")]);
    let request = request().with_alerts(Some(&alerts)).unwrap();
    assert_eq!(indicators(&request), ["evil.example", "198.51.100.7"]);
    assert_eq!(request.candidates[0].findings, [0]);
    assert!(request.candidates[0].source.contains(ALERT));
    assert_eq!(request.remarks.len(), 2);
}

#[test]
fn an_indicator_that_another_finding_names_is_one_with_both() {
    let named = finding("f", json!({ "ThreatIntelIndicators": [{ "Type": "DOMAIN", "Value": "evil.example" }] }));
    let both = read(json!([of_2020("i-0ldt:a1a045e2bcf04aa8bd91803573874c9d:4297552959", link()), named]));
    let request = both.with_alerts(Some(&alerts(&[("domain", "evil.example")]))).unwrap();
    assert_eq!(request.candidates.len(), 1);
    assert_eq!(request.candidates[0].findings, [1, 0]);
}

#[test]
fn an_alert_that_says_nothing_is_remarked_upon_with_its_reason() {
    let remark = |alerts: Option<&Alerts>| request().with_alerts(alerts).unwrap().remarks.remove(0).problem;
    assert!(remark(None).contains("falcon.credentials"));
    assert!(remark(Some(&Alerts::new())).contains("no alert of this id"));
    assert!(remark(Some(&alerts(&[]))).contains("names no indicator"));
}

#[test]
fn an_alert_with_too_many_indicators_is_refused_as_a_whole() {
    let names: Vec<String> = (0..101).map(|number| format!("d{number}.example")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| ("domain", name.as_str())).collect();
    assert!(request().with_alerts(Some(&alerts(&many))).is_err());
}
