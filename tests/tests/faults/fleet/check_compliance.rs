//! `check-compliance`: each part fails on its own.

use super::runbook::Runbook::{Check, Sweep};
use super::story::{Moment::Start, hold_to_the_calls_of, play};
use super::table::rows;
use crate::fault::Fault;
use crate::table::{End, Row};

/// PlanCheck, of a sweep.
const PLACES: [&str; 1] = ["config.SelectAggregateResourceConfig"];
/// The way into the member.
const MEMBER: [&str; 1] = ["sts.AssumeRole"];
/// Which instances there are, and what the rule is told of them.
const CONFIG: [&str; 2] = ["config.PutEvaluations", "config.SelectResourceConfig"];
const SYSTEMS_MANAGER: [&str; 2] = ["ssm.DescribeInstanceInformation", "ssm.GetInventory"];
/// The credentials are a parameter.
const FALCON: [&str; 4] = ["falcon.Hosts", "falcon.Token", "falcon.UpdatePolicies", "ssm.GetParameter"];
const FINDINGS: [&str; 2] = ["securityhub.BatchImportFindings", "securityhub.GetFindings"];
const WORKING: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];

/// Of a batch every second entry fails.
const PARTIAL: [Row; 4] = [
    Row { fault: Fault::Call("config.PutEvaluations", "partial", Some(1)), end: End::AsMeant },
    Row { fault: Fault::Call("config.PutEvaluations", "partial", None), end: End::Told("Config.Unavailable") },
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", Some(1)), end: End::AsMeant },
    // The next try has only those left that were not taken, and the first of them always is.
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", None), end: End::AsMeant },
];

#[test]
fn the_table_of_check_compliance_has_every_call_that_it_makes() {
    let table = [&PLACES[..], &MEMBER, &CONFIG, &SYSTEMS_MANAGER, &FALCON, &FINDINGS, &WORKING].concat();
    hold_to_the_calls_of(&[Check, Sweep], &table);
}

#[test]
fn without_the_organizations_places_a_sweep_fails_and_says_so() {
    play(Sweep, Start, &rows(&PLACES, "Config", End::Failed));
}

#[test]
fn an_account_that_cannot_be_entered_or_read_is_told() {
    play(Check, Start, &rows(&MEMBER, "Account", End::Told));
    play(Check, Start, &rows(&CONFIG, "Config", End::Told));
}

#[test]
fn without_systems_manager_no_instance_is_guessed_at() {
    play(Check, Start, &rows(&SYSTEMS_MANAGER, "Ssm", End::Told));
}

#[test]
fn without_falcon_no_sensor_counts_as_missing() {
    play(Check, Start, &rows(&FALCON, "Falcon", End::Told));
}

#[test]
fn without_security_hub_config_is_told_all_the_same() {
    play(Check, Start, &rows(&FINDINGS, "SecurityHub", End::Told));
}

#[test]
fn of_a_batch_that_fails_in_part_the_rest_is_written() {
    play(Check, Start, &PARTIAL);
}

#[test]
fn no_fault_between_a_worker_and_step_functions_changes_what_a_check_says() {
    play(Check, Start, &rows(&WORKING, "", End::Told));
}
