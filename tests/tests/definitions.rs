//! The state machines are held to the contracts of their activities.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::collections::{BTreeMap, BTreeSet};

use falconer_activities::registry;
use falconer_cli::runbooks::{self, RUNBOOKS};
use falconer_runtime::{Class, Contract};
use serde_json::Value;

/// Errors of the service that a state may name beside those of a contract:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
const SERVICE_ERRORS: [&str; 3] = ["States.ALL", "States.HeartbeatTimeout", "States.Timeout"];

/// A worker that died, or never came.
const LOST_WORKER: [&str; 2] = ["States.HeartbeatTimeout", "States.Timeout"];

/// The states that record a failure where an operator looks, or on the way there: on the finding, in the notification topic, or,
/// within a Map, in what that topic is told with the sum.
const RECORDING: [&str; 18] = [
    "ArchiveFindingsFailed",
    "BatchNotRecorded",
    "DeregisterAccountFailed",
    "EndAuthorization",
    "EnsureAssociationFailed",
    "EnsureMembershipFailed",
    "EnsureRecorderFailed",
    "EnsureRuleFailed",
    "GroupFailed",
    "InstallNotStarted",
    "IsAnythingToVerify",
    "NotifyFailure",
    "PlaceFailed",
    "RecordFailure",
    "RecordInstall",
    "RegisterAccountFailed",
    "RoleFailed",
    "VerifyBaselineFailed",
];

fn contracts() -> BTreeMap<&'static str, Contract> {
    registry::contracts().into_iter().map(|contract| (contract.name, contract)).collect()
}

/// Every state of a definition with its name, those inside Map and Parallel too.
fn states(definition: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, state) in definition["States"].as_object().unwrap() {
        found.push((name.clone(), state.clone()));
        let inner = state["Branches"].as_array().into_iter().flatten();
        for machine in inner.chain(state.get("ItemProcessor")).chain(state.get("Iterator")) {
            found.extend(states(machine));
        }
    }
    found
}

/// Every Task state of every runbook: the runbook, the state, its text.
fn task_states() -> impl Iterator<Item = (&'static str, String, Value)> {
    RUNBOOKS.into_iter().flat_map(|runbook| {
        let definition: Value = serde_json::from_str(runbook.definition).unwrap();
        let tasks = states(&definition).into_iter().filter(|(_, state)| state["Type"] == "Task");
        tasks.map(|(name, state)| (runbook.slug, name, state)).collect::<Vec<_>>()
    })
}

/// What stands in `${…}` for a call of another service: its ARN names the partition.
const INTEGRATIONS: [&str; 2] = ["SnsPublishArn", "StartExecutionArn"];

/// The name in `${…}` of a Task state's activity; `None` of one that calls another service.
fn activity(state: &Value) -> Option<&str> {
    let name = state["Resource"].as_str().unwrap().strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    name.filter(|name| !INTEGRATIONS.contains(name))
}

/// Every task of an activity, with its contract.
fn tasks() -> Vec<(&'static str, String, Value, Contract)> {
    let contracts = contracts();
    let with_contract = |(runbook, name, state): (&'static str, String, Value)| {
        let activity = activity(&state)?;
        let contract = contracts.get(activity).unwrap_or_else(|| panic!("{name}: no activity {activity}")).clone();
        Some((runbook, name, state, contract))
    };
    task_states().filter_map(with_contract).collect()
}

fn names(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_activity_is_used_by_a_state() {
    let used: BTreeSet<&str> = tasks().into_iter().map(|(_, _, _, contract)| contract.name).collect();
    let declared: BTreeSet<&str> = contracts().into_keys().collect();
    assert_eq!(used, declared);
}

#[test]
fn a_retry_lists_exactly_the_transient_names_and_a_lost_worker() {
    for (runbook, state, text, contract) in tasks() {
        let transient = contract.errors.iter().filter(|error| error.class == Class::Transient);
        let wanted: BTreeSet<String> =
            transient.map(|error| error.name).chain(LOST_WORKER).map(str::to_owned).collect();
        let retried: BTreeSet<String> =
            text["Retry"].as_array().into_iter().flatten().flat_map(|retry| names(&retry["ErrorEquals"])).collect();
        assert_eq!(retried, wanted, "{runbook}/{state}");
        for retry in text["Retry"].as_array().unwrap() {
            assert_eq!(retry["JitterStrategy"], "FULL", "{runbook}/{state}: retries of many executions must spread");
        }
    }
}

#[test]
fn every_error_that_a_state_names_exists() {
    for (runbook, state, text, contract) in tasks() {
        let declared: BTreeSet<&str> = contract.errors.iter().map(|error| error.name).chain(SERVICE_ERRORS).collect();
        for handler in ["Retry", "Catch"] {
            for named in text[handler].as_array().into_iter().flatten().flat_map(|one| names(&one["ErrorEquals"])) {
                assert!(declared.contains(named.as_str()), "{runbook}/{state} {handler}: {named}");
            }
        }
    }
}

#[test]
fn every_task_has_a_timeout_the_contracts_heartbeat_and_a_catch_of_everything() {
    for (runbook, state, text, contract) in tasks() {
        let place = format!("{runbook}/{state}");
        assert_eq!(text["HeartbeatSeconds"], contract.heartbeat_seconds, "{place}");
        assert!(text["TimeoutSeconds"].as_u64().unwrap() > contract.heartbeat_seconds, "{place}");
        let last = text["Catch"].as_array().and_then(|catches| catches.last()).unwrap_or_else(|| panic!("{place}"));
        assert_eq!(names(&last["ErrorEquals"]), BTreeSet::from(["States.ALL".to_owned()]), "{place}");
        assert_eq!(
            text["Parameters"]["execution.$"], "$$.Execution.Id",
            "{place}: the worker's logs name the execution"
        );
    }
}

#[test]
fn a_call_of_another_service_is_retried_with_jitter_ends_in_time_and_is_caught() {
    let calls: Vec<_> = task_states().filter(|(_, _, state)| activity(state).is_none()).collect();
    assert!(!calls.is_empty());
    for (runbook, state, text) in calls {
        let place = format!("{runbook}/{state}");
        let retry = &text["Retry"][0];
        let wanted = ["States.TaskFailed", "States.Timeout"].map(str::to_owned);
        assert_eq!(
            (names(&retry["ErrorEquals"]), &retry["JitterStrategy"]),
            (wanted.into(), &"FULL".into()),
            "{place}"
        );
        assert!(text["TimeoutSeconds"].as_u64().is_some(), "{place}");
        assert_eq!(names(&text["Catch"][0]["ErrorEquals"]), ["States.ALL".to_owned()].into(), "{place}");
    }
}

#[test]
fn a_failure_is_recorded_before_the_execution_fails() {
    for (runbook, state, text, contract) in tasks() {
        let records = ["RecordExpiry", "RecordFailure", "RecordOutcome", "RecordRelease"].contains(&contract.name);
        let wanted: &[&str] = if records { &["IsCauseKnown"] } else { &RECORDING };
        for catch in text["Catch"].as_array().unwrap() {
            assert!(wanted.contains(&catch["Next"].as_str().unwrap()), "{runbook}/{state}: {}", catch["Next"]);
        }
    }
}

#[test]
fn every_state_machine_ends_by_itself() {
    for runbook in RUNBOOKS {
        let definition: Value = serde_json::from_str(runbook.definition).unwrap();
        let timeout = definition["TimeoutSeconds"].as_u64().unwrap_or_else(|| panic!("{}", runbook.slug));
        for (state, text) in states(&definition) {
            let of_state = text["TimeoutSeconds"].as_u64().unwrap_or_default();
            assert!(of_state < timeout, "{}/{state} may outlive its execution", runbook.slug);
        }
    }
}

#[test]
fn every_definition_has_its_page_and_is_built_into_the_binary() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut files: BTreeSet<String> = BTreeSet::new();
    for entry in std::fs::read_dir(format!("{root}/statemachines")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        files.extend(name.strip_suffix(".asl.json").map(str::to_owned));
    }
    let built_in: BTreeSet<String> = RUNBOOKS.iter().map(|runbook| runbook.slug.to_owned()).collect();
    assert_eq!(files, built_in);
    for slug in files {
        let page = std::fs::read_to_string(format!("{root}/runbooks/{slug}/README.md"));
        assert!(page.is_ok_and(|page| !page.is_empty()), "runbooks/{slug}/README.md");
    }
}

#[test]
fn the_operators_page_explains_every_error_name() {
    for (runbook, _, _, contract) in tasks() {
        let page = format!("{}/../runbooks/{runbook}/README.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(page).unwrap();
        for error in &contract.errors {
            assert!(page.contains(&format!("`{}`", error.name)), "runbooks/{runbook}/README.md: {}", error.name);
        }
    }
}

#[test]
fn every_trigger_can_be_read_and_names_no_account() {
    assert!(!runbooks::deployment().unwrap().triggers.is_empty());
    for runbook in RUNBOOKS {
        assert!(!runbook.definition.contains("arn:"), "{}: partitions differ", runbook.slug);
    }
}
