//! Events that say less than others, lines that are broken, and which of them pass.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use falconer_domain::detection::{Cloud, Event, Filter, FilterConfig, Host, Kind, LeftOut, finding, home, mended};
use falconer_domain::finding::Severity;
use serde_json::{Value, json};
use support::detections::{DETECTION, EPP, bare, changed, field, found, hub, instance, now, place};
use support::time;

const EPP_TYPE: &str = "EppDetectionSummaryEvent";

fn read(line: &str) -> Event<'_> {
    Event::read(line.as_bytes()).unwrap()
}

fn filter(config: FilterConfig) -> Filter {
    Filter::new(&config).unwrap()
}

#[test]
fn an_event_tells_its_offset_kind_time_and_device() {
    let event = read(DETECTION);
    assert_eq!((event.offset(), event.kind()), (4711, Kind::Detection));
    assert_eq!(event.created(), Some(time("2026-01-15T10:00:00Z")));
    assert_eq!(event.device(), Some("0a1d0a1d0a1d0a1d0a1d0a1d0a1d0a1d"));
    for member in ["SensorId", "AgentId", "AgentIdString", "DeviceId"] {
        assert_eq!(read(&bare(EPP_TYPE, json!({member: "0a1d"}))).device(), Some("0a1d"));
    }
}

#[test]
fn kinds_are_known_in_any_case_and_an_audit_record_is_none() {
    assert_eq!(Kind::of("EPPDetectionSummaryEvent"), Kind::Epp);
    for kind in Kind::DETECTIONS {
        assert_eq!(Kind::of(&kind.event_type().to_lowercase()), kind);
    }
    for other in ["AuthActivityAuditEvent", "IncidentSummaryEvent", ""] {
        assert_eq!(Kind::of(other), Kind::Other);
    }
}

#[test]
fn a_time_in_seconds_is_one_and_offsets_may_be_texts() {
    let line = json!({"metadata": {"offset": "18446744073709551615", "eventCreationTime": 1_768_471_200}}).to_string();
    assert_eq!(read(&line).created(), Some(time("2026-01-15T10:00:00Z")));
    assert_eq!(read(&line).offset(), u64::MAX);
    let least = json!({"metadata": {"offset": 1, "eventCreationTime": i64::MIN}}).to_string();
    assert_eq!(read(&least).created(), None);
    let beyond = json!({"metadata": {"offset": 1, "eventCreationTime": 1e300}, "event": {}}).to_string();
    assert_eq!(read(&beyond).created(), None);
    let event = read(&beyond);
    assert_eq!(
        serde_json::to_value(finding(&event, None, &hub(), now())).unwrap()["CreatedAt"],
        "2026-01-15T10:00:30Z"
    );
}

#[test]
fn a_broken_event_keeps_its_offset() {
    let cut = &DETECTION[..DETECTION.len() / 2];
    let offset = |line: &str| Event::read(line.as_bytes()).unwrap_err().offset;
    assert_eq!(offset(cut), Some(4711));
    assert_eq!(offset(r#"{"metadata": {"offset": 7}, "event": "none"}"#), Some(7));
    assert_eq!(offset(r#"{"event": {"Key": "\"metadata\":{\"offset\":9}"}, "metadata" : {"offset": 7}, }"#), Some(7));
    assert_eq!(offset(r#"{"metadata": {"offset": -1}, "event": {}}"#), None);
    assert_eq!(offset("{}"), None);
    assert_eq!(offset(""), None);
}

#[test]
fn what_is_said_of_an_event_in_logs_and_errors_quotes_nothing_of_it() {
    let secret = r#"{"metadata": {"offset": 7}, "event": "hunter2"}"#;
    let error = Event::read(secret.as_bytes()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    let line = changed(EPP, json!({"CommandLine": "login --password hunter2"}));
    assert!(!format!("{:?}", read(&line)).contains("hunter2"));
}

#[test]
fn half_a_pair_in_a_name_does_not_hide_an_event() {
    let line = changed(EPP, json!({"FileName": "@"})).replace('@', r"a\ud83d\uDE00\udc00b\\ud800\ud800\u0041");
    assert!(Event::read(line.as_bytes()).is_err());
    let mut bytes = mended(line.as_bytes()).unwrap();
    let name = |bytes: &[u8]| field(&found(std::str::from_utf8(bytes).unwrap(), None), "FileName");
    assert_eq!(name(&bytes), "a\u{1f600}\u{fffd}b\\ud800\u{fffd}A");
    assert_eq!(mended(&bytes), None);
    let at = bytes.windows(4).position(|window| window == b"ldt\"").unwrap();
    bytes[at] = 0xff;
    assert!(mended(&bytes).is_some_and(|bytes| Event::read(&bytes).is_ok()));
}

#[test]
fn severity_goes_by_name_then_by_number_and_is_medium_if_nothing_is_said() {
    use Severity::{Critical, High, Informational, Low, Medium};
    for (event_type, members, label, original) in [
        (EPP_TYPE, json!({"SeverityName": "critical", "Severity": 10}), Critical, json!("critical")),
        (EPP_TYPE, json!({"Severity": 70}), High, json!("70")),
        (EPP_TYPE, json!({"Severity": "30"}), Low, json!("30")),
        (EPP_TYPE, json!({"Severity": 5}), Informational, json!("5")),
        (EPP_TYPE, json!({"Severity": 100}), Critical, json!("100")),
        ("MobileDetectionSummaryEvent", json!({"Severity": 50}), Medium, json!("50")),
        ("DetectionSummaryEvent", json!({"Severity": 4}), High, json!("4")),
        ("IdpDetectionSummaryEvent", json!({"Severity": 2}), Low, json!("2")),
        ("CSPMIOAStreamingEvent", json!({"Severity": 1}), Medium, json!("1")),
        (EPP_TYPE, json!({"SeverityName": "Dire", "Severity": 90}), Critical, json!("Dire")),
        (EPP_TYPE, json!({"Severity": -1}), Medium, json!("-1")),
        ("CustomerIOCEvent", json!({}), Medium, Value::Null),
    ] {
        let finding = found(&bare(event_type, members.clone()), None);
        assert_eq!(finding["Severity"]["Label"], label.label(), "{event_type} {members}");
        assert_eq!(finding["Severity"]["Original"], original, "{event_type} {members}");
    }
}

#[test]
fn an_address_of_the_web_is_a_source_and_anything_else_is_none() {
    for (url, is_one) in [
        (json!("https://falcon.example/a-v2/x:ind:y?_cid=1"), true),
        (json!("javascript:alert(1)"), false),
        (json!("https://"), false),
        (json!("https://falcon.example/a b"), false),
        (json!(format!("https://falcon.example/{}", "a".repeat(2_048))), false),
        (Value::Null, false),
    ] {
        let finding = found(&changed(EPP, json!({"FalconHostLink": url})), None);
        assert_eq!(finding["SourceUrl"], if is_one { url } else { Value::Null });
    }
}

#[test]
fn an_event_without_a_description_is_described() {
    for (members, expected) in [
        (json!({"Description": "a", "DetectDescription": "b"}), "b "),
        (json!({"Name": "NGAV"}), "NGAV "),
        (json!({}), "Falcon says that it detected something, and not what. "),
    ] {
        assert_eq!(found(&bare(EPP_TYPE, members), None)["Description"], expected);
    }
}

#[test]
fn an_event_without_an_id_gets_one_that_stays_and_is_its_own() {
    let line = |value: &str| bare("CustomerIOCEvent", json!({"DeviceId": "0a1d", "DomainName": value}));
    let id = |line: &str| found(line, None)["Id"].as_str().unwrap().to_owned();
    assert_eq!(id(&line("a.example")), id(&line("a.example")));
    assert_ne!(id(&line("a.example")), id(&line("b.example")));
    assert!(id(&line("a.example")).starts_with("crowdstrike:crowdstrike-falcon:CustomerIOCEvent:"));
}

#[test]
fn ids_that_are_too_long_stay_different() {
    let id = |end: &str| found(&changed(EPP, json!({"CompositeId": "x".repeat(600) + end})), None)["Id"].to_string();
    assert_ne!(id("1"), id("2"));
    assert!(id("1").len() < 512);
}

#[test]
fn a_resource_is_named_even_if_little_is_known() {
    let nameless = Host { instance: None, ..instance() };
    let unknown = json!("UnknownInstanceId:0c1d:ind:0a1e:111-222-333");
    assert_eq!(found(EPP, Some(&nameless))["Resources"][0]["Id"], unknown);
    assert_eq!(found(&changed(EPP, json!({"AgentId": null})), None)["Resources"][0]["Id"], "shop-3.example");
    assert_eq!(found(&changed(EPP, json!({"AgentId": null, "Hostname": null})), None)["Resources"][0]["Id"], unknown);
    assert_eq!(found(EPP, None)["Resources"][0]["Details"]["Other"]["LocalIP"], "192.0.2.33");
    let empty = Host { account: Some(String::new()), provider: Some(String::new()), ..Host::default() };
    assert_eq!(found(EPP, Some(&empty))["Title"], found(EPP, None)["Title"]);
    assert_eq!(found(EPP, Some(&empty))["Description"], found(EPP, None)["Description"]);
    let tagged = Host { tags: vec!["a".into(), "b".into()], domain: Some("corp.example".into()), ..Host::default() };
    let other = json!({"Domain": "corp.example", "DeviceTags": "a, b"});
    assert_eq!(found(EPP, Some(&tagged))["Resources"][0]["Details"]["Other"], other);
}

#[test]
fn phones_identities_and_cloud_accounts_have_findings_too() {
    let connection = json!([{"Protocol": "6", "RemoteAddress": "198.51.100.7", "RemotePort": 443}]);
    let phone = found(&bare("MobileDetectionSummaryEvent", json!({"MobileNetworkConnections": connection})), None);
    assert_eq!(phone["Network"]["DestinationIpV4"], "198.51.100.7");
    let identity = found(&bare("IdpDetectionSummaryEvent", json!({"SourceAccountName": "alice"})), None);
    assert_eq!(field(&identity, "SourceAccountName"), "alice");
    let members = json!({"AccountId": "444455556666", "CloudProvider": "aws", "PolicyStatement": "Logging stopped",
        "EventAction": "StopLogging"});
    let account = found(&bare("CSPMIOAStreamingEvent", members), None);
    assert_eq!(account["Resources"][0]["Type"], "AwsAccount");
    assert_eq!(account["Resources"][0]["Id"], "AWS::::Account:444455556666");
    assert_eq!(account["Title"], "Falcon Alert. Account: 444455556666");
    assert_eq!(field(&account, "EventAction"), "StopLogging");
}

#[test]
fn an_instances_own_security_hub_takes_its_finding_if_falcon_knows_it_and_it_can_be_reached() {
    let host = |zone: &str| Host { zone: Some(zone.into()), ..instance() };
    assert_eq!(home(Some(&host("us-west-2b")), &hub()), place("444455556666", "us-west-2"));
    assert_eq!(home(Some(&host("us-west-2-lax-1a")), &hub()), place("444455556666", "us-west-2"));
    let azure = Host { provider: Some("AZURE".into()), ..instance() };
    for host in [host("us-gov-west-1a"), host("use1-az1"), host(""), azure] {
        assert_eq!(home(Some(&host), &hub()), hub(), "{host:?}");
    }
    assert_eq!(home(None, &hub()), hub());
}

#[test]
fn what_is_no_detection_too_old_or_too_harmless_is_left_out_and_why_is_said() {
    let config = FilterConfig { min_severity: Severity::Medium, max_age_days: 2, ..FilterConfig::default() };
    let decided = |line: &str, now: &str| filter(config.clone()).before_lookup(&read(line), time(now));
    assert_eq!(decided(DETECTION, "2026-01-17T10:00:00Z"), Ok(()));
    assert_eq!(decided(DETECTION, "2026-01-17T10:00:01Z"), Err(LeftOut::Age));
    assert_eq!(decided(EPP, "2026-01-15T11:00:00Z"), Err(LeftOut::Severity));
    assert_eq!(decided(&bare("AuthActivityAuditEvent", json!({})), "2026-01-15T11:00:00Z"), Err(LeftOut::Type));
}

#[test]
fn hosts_pass_by_their_cloud_and_cloud_accounts_by_their_own() {
    let decided = |clouds: &[Cloud], line: &str, host: Option<&Host>| {
        filter(FilterConfig { clouds: clouds.to_vec(), ..FilterConfig::default() }).with_host(&read(line), host)
    };
    let account = bare("CSPMIOAStreamingEvent", json!({"CloudProvider": "aws"}));
    assert_eq!(decided(&[Cloud::Aws], EPP, Some(&instance())), Ok(()));
    assert_eq!(decided(&[Cloud::Aws], EPP, None), Err(LeftOut::Cloud));
    assert_eq!(decided(&[Cloud::Aws], &account, None), Ok(()));
    assert_eq!(decided(&[Cloud::None, Cloud::Gcp], EPP, Some(&instance())), Err(LeftOut::Cloud));
    assert_eq!(decided(&Cloud::ALL, EPP, None), Ok(()));
}

#[test]
fn every_mistake_of_the_configuration_is_told() {
    let config = FilterConfig { max_age_days: 0, event_types: vec![], clouds: vec![], ..FilterConfig::default() };
    let keys: Vec<_> = Filter::new(&config).unwrap_err().into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, ["max_age_days", "event_types", "clouds"]);
    let types: Result<FilterConfig, _> = serde_json::from_value(json!({"event_types": ["AuthActivityAuditEvent"]}));
    assert!(types.is_err());
}
