use super::*;
use crate::fleet::{Unmanaged, Verdict};
use crate::install::Skipped;

fn place(account: usize) -> Place {
    Place { account: format!("{account:012}").parse().unwrap(), region: "us-east-1".parse().unwrap() }
}

fn id(number: usize) -> InstanceId {
    format!("i-{number:08x}").parse().unwrap()
}

fn considered(account: usize, number: usize, decision: Decision) -> Considered {
    Considered { place: place(account), instance: id(number), named: false, decision }
}

fn install(account: usize, number: usize, kind: SensorKind) -> Considered {
    considered(account, number, Decision::Install { kind })
}

fn skip(verdict: Verdict) -> Decision {
    Decision::Skip { why: Skipped::Judged { verdict } }
}

fn unmanaged() -> Decision {
    skip(Verdict::Unmanaged { why: Unmanaged::NoAgent })
}

fn settled(plan: &Plan) -> usize {
    plan.settled.iter().map(|place| place.results.len()).sum()
}

#[test]
fn a_batch_is_of_one_place_and_one_kind_and_at_most_fifty() {
    let mut all: Vec<Considered> = (0..120).map(|number| install(1, number, SensorKind::LinuxX86)).collect();
    all.extend((120..130).map(|number| install(1, number, SensorKind::Windows)));
    all.extend((130..140).map(|number| install(2, number, SensorKind::LinuxX86)));
    let plan = Plan::of(all.clone());
    let shape: Vec<_> = plan
        .batches
        .iter()
        .map(|batch| (batch.index, batch.place.clone(), batch.kind, batch.instances.len()))
        .collect();
    let expected = vec![
        (0, place(1), SensorKind::Windows, 10),
        (1, place(1), SensorKind::LinuxX86, 50),
        (2, place(1), SensorKind::LinuxX86, 50),
        (3, place(1), SensorKind::LinuxX86, 20),
        (4, place(2), SensorKind::LinuxX86, 10),
    ];
    assert_eq!(shape, expected);
    let reversed = Plan::of(all.iter().rev().cloned().chain(all.iter().take(7).cloned()));
    assert_eq!(reversed, plan);
}

#[test]
fn what_an_execution_does_not_take_is_counted() {
    let acted_on = (0..501).map(|number| install(1, number, SensorKind::LinuxX86));
    let skipped = (501..504).map(|number| considered(1, number, unmanaged()));
    let plan = Plan::of(acted_on.chain(skipped));
    let planned: usize = plan.batches.iter().map(|batch| batch.instances.len()).sum();
    assert_eq!((planned, settled(&plan), plan.left_over, plan.unlisted), (500, 0, 1, 3));
    let plan = Plan::of(
        (0..499)
            .map(|number| install(1, number, SensorKind::LinuxX86))
            .chain([considered(1, 600, unmanaged()), considered(1, 601, unmanaged())]),
    );
    assert_eq!((settled(&plan), plan.left_over, plan.unlisted), (1, 0, 1));
}

#[test]
fn of_instances_that_nobody_named_only_those_that_miss_a_sensor_are_told() {
    let nothing_to_tell = [
        Decision::AlreadyThere { version: None },
        skip(Verdict::Excluded { tag: "falconer:exclude".to_owned() }),
        skip(Verdict::ReducedFunctionality { version: None }),
        skip(Verdict::Unmanaged { why: Unmanaged::Stopped }),
    ];
    let to_tell = [
        unmanaged(),
        skip(Verdict::UnsupportedPlatform { platform: "Bottlerocket".to_owned() }),
        skip(Verdict::Unknown { source: crate::fleet::Source::Falcon }),
    ];
    let all = || nothing_to_tell.iter().chain(&to_tell).cloned().enumerate();
    let unnamed = Plan::of(all().map(|(number, decision)| considered(1, number, decision)));
    let told: Vec<InstanceId> = unnamed.settled[0].results.iter().map(|result| result.instance.clone()).collect();
    assert_eq!(told, (nothing_to_tell.len()..all().count()).map(id).collect::<Vec<_>>());
    let named = Plan::of(all().map(|(number, decision)| Considered { named: true, ..considered(1, number, decision) }));
    assert_eq!(settled(&named), all().count());
}

#[test]
fn sensors_are_taken_away_one_at_a_time() {
    let uninstall = |number| {
        considered(1, number, Decision::Uninstall { kind: SensorKind::Windows, host: format!("aid-{number}") })
    };
    let batches = Plan::of((0..3).map(uninstall)).batches;
    let each: Vec<_> = batches.iter().map(|batch| (batch.instances.clone(), batch.host.clone())).collect();
    assert_eq!(each, (0..3).map(|number| (vec![id(number)], Some(format!("aid-{number}")))).collect::<Vec<_>>());
}

#[test]
fn the_largest_plan_is_small_enough_for_step_functions() {
    let plan = Plan::of((0..500).map(|number| install(number, number, SensorKind::LinuxX86)));
    let bytes = serde_json::to_string(&plan).unwrap().len();
    assert!(bytes < 100_000, "{bytes}");
}
