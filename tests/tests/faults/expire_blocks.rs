//! `expire-blocks`: what is over leaves the rule group.

use crate::runbook::Runbook::ExpireBlocks;
use crate::story::{hold_to_the_calls_of, play};
use crate::table::{UPDATE, ZONES_AND_GROUP, rows_of};

/// PruneLedger, CheckEnforcement, RecordExpiry, and every activity.
const CALLS: [&str; 9] = [
    "network-firewall.DescribeFirewall",
    "network-firewall.DescribeRuleGroup",
    "network-firewall.ListFirewalls",
    UPDATE,
    "securityhub.GetFindings",
    "securityhub.GetFindingsV2",
    "ssm.GetParameter",
    "states.GetActivityTask",
    "states.SendTaskSuccess",
];

#[test]
fn the_table_of_expire_blocks_has_every_call_that_it_makes() {
    hold_to_the_calls_of(ExpireBlocks, &CALLS);
}

#[test]
fn no_fault_of_a_call_keeps_what_is_over_or_takes_what_is_not() {
    play(ExpireBlocks, &rows_of(&CALLS));
}

#[test]
fn expire_blocks_names_what_is_wrong_with_zones_and_the_group() {
    play(ExpireBlocks, &ZONES_AND_GROUP);
}
