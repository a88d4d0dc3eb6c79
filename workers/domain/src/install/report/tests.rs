use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::fleet::{Answer, Architecture, Facts, Instance, InstanceState, SensorVersion, Verdict};
use crate::install::{Attempts, Considered, Decision, InstallConfig, InstallRules, SensorKind, Situation, Skipped};

fn place(account: usize) -> Place {
    Place { account: format!("{account:012}").parse().unwrap(), region: "ap-southeast-1".parse().unwrap() }
}

fn id(number: usize) -> InstanceId {
    format!("i-{number:017x}").parse().unwrap()
}

fn installed(number: usize) -> InstanceResult {
    InstanceResult { instance: id(number), outcome: Outcome::Installed { version: None } }
}

fn failed(number: usize, error: Failure, cause: &str) -> InstanceResult {
    InstanceResult { instance: id(number), outcome: Outcome::Failed { error, cause: Cause::of(cause) } }
}

fn plan_of(accounts: usize, instances: usize) -> Plan {
    Plan::of((0..instances).map(|number| Considered {
        place: place(number % accounts),
        instance: id(number),
        named: true,
        decision: Decision::Install { kind: SensorKind::LinuxX86 },
    }))
}

fn ids(report: &Report) -> Vec<InstanceId> {
    let results = report.places.iter().flat_map(|place| &place.results);
    let mut ids: Vec<InstanceId> = results.map(|result| result.instance.clone()).collect();
    ids.sort();
    ids
}

#[test]
fn every_instance_of_the_plan_is_told_of_once_whatever_is_known() {
    let plan = plan_of(1, 102);
    let results = [
        BatchResults {
            batch: 0,
            results: (0..49).map(installed).chain([installed(0), installed(70), installed(900)]).collect(),
            failures: vec![],
        },
        BatchResults {
            batch: 2,
            results: vec![failed(100, Failure::Undeliverable, "x"), installed(100)],
            failures: vec![],
        },
        BatchResults { batch: 7, results: vec![installed(1)], failures: vec![] },
    ];
    let report = Report::of(&plan, results);
    assert_eq!(ids(&report), (0..102).map(id).collect::<Vec<_>>());
    assert_eq!(report.counts, Counts { installed: 50, failed: 52, ..Counts::default() });
    let interrupted = report.places[0]
        .results
        .iter()
        .filter(|result| matches!(result.outcome, Outcome::Failed { error: Failure::Interrupted, .. }));
    assert_eq!(interrupted.count(), 52);
}

#[test]
fn an_instance_id_counts_in_its_own_place_only() {
    let at = |account| Considered {
        place: place(account),
        instance: id(1),
        named: true,
        decision: Decision::Install { kind: SensorKind::LinuxX86 },
    };
    let plan = Plan::of([at(1), at(2)]);
    let report = Report::of(&plan, [BatchResults { batch: 1, results: vec![installed(1)], failures: vec![] }]);
    assert!(matches!(report.places[0].results[0].outcome, Outcome::Failed { error: Failure::Interrupted, .. }));
    assert_eq!(report.places[1].results, [installed(1)]);
}

#[test]
fn the_sentence_says_what_there_is_and_what_is_left() {
    let settled = |number, decision| Considered { place: place(1), instance: id(number), named: true, decision };
    let plan = Plan::of([
        settled(1, Decision::Install { kind: SensorKind::Windows }),
        settled(2, Decision::AlreadyThere { version: None }),
        settled(3, Decision::Skip { why: Skipped::NotRecorded }),
    ]);
    let report = Report::of(&plan, [BatchResults { batch: 0, results: vec![installed(1)], failures: vec![] }]);
    assert_eq!(report.sentence(), "3 instances: 1 installed, 1 already there, 1 skipped.");
    let report = Report::of(&Plan { left_over: 40, unlisted: 2, ..plan_of(1, 1) }, []);
    let left = "1 instance: 1 failed. 40 more are left over: run it again. 2 more were skipped and are not listed.";
    assert_eq!(report.sentence(), left);
    assert_eq!(Report::of(&plan_of(1, 0), []).sentence(), "0 instances.");
}

#[test]
fn what_to_do_about_most_instances_comes_first() {
    let results = vec![
        failed(0, Failure::Terminated, "x"),
        failed(1, Failure::NotReporting, "x"),
        failed(2, Failure::NotReporting, "y"),
        installed(3),
    ];
    let report = Report::of(&plan_of(1, 4), [BatchResults { batch: 0, results, failures: vec![] }]);
    let steps: Vec<_> = report.next_steps.iter().map(|step| (step.instances, step.what_to_do.as_str())).collect();
    assert_eq!(steps, [(2, Failure::NotReporting.what_to_do()), (1, Failure::Terminated.what_to_do())]);
}

#[test]
fn what_could_not_be_given_back_is_told_although_every_sensor_is_there() {
    let undone = fleet::Failure::new(place(1), "Falcon.Unavailable", "the token was not revoked");
    let results = BatchResults { batch: 0, results: vec![installed(0)], failures: vec![undone.clone()] };
    let report = Report::of(&plan_of(1, 1), [results]);
    assert_eq!(report.failures, [undone]);
    let message = report.notification("arn").unwrap().message;
    assert!(message.contains("Falcon.Unavailable\n  the token was not revoked"), "{message}");
}

/// What may be long in a result, by the way that it really takes.
fn any_outcome() -> impl Strategy<Value = Outcome> {
    let text = || prop_oneof![any::<String>(), "[\"\\\\\u{0}-\u{1f}]{0,600}", "\\PC{0,600}", "[😀ü]{0,600}"];
    let version = prop::option::of("[0-9]{1,9}([.][0-9]{1,9}){3}")
        .prop_map(|text| text.map(|text| text.parse::<SensorVersion>().unwrap()));
    prop_oneof![
        text().prop_map(|text| Outcome::Failed { error: Failure::InstanceNotManaged, cause: Cause::of(&text) }),
        text().prop_map(|tag| skipped(&Verdict::Excluded { tag }, &Attempts::default())),
        text().prop_map(|platform| skipped(&Verdict::UnsupportedPlatform { platform }, &Attempts::default())),
        version.prop_map(|version| Outcome::AlreadyThere { version }),
    ]
}

fn skipped(verdict: &Verdict, attempts: &Attempts) -> Outcome {
    let instance = Instance {
        id: id(0),
        state: InstanceState::Running,
        architecture: Some(Architecture::X86),
        tags: BTreeMap::new(),
    };
    let facts = Facts { managed: Answer::Missing, installed: Answer::Missing, sensors: Answer::Missing };
    let rules = InstallRules::new(&InstallConfig::default()).unwrap();
    let situation = Situation { instance: &instance, facts: &facts, verdict, attempts };
    match situation.install(crate::install::Asker::Automatic, &rules, Timestamp::UNIX_EPOCH) {
        Decision::Skip { why } => Outcome::Skipped { why },
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn five_hundred_instances_fit_into_the_data_of_an_execution(outcome in any_outcome(), accounts in 1usize..=500) {
        let plan = plan_of(accounts, 500);
        let result = |instance: &InstanceId| InstanceResult { instance: instance.clone(), outcome: outcome.clone() };
        let results: Vec<BatchResults> = plan.batches.iter()
            .map(|batch| BatchResults { batch: batch.index, results: batch.instances.iter().map(result).collect(), failures: vec![] })
            .collect();
        let collected = serde_json::to_string(&(&plan, &results)).unwrap();
        prop_assert!(collected.len() < 250_000, "{}", collected.len());
        let report = Report::of(&plan, results);
        let text = serde_json::to_string(&report).unwrap();
        prop_assert!(text.len() < 200_000, "{}", text.len());
        prop_assert_eq!(ids(&report).len(), 500);
        prop_assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}
