//! Findings of the new Security Hub, in OCSF.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use falconer_domain::finding::{FindingSummary, Severity};
use falconer_domain::request::{Origin, Request};
use serde_json::{Value, json};

/// An event with one finding of GuardDuty, with some members changed.
fn event(changes: Value) -> Value {
    let mut finding = json!({
        "class_uid": 2004, "severity": "High", "severity_id": 4, "status": "New", "status_id": 1,
        "cloud": {"account": {"uid": "111122223333"}, "region": "us-east-1"},
        "finding_info": {"uid": "arn:aws:guardduty:finding/1", "types": ["Backdoor:EC2/C&CActivity.B"]},
        "metadata": {
            "uid": "1d24e91799652d9e",
            "product": {"uid": "arn:aws:securityhub:us-east-1::productv2/aws/guardduty"}
        }
    });
    finding.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    json!({"source": "aws.securityhub", "detail-type": "Findings Imported V2", "detail": {"findings": [finding]}})
}

fn read(changes: Value) -> Request {
    Request::read(&event(changes)).unwrap()
}

fn summary(changes: Value) -> FindingSummary {
    read(changes).findings.remove(0)
}

/// What the evidence names, and where what it does not say was remarked on.
fn seen(evidence: Value) -> (Vec<String>, Vec<String>) {
    let request = read(json!({"evidences": [evidence]}));
    let indicators = request.candidates.iter().map(|candidate| candidate.indicator.to_string()).collect();
    (indicators, request.remarks.into_iter().map(|remark| remark.source).collect())
}

fn connection(direction: Value) -> Value {
    json!({
        "connection_info": {"direction_id": direction},
        "src_endpoint": {"ip": "198.51.100.1"}, "dst_endpoint": {"ip": "203.0.113.7", "hostname": "c2.evil.example"}
    })
}

#[test]
fn a_finding_is_named_and_classified() {
    let request = read(json!({}));
    assert_eq!(request.origin, Origin::Imported);
    let summary = &request.findings[0];
    assert_eq!(summary.id, "arn:aws:guardduty:finding/1");
    assert_eq!(summary.product_arn, "arn:aws:securityhub:us-east-1::productv2/aws/guardduty");
    assert_eq!(summary.metadata_uid.as_deref(), Some("1d24e91799652d9e"));
    assert_eq!(summary.account_id, Some("111122223333".parse().unwrap()));
    assert_eq!(
        (summary.types.as_slice(), summary.severity),
        (&["Backdoor:EC2/C&CActivity.B".to_owned()][..], Some(Severity::High))
    );
    assert!(!summary.dealt_with);
}

#[test]
fn a_status_means_what_asff_says_with_two_fields() {
    let states = |status: Value| {
        let summary = summary(json!({"status_id": status}));
        (summary.record_state.unwrap_or_default(), summary.workflow_status.unwrap_or_default())
    };
    let expected = [
        (json!(1), "ACTIVE", "NEW"),
        (json!(2), "ACTIVE", "NOTIFIED"),
        (json!(3), "ACTIVE", "SUPPRESSED"),
        (json!(4), "ACTIVE", "RESOLVED"),
        (json!(5), "ARCHIVED", "NEW"),
        (json!(6), "ARCHIVED", "NEW"),
        (json!(99), "", ""),
        (json!("1"), "", ""),
    ];
    for (status, record, workflow) in expected {
        assert_eq!(states(status), (record.to_owned(), workflow.to_owned()));
    }
}

#[test]
fn a_closed_finding_is_archived_whatever_its_status() {
    assert_eq!(summary(json!({"activity_id": 3})).record_state.as_deref(), Some("ARCHIVED"));
}

#[test]
fn a_finding_that_bears_falconers_comment_is_dealt_with() {
    assert!(summary(json!({"comment": "Falconer 2026-01-15 10:00 UTC: blocked evil.example."})).dealt_with);
    assert!(!summary(json!({"comment": "looked at by an analyst"})).dealt_with);
}

#[test]
fn tags_of_resources_are_read() {
    let resources = json!([{"tags": [{"name": "falconer:automatic", "value": "never"}]}, {"uid": "i-1"}]);
    let tags = summary(json!({"resources": resources})).resource_tags;
    assert!(tags.complete && tags.tags.iter().any(|tag| tag.key == "falconer:automatic" && tag.value == "never"));
    assert!(!summary(json!({"resources": [{"tags": [{"value": "never"}]}]})).resource_tags.complete);
}

#[test]
fn the_remote_side_of_a_connection_is_taken_and_the_own_side_is_not() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(seen(connection(json!(2))), (names(&["203.0.113.7", "c2.evil.example"]), vec![]));
    assert_eq!(seen(connection(json!(1))), (names(&["198.51.100.1"]), vec![]));
}

#[test]
fn a_connection_without_a_direction_yields_remarks_and_no_block() {
    for direction in [json!(0), json!(3), json!(99), json!("2"), json!(null)] {
        let (indicators, remarks) = seen(connection(direction));
        assert!(indicators.is_empty());
        let expected =
            ["evidences[0].src_endpoint.ip", "evidences[0].dst_endpoint.ip", "evidences[0].dst_endpoint.hostname"];
        assert_eq!(remarks, expected);
    }
}

#[test]
fn a_dns_query_names_the_domain_and_never_the_resolver() {
    let mut evidence = connection(json!(2));
    evidence["query"] = json!({"hostname": "dga.evil.example"});
    assert_eq!(seen(evidence), (vec!["dga.evil.example".to_owned()], vec![]));
}

#[test]
fn a_url_that_was_asked_for_gives_its_host_and_one_that_came_in_does_not() {
    let url = |url: Value, direction: Value| seen(json!({"url": url, "connection_info": {"direction_id": direction}}));
    let whole = json!({"url_string": "https://evil.example/x", "hostname": "other.example"});
    assert_eq!(url(whole.clone(), json!(2)).0, ["evil.example"]);
    assert_eq!(url(json!({"hostname": "evil.example"}), json!(null)).0, ["evil.example"]);
    assert!(url(whole.clone(), json!(1)).0.is_empty());
    let mut unclear = connection(json!(0));
    unclear["url"] = whole;
    assert!(seen(unclear).0.is_empty());
}

#[test]
fn observables_are_never_blocked_and_mentioned_only_where_the_evidence_names_nothing() {
    let observables = json!([{"type_id": 2, "value": "198.51.100.1"}, {"type_id": 10, "value": "arn:aws:x"}]);
    let alone = read(json!({"observables": observables}));
    assert!(alone.candidates.is_empty());
    assert_eq!((alone.remarks.len(), alone.remarks[0].source.as_str()), (1, "observables[0].value"));
    let beside = read(json!({"observables": observables, "evidences": [connection(json!(2))]}));
    assert!(beside.remarks.is_empty());
}

#[test]
fn a_finding_that_cannot_be_named_is_refused_with_the_field() {
    for (changes, field) in [
        (json!({"finding_info": {}}), "detail.findings[0].finding_info.uid"),
        (json!({"metadata": {"uid": "x"}}), "detail.findings[0].metadata.product.uid"),
        (json!({"metadata": {"product": {"uid": "x"}}}), "detail.findings[0].metadata.uid"),
    ] {
        let refusal = Request::read(&event(changes)).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("{field}: ")), "{refusal}");
    }
}
