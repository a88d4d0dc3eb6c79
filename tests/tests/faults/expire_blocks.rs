//! `expire-blocks`: what is over leaves the rule group.

use crate::fault::Fault;
use crate::runbook::Runbook::ExpireBlocks;
use crate::story::{hold_to_the_calls_of, play};
use crate::table::{End, Row, UPDATE, rows_of};

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

const OTHERWISE: [Row; 6] = [
    Row { fault: Fault::Zone("us-east-1b", "slow:300"), end: End::AsMeant },
    Row { fault: Fault::Zone("us-east-1b", "slow:1000"), end: End::Failed("Firewall.NotEnforced") },
    Row { fault: Fault::Zone("us-east-1a", "stuck"), end: End::Failed("Firewall.NotEnforced") },
    Row { fault: Fault::Zone("us-east-1c", "capacity-constrained"), end: End::Failed("Firewall.NotEnforced") },
    Row { fault: Fault::GroupOutOfPolicy, end: End::Failed("Firewall.GroupNotInUse") },
    Row { fault: Fault::GroupDeleted, end: End::Failed("Firewall.NotFound") },
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
    play(ExpireBlocks, &OTHERWISE);
}
