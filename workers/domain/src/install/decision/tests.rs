use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::*;
use crate::fleet::{Platform, SensorHost};
use crate::install::Failure;
use crate::install::config::InstallConfig;

fn now() -> Timestamp {
    "2026-01-15T10:00:00Z".parse().unwrap()
}

fn version(text: &str) -> SensorVersion {
    text.parse().unwrap()
}

fn instance(architecture: Architecture) -> Instance {
    let id = "i-0f1a2b3c4d5e6f701".parse().unwrap();
    Instance { id, state: InstanceState::Running, architecture: Some(architecture), tags: BTreeMap::new() }
}

fn managed(kind: &str, name: &str, version: &str, ping: Ping) -> Answer<Option<Managed>> {
    let platform = Platform { kind: kind.to_owned(), name: name.to_owned(), version: version.to_owned() };
    Answer::Given(Some(Managed { ping, platform }))
}

fn linux() -> Answer<Option<Managed>> {
    managed("Linux", "Amazon Linux", "2023", Ping::Online)
}

fn facts(managed: Answer<Option<Managed>>) -> Facts {
    Facts { managed, installed: Answer::Given(None), sensors: Answer::Given(Vec::new()) }
}

fn host(device: &str, hours_ago: i64) -> SensorHost {
    SensorHost {
        device: device.to_owned(),
        version: None,
        last_seen: Some(now() - SignedDuration::from_hours(hours_ago)),
        reduced: false,
        wanted: Answer::Given(None),
    }
}

fn install_on(instance: &Instance, facts: &Facts, verdict: &Verdict, attempts: &Attempts, asker: Asker) -> Decision {
    let rules = InstallRules::new(&InstallConfig::default()).unwrap();
    Situation { instance, facts, verdict, attempts }.install(asker, &rules, now())
}

fn decided(verdict: &Verdict, managed: Answer<Option<Managed>>) -> Decision {
    install_on(&instance(Architecture::X86), &facts(managed), verdict, &Attempts::default(), Asker::Person)
}

fn judged(verdict: Verdict) -> Decision {
    Decision::Skip { why: Skipped::Judged { verdict } }
}

fn missing() -> Verdict {
    Verdict::Missing { installed: None }
}

fn stale() -> Verdict {
    Verdict::Stale { last_seen: None }
}

#[test]
fn each_verdict_has_its_decision() {
    let install = Decision::Install { kind: SensorKind::LinuxX86 };
    let there = |version| Decision::AlreadyThere { version };
    for (verdict, decision) in [
        (missing(), install.clone()),
        (Verdict::Missing { installed: Some("7.19.0-18110".to_owned()) }, install.clone()),
        (stale(), install),
        (Verdict::Healthy { version: Some(version("7.1.1")), last_seen: now() }, there(Some(version("7.1.1")))),
        (Verdict::Healthy { version: None, last_seen: now() }, there(None)),
        (Verdict::Outdated { version: version("7.1.1"), wanted: version("7.2.1") }, there(Some(version("7.1.1")))),
    ] {
        assert_eq!(decided(&verdict, linux()), decision, "{verdict:?}");
    }
    for verdict in [
        Verdict::ReducedFunctionality { version: None },
        Verdict::Unmanaged { why: Unmanaged::NoAgent },
        Verdict::Unmanaged { why: Unmanaged::ConnectionLost },
        Verdict::Unmanaged { why: Unmanaged::Stopped },
        Verdict::UnsupportedPlatform { platform: "Bottlerocket 1".to_owned() },
        Verdict::Excluded { tag: "falconer:exclude".to_owned() },
        Verdict::Unknown { source: Source::Falcon },
        Verdict::Unknown { source: Source::SystemsManager },
    ] {
        assert_eq!(decided(&verdict, linux()), judged(verdict.clone()));
    }
}

#[test]
fn a_silent_sensor_is_replaced_only_where_systems_manager_can_act() {
    let bottlerocket = managed("Linux", "Bottlerocket", "1.19.5", Ping::Online);
    for (managed, verdict) in [
        (Answer::Missing, Verdict::Unknown { source: Source::SystemsManager }),
        (Answer::Given(None), Verdict::Unmanaged { why: Unmanaged::NoAgent }),
        (
            managed("Linux", "Amazon Linux", "2023", Ping::ConnectionLost),
            Verdict::Unmanaged { why: Unmanaged::ConnectionLost },
        ),
        (bottlerocket, Verdict::UnsupportedPlatform { platform: "Bottlerocket 1.19.5 (x86_64)".to_owned() }),
    ] {
        assert_eq!(decided(&stale(), managed), judged(verdict));
    }
}

#[test]
fn a_sensor_is_told_apart_by_system_and_processor() {
    let windows = || managed("Windows", "Microsoft Windows Server 2022 Datacenter", "10.0.20348", Ping::Online);
    let unknown = Instance { architecture: None, ..instance(Architecture::Arm) };
    for (instance, managed, kind) in [
        (instance(Architecture::X86), linux(), SensorKind::LinuxX86),
        (instance(Architecture::Arm), linux(), SensorKind::LinuxArm),
        (unknown.clone(), linux(), SensorKind::LinuxX86),
        (instance(Architecture::X86), windows(), SensorKind::Windows),
        (unknown, windows(), SensorKind::Windows),
    ] {
        let decision = install_on(&instance, &facts(managed), &missing(), &Attempts::default(), Asker::Person);
        assert_eq!(decision, Decision::Install { kind }, "{instance:?}");
    }
}

#[test]
fn after_a_failure_what_nobody_asked_for_waits_and_a_person_does_not() {
    let failed_at = now() - SignedDuration::from_mins(59);
    let again_from = now() + SignedDuration::from_mins(1);
    let attempts = Attempts::read(&Attempts::failed(&BTreeMap::new(), failed_at, Failure::NotReporting));
    let decision = |asker| install_on(&instance(Architecture::X86), &facts(linux()), &missing(), &attempts, asker);
    let why = Skipped::TriedBefore { failed_at, again_from, error: Some("Sensor.NotReporting".to_owned()) };
    let sentence = "It was tried at 2026-01-15T09:01:00Z and failed (Sensor.NotReporting); it is tried again from \
                    2026-01-15T10:01:00Z.";
    assert_eq!(why.sentence(), sentence);
    assert_eq!(decision(Asker::Automatic), Decision::Skip { why });
    assert_eq!(decision(Asker::Person), Decision::Install { kind: SensorKind::LinuxX86 });
}

#[test]
fn a_failure_of_old_does_not_make_a_healthy_sensor_wait() {
    let attempts = Attempts::read(&Attempts::failed(&BTreeMap::new(), now(), Failure::NotReporting));
    let healthy = Verdict::Healthy { version: None, last_seen: now() };
    let decision = install_on(&instance(Architecture::X86), &facts(linux()), &healthy, &attempts, Asker::Automatic);
    assert_eq!(decision, Decision::AlreadyThere { version: None });
}

#[test]
fn a_sensor_is_taken_away_where_falcon_knows_one_and_systems_manager_reaches_it() {
    let excluded = Verdict::Excluded { tag: "falconer:exclude".to_owned() };
    let uninstall = |instance: &Instance, facts: &Facts| {
        Situation { instance, facts, verdict: &excluded, attempts: &Attempts::default() }.uninstall()
    };
    let running = instance(Architecture::Arm);
    let stopped = Instance { state: InstanceState::Stopped, ..running.clone() };
    let with = |sensors, managed| Facts { sensors, ..facts(managed) };
    let hosts = || Answer::Given(vec![host("old", 500), host("new", 1)]);
    let expected = Decision::Uninstall { kind: SensorKind::LinuxArm, host: "new".to_owned() };
    assert_eq!(uninstall(&running, &with(hosts(), linux())), expected);
    for (instance, facts, decision) in [
        (&running, with(Answer::Given(Vec::new()), linux()), Decision::Skip { why: Skipped::NoSensor }),
        (&running, with(Answer::Missing, linux()), judged(Verdict::Unknown { source: Source::Falcon })),
        (&running, with(hosts(), Answer::Missing), judged(Verdict::Unknown { source: Source::SystemsManager })),
        (&running, with(hosts(), Answer::Given(None)), judged(Verdict::Unmanaged { why: Unmanaged::NoAgent })),
        (&stopped, with(hosts(), linux()), judged(Verdict::Unmanaged { why: Unmanaged::Stopped })),
    ] {
        assert_eq!(uninstall(instance, &facts), decision, "{facts:?}");
    }
}
