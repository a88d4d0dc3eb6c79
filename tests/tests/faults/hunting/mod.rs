//! `refresh-hunt-list` and `report-hits`: each fault at each of their calls.
//!
//! Whatever the fault, the hunt rule group holds the lists of before or those of after, whole, and others' lines as they were;
//! and no packet is counted twice. What failed is told to people, and the next run brings it.

mod runbook;
mod story;

use self::runbook::Runbook::{RefreshHuntList, ReportHits};
use self::story::{hold_to_the_calls_of, play};
use crate::fault::Fault;
use crate::fleet::table::rows;
use crate::table::{End, Row, UPDATE, rows_of};

/// Both runbooks read rule groups, and one of them writes.
const READING: [&str; 1] = ["network-firewall.DescribeRuleGroup"];
const WRITING: [&str; 1] = [UPDATE];
/// The switch, which is read before Falcon's credentials.
const SWITCH: [&str; 1] = ["ssm.GetParameter"];
const FALCON: [&str; 2] = ["falcon.Indicators", "falcon.Token"];
const COUNTING: [&str; 2] = ["securityhub.BatchImportFindings", "securityhub.GetFindings"];
const WORKING: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];

const NO_WORKER: [Row; 1] = [Row { fault: Fault::NoWorker, end: End::TimedOut }];

/// Of a batch every second finding fails: the next try has only those left that were not taken.
const PARTIAL: [Row; 2] = [
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", Some(1)), end: End::AsMeant },
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", None), end: End::AsMeant },
];

#[test]
fn the_tables_have_every_call_that_the_runbooks_make() {
    hold_to_the_calls_of(RefreshHuntList, &[&READING[..], &WRITING, &SWITCH, &FALCON, &WORKING].concat());
    hold_to_the_calls_of(ReportHits, &[&READING[..], &COUNTING, &WORKING].concat());
}

#[test]
fn no_fault_of_the_firewall_leaves_half_a_list() {
    play(RefreshHuntList, &rows_of(&[READING, WRITING].concat()));
}

#[test]
fn no_fault_of_falcon_empties_a_list() {
    play(RefreshHuntList, &rows(&FALCON, "Falcon", End::Failed));
}

#[test]
fn no_fault_of_the_switch_lets_a_schedule_act() {
    play(RefreshHuntList, &rows_of(&SWITCH));
}

#[test]
fn no_fault_of_the_firewall_makes_a_report_say_what_was_not_met() {
    play(ReportHits, &rows_of(&READING));
}

#[test]
fn no_fault_of_security_hub_lets_a_packet_be_counted_twice_or_not_at_all() {
    let mut rows = [rows_of(&COUNTING), PARTIAL.into()].concat();
    // An import of which every answer is lost is found done by the next try, which has nothing left to write.
    let lost = Fault::Call("securityhub.BatchImportFindings", "lose-answer", None);
    rows.iter_mut().filter(|row| row.fault == lost).for_each(|row| row.end = End::AsMeant);
    play(ReportHits, &rows);
}

#[test]
fn no_fault_between_a_worker_and_step_functions_changes_what_they_do() {
    for runbook in [RefreshHuntList, ReportHits] {
        play(runbook, &[rows_of(&WORKING), NO_WORKER.into()].concat());
    }
}
