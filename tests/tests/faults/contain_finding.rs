//! `contain-finding`: from a finding to a block that every zone enforces.

use crate::fault::Fault;
use crate::runbook::Runbook::ContainFinding;
use crate::story::{hold_to_the_calls_of, play};
use crate::table::{End, Row, UPDATE, ZONES_AND_GROUP, rows_of};

/// BlockIndicators, CheckEnforcement.
const ENFORCING: [&str; 4] = [
    "network-firewall.DescribeFirewall",
    "network-firewall.DescribeRuleGroup",
    "network-firewall.ListFirewalls",
    UPDATE,
];
/// FlushFlows, CheckFlush, RecordOutcome, RecordFailure.
const FLUSHING_AND_RECORDING: [&str; 4] = [
    "network-firewall.DescribeFlowOperation",
    "network-firewall.StartFlowFlush",
    "securityhub.BatchUpdateFindings",
    "securityhub.GetFindings",
];
/// PlanContainment, BlockIndicators.
const PLANNING: [&str; 1] = ["ssm.GetParameter"];
/// Every activity.
const WORKING: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];

/// What only this runbook meets: without a worker nobody tells the finding, and nothing else flushes.
const OTHERWISE: [Row; 3] = [
    Row { fault: Fault::NoWorker, end: End::TimedOut },
    Row { fault: Fault::Flush("partial"), end: End::Failed("Firewall.FlushFailed") },
    Row { fault: Fault::Flush("failed"), end: End::Failed("Firewall.FlushFailed") },
];

#[test]
fn the_table_of_contain_finding_has_every_call_that_it_makes() {
    hold_to_the_calls_of(ContainFinding, &[&PLANNING[..], &ENFORCING, &FLUSHING_AND_RECORDING, &WORKING].concat());
}

#[test]
fn no_fault_makes_contain_finding_enforce_what_was_not_meant() {
    play(ContainFinding, &rows_of(&ENFORCING));
}

#[test]
fn no_fault_of_the_switch_lets_contain_finding_act_by_itself() {
    play(ContainFinding, &rows_of(&PLANNING));
}

#[test]
fn no_fault_makes_contain_finding_say_what_is_not_so() {
    play(ContainFinding, &rows_of(&FLUSHING_AND_RECORDING));
}

#[test]
fn no_fault_between_a_worker_and_step_functions_changes_what_contain_finding_does() {
    play(ContainFinding, &rows_of(&WORKING));
}

#[test]
fn contain_finding_names_what_is_wrong_with_zones_flushes_the_group_and_workers() {
    play(ContainFinding, &[&OTHERWISE[..], &ZONES_AND_GROUP].concat());
}
