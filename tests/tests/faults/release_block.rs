//! `release-block`: a person takes back what a finding has blocked.

use crate::runbook::Runbook::ReleaseBlock;
use crate::story::{hold_to_the_calls_of, play};
use crate::table::{UPDATE, ZONES_AND_GROUP, rows_of};

/// ReleaseBlocks, CheckEnforcement.
const ENFORCING: [&str; 4] = [
    "network-firewall.DescribeFirewall",
    "network-firewall.DescribeRuleGroup",
    "network-firewall.ListFirewalls",
    UPDATE,
];
/// RecordRelease, RecordFailure, and every activity.
const RECORDING_AND_WORKING: [&str; 4] =
    ["securityhub.BatchUpdateFindings", "securityhub.GetFindings", "states.GetActivityTask", "states.SendTaskSuccess"];

#[test]
fn the_table_of_release_block_has_every_call_that_it_makes() {
    hold_to_the_calls_of(ReleaseBlock, &[ENFORCING, RECORDING_AND_WORKING].concat());
}

#[test]
fn no_fault_makes_release_block_leave_what_it_says_is_gone() {
    play(ReleaseBlock, &rows_of(&ENFORCING));
}

#[test]
fn no_fault_makes_release_block_say_what_is_not_so() {
    play(ReleaseBlock, &rows_of(&RECORDING_AND_WORKING));
}

#[test]
fn release_block_names_what_is_wrong_with_zones_and_the_group() {
    play(ReleaseBlock, &ZONES_AND_GROUP);
}
