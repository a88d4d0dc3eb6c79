use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::fleet::{Architecture, FleetConfig, Managed, Platform};

/// The time of every judgement here.
fn now() -> Timestamp {
    "2026-01-15T10:00:00Z".parse().unwrap()
}

fn ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

fn version(text: &str) -> SensorVersion {
    text.parse().unwrap()
}

fn instance() -> Instance {
    let id = "i-0f1a2b3c4d5e6f701".parse().unwrap();
    Instance { id, state: InstanceState::Running, architecture: Some(Architecture::X86), tags: BTreeMap::new() }
}

fn platform(name: &str, version: &str) -> Platform {
    Platform { kind: "Linux".to_owned(), name: name.to_owned(), version: version.to_owned() }
}

fn managed(ping: Ping) -> Answer<Option<Managed>> {
    Answer::Given(Some(Managed { ping, platform: platform("Amazon Linux", "2023") }))
}

fn sensor() -> SensorHost {
    SensorHost {
        device: "0f1a".to_owned(),
        version: Some(version("7.19.18110.0")),
        last_seen: Some(ago(1)),
        reduced: false,
        wanted: Answer::Given(Some(version("7.19.18110"))),
    }
}

fn facts(sensors: Vec<SensorHost>) -> Facts {
    Facts { managed: managed(Ping::Online), installed: Answer::Given(None), sensors: Answer::Given(sensors) }
}

fn verdict(instance: &Instance, facts: &Facts) -> Verdict {
    judge(instance, facts, &FleetRules::new(&FleetConfig::default()).unwrap(), now())
}

fn healthy() -> Verdict {
    Verdict::Healthy { version: Some(version("7.19.18110.0")), last_seen: ago(1) }
}

#[test]
fn each_state_of_a_sensor_has_its_verdict() {
    let stale = |last_seen| Verdict::Stale { last_seen };
    for (sensor, expected) in [
        (sensor(), healthy()),
        (
            SensorHost { last_seen: Some(ago(24)), ..sensor() },
            Verdict::Healthy { version: Some(version("7.19.18110.0")), last_seen: ago(24) },
        ),
        (SensorHost { last_seen: Some(ago(25)), ..sensor() }, stale(Some(ago(25)))),
        (SensorHost { last_seen: None, ..sensor() }, stale(None)),
        (SensorHost { last_seen: Some(ago(25)), reduced: true, ..sensor() }, stale(Some(ago(25)))),
        (
            SensorHost { reduced: true, ..sensor() },
            Verdict::ReducedFunctionality { version: Some(version("7.19.18110.0")) },
        ),
        (
            SensorHost { wanted: Answer::Given(Some(version("7.20.1"))), ..sensor() },
            Verdict::Outdated { version: version("7.19.18110.0"), wanted: version("7.20.1") },
        ),
        (SensorHost { wanted: Answer::Given(Some(version("7.18.1"))), ..sensor() }, healthy()),
        (SensorHost { wanted: Answer::Given(None), ..sensor() }, healthy()),
        (SensorHost { wanted: Answer::Missing, ..sensor() }, Verdict::Unknown { source: Source::Falcon }),
        (SensorHost { version: None, ..sensor() }, Verdict::Healthy { version: None, last_seen: ago(1) }),
    ] {
        assert_eq!(verdict(&instance(), &facts(vec![sensor.clone()])), expected, "{sensor:?}");
    }
}

#[test]
fn of_several_sensors_the_one_that_reported_last_counts() {
    let old = SensorHost { last_seen: Some(ago(500)), reduced: true, ..sensor() };
    let never = SensorHost { last_seen: None, ..sensor() };
    assert_eq!(verdict(&instance(), &facts(vec![old, sensor(), never])), healthy());
}

#[test]
fn without_a_sensor_the_verdict_says_whether_one_can_be_brought() {
    let none = facts(Vec::new());
    let missing = Verdict::Missing { installed: None };
    let unsupported = Answer::Given(Some(Managed { ping: Ping::Online, platform: platform("Bottlerocket", "1.19.5") }));
    for (facts, expected) in [
        (none.clone(), missing.clone()),
        (
            Facts { installed: Answer::Given(Some("7.19.0-18110.amzn2023".to_owned())), ..none.clone() },
            Verdict::Missing { installed: Some("7.19.0-18110.amzn2023".to_owned()) },
        ),
        (Facts { installed: Answer::Missing, ..none.clone() }, missing),
        (Facts { managed: Answer::Given(None), ..none.clone() }, Verdict::Unmanaged { why: Unmanaged::NoAgent }),
        (
            Facts { managed: managed(Ping::ConnectionLost), ..none.clone() },
            Verdict::Unmanaged { why: Unmanaged::ConnectionLost },
        ),
        (
            Facts { managed: unsupported, ..none.clone() },
            Verdict::UnsupportedPlatform { platform: "Bottlerocket 1.19.5 (x86_64)".to_owned() },
        ),
        (Facts { managed: Answer::Missing, ..none }, Verdict::Unknown { source: Source::SystemsManager }),
    ] {
        assert_eq!(verdict(&instance(), &facts), expected, "{facts:?}");
    }
}

#[test]
fn a_sensor_that_reports_is_healthy_whatever_systems_manager_knows() {
    let sensors = facts(vec![sensor()]);
    for managed in [Answer::Missing, Answer::Given(None), managed(Ping::ConnectionLost)] {
        assert_eq!(verdict(&instance(), &Facts { managed, ..sensors.clone() }), healthy());
    }
}

#[test]
fn silence_of_falcon_is_never_a_missing_sensor() {
    let silent = Facts { sensors: Answer::Missing, ..facts(Vec::new()) };
    assert_eq!(verdict(&instance(), &silent), Verdict::Unknown { source: Source::Falcon });
}

#[test]
fn a_stopped_instance_cannot_report() {
    let stopped = Instance { state: InstanceState::Stopped, ..instance() };
    for facts in [facts(vec![sensor()]), Facts { sensors: Answer::Missing, ..facts(Vec::new()) }] {
        assert_eq!(verdict(&stopped, &facts), Verdict::Unmanaged { why: Unmanaged::Stopped });
    }
}

#[test]
fn a_tag_excludes_an_instance_and_is_named() {
    let rules = FleetConfig {
        exclude_tags: vec!["falconer:exclude".to_owned(), "role=nat".to_owned()],
        ..FleetConfig::default()
    };
    let rules = FleetRules::new(&rules).unwrap();
    for (key, value, expected) in [
        ("falconer:exclude", "", Some("falconer:exclude")),
        ("falconer:exclude", "until 2027", Some("falconer:exclude")),
        ("role", "NAT", Some("role=NAT")),
        ("role", "web", None),
        ("Falconer:Exclude", "", None),
    ] {
        let tags = BTreeMap::from([(key.to_owned(), value.to_owned())]);
        let verdict = judge(&Instance { tags, ..instance() }, &facts(Vec::new()), &rules, now());
        let expected =
            expected.map_or(Verdict::Missing { installed: None }, |tag| Verdict::Excluded { tag: tag.to_owned() });
        assert_eq!(verdict, expected, "{key}={value}");
    }
}

#[test]
fn an_excluded_instance_is_excluded_even_if_nobody_answers() {
    let excluded = Instance { tags: BTreeMap::from([("falconer:exclude".to_owned(), String::new())]), ..instance() };
    let silent = Facts { managed: Answer::Missing, installed: Answer::Missing, sensors: Answer::Missing };
    assert_eq!(verdict(&excluded, &silent), Verdict::Excluded { tag: "falconer:exclude".to_owned() });
}
