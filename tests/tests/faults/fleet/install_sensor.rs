//! `install-sensor`: a sensor is there when Falcon says so, and nothing secret outlives its batch.

use super::runbook::Runbook::{Install, InstallOfRelease, InstallThatHangs};
use super::story::{
    Moment::{Sent, Start},
    hold_to_the_calls_of, play,
};
use super::table::rows;
use crate::table::End;

/// PlanInstall: what is to be known before anything is done. The switch is the first parameter.
const SWITCH: [&str; 1] = ["ssm.GetParameter"];
const MEMBER: [&str; 1] = ["sts.AssumeRole"];
const RECORDED: [&str; 1] = ["config.SelectResourceConfig"];
const MANAGED: [&str; 1] = ["ssm.DescribeInstanceInformation"];
const INVENTORY: [&str; 1] = ["ssm.GetInventory"];
const SENSORS: [&str; 3] = ["falcon.Hosts", "falcon.Token", "falcon.UpdatePolicies"];
const TRIED_BEFORE: [&str; 1] = ["securityhub.GetFindings"];
/// AuthorizeInstall.
const AUTHORIZING: [&str; 5] = [
    "falcon.Ccid",
    "falcon.InstallationTokenIds",
    "falcon.InstallationTokens",
    "falcon.Revoke",
    "falcon.TokenSettings",
];
const RELEASES: [&str; 1] = ["falcon.UpdateBuilds"];
const KEEPING: [&str; 2] = ["ssm.DeleteParameter", "ssm.PutParameter"];
/// SendCommand, CheckCommand.
const COMMANDING: [&str; 3] = ["ssm.ListCommandInvocations", "ssm.ListCommands", "ssm.SendCommand"];
const CANCELLING: [&str; 1] = ["ssm.CancelCommand"];
/// RecordInstall.
const FINDINGS: [&str; 2] = ["securityhub.BatchImportFindings", "securityhub.BatchUpdateFindings"];
const TELLING: [&str; 1] = ["sns.Publish"];
const WORKING: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];

#[test]
fn the_table_of_install_sensor_has_every_call_that_it_makes() {
    let planning = [SWITCH, MEMBER, RECORDED, MANAGED, INVENTORY, TRIED_BEFORE, RELEASES].concat();
    let doing =
        [&SENSORS[..], &AUTHORIZING, &KEEPING, &COMMANDING, &CANCELLING, &FINDINGS, &TELLING, &WORKING].concat();
    hold_to_the_calls_of(&[Install, InstallOfRelease, InstallThatHangs], &[planning, doing].concat());
}

#[test]
fn without_what_a_plan_needs_nothing_is_installed_and_somebody_is_told() {
    play(Install, Start, &rows(&SWITCH, "Switch", End::Failed));
    play(Install, Start, &rows(&MEMBER, "Account", End::Failed));
    play(Install, Start, &rows(&RECORDED, "Config", End::Failed));
    play(Install, Start, &rows(&TRIED_BEFORE, "SecurityHub", End::Failed));
}

#[test]
fn an_instance_of_which_nobody_knows_anything_is_not_silently_left_out() {
    play(Install, Start, &rows(&MANAGED, "Ssm", End::Failed));
    play(Install, Start, &rows(&SENSORS, "Falcon", End::Failed));
    // It only says more of what is missing anyway.
    play(Install, Start, &rows(&INVENTORY, "Ssm", |_| End::AsMeant));
}

#[test]
fn without_an_authorization_nothing_is_sent_and_nothing_is_left_behind() {
    play(Install, Start, &rows(&AUTHORIZING, "Falcon", End::Told));
}

#[test]
fn without_a_release_or_a_place_for_secrets_nothing_is_left_behind() {
    play(InstallOfRelease, Start, &rows(&RELEASES, "Falcon", End::Told));
    play(Install, Start, &rows(&KEEPING, "Ssm", End::Told));
}

#[test]
fn a_command_is_sent_once_and_followed_to_its_end() {
    play(Install, Start, &rows(&COMMANDING, "Ssm", End::Told));
    play(InstallThatHangs, Start, &rows(&CANCELLING, "Ssm", End::Told));
}

#[test]
fn what_fails_while_a_sensor_is_waited_for_costs_no_word_on_what_is_known() {
    play(Install, Sent, &rows(&RECORDED, "Config", End::Told));
    play(Install, Sent, &rows(&SENSORS[..1], "Falcon", End::Told));
    play(Install, Sent, &rows(&SWITCH, "Ssm", End::Told));
}

#[test]
fn findings_that_cannot_be_written_are_told_of() {
    play(Install, Start, &rows(&FINDINGS, "SecurityHub", End::Told));
    play(Install, Sent, &rows(&TRIED_BEFORE, "SecurityHub", End::Told));
    play(Install, Start, &rows(&TELLING, "SNS", End::Failed));
}

#[test]
fn no_fault_between_a_worker_and_step_functions_changes_what_an_install_does() {
    play(Install, Start, &rows(&WORKING, "", End::Told));
}
