//! An account is protected: what fails is told, and nothing is done twice.

use super::runbook::Runbook::{Amended, AmendedOlder, Asked, Created, Empty, Older};
use super::standing::EVERYTHING;
use super::standing::Part::{Association, Findings, Handover, Membership, Recorder, Registration, Rule};
use super::story::{START, hold_to_the_calls_of, play};
use crate::fault::Fault;
use crate::fleet::table::rows;
use crate::table::{End, Row};

/// PlanAccount reads the switch of an event, RegisterAccount the credentials.
const PARAMETER: [&str; 1] = ["ssm.GetParameter"];
/// CheckRole, and the way into the account.
const ROLE: [&str; 1] = ["sts.AssumeRole"];
/// RegisterAccount.
const TOKEN: [&str; 1] = ["falcon.Token"];
const REGISTERING: [&str; 2] = ["falcon.CloudAccounts", "falcon.CreateCloudAccounts"];
const REGISTERING_OLDER: [&str; 2] = ["falcon.CspmAccounts", "falcon.CreateCspmAccounts"];
const AMENDING: [&str; 1] = ["falcon.UpdateCloudAccounts"];
const AMENDING_OLDER: [&str; 1] = ["falcon.UpdateCspmAccounts"];
const HANDING_OVER: [&str; 2] = ["ssm.GetParameters", "ssm.PutParameter"];
/// EnsureRecorder; the baseline asks the same.
const RECORDER: [&str; 3] = [
    "config.DescribeConfigurationRecorderStatus",
    "config.DescribeConfigurationRecorders",
    "config.DescribeDeliveryChannels",
];
const RECORDING: [&str; 3] =
    ["config.PutConfigurationRecorder", "config.PutDeliveryChannel", "config.StartConfigurationRecorder"];
/// EnsureMembership.
const MEMBERSHIP: [&str; 3] = ["securityhub.CreateMembers", "securityhub.DescribeHub", "securityhub.EnableSecurityHub"];
const ADMINISTRATOR: [&str; 1] = ["securityhub.GetAdministratorAccount"];
/// EnsureRule.
const RULE: [&str; 2] = ["config.DescribeConfigRules", "config.PutConfigRule"];
/// EnsureAssociation.
const ASSOCIATION: [&str; 2] = ["ssm.CreateAssociation", "ssm.ListAssociations"];
/// VerifyBaseline.
const BASELINE: [&str; 1] = ["config.SelectResourceConfig"];
const FINDINGS: [&str; 2] = ["securityhub.BatchImportFindings", "securityhub.GetFindings"];
const TELLING: [&str; 1] = ["sns.Publish"];
const WORKING: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];
/// VerifyBaseline, while the recorder is new.
const NOT_YET: [&str; 1] = ["states.SendTaskFailure"];

/// Of a batch every second finding fails: the next try has only those left that were not taken.
const PARTIAL: [Row; 2] = [
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", Some(1)), end: End::AsMeant },
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", None), end: End::AsMeant },
];
const NO_WORKER: [Row; 1] = [Row { fault: Fault::NoWorker, end: End::TimedOut }];

#[test]
fn the_table_of_protecting_an_account_has_every_call_that_it_makes() {
    let falcon = [&TOKEN[..], &REGISTERING, &REGISTERING_OLDER, &AMENDING, &AMENDING_OLDER, &HANDING_OVER].concat();
    let config = [&RECORDER[..], &RECORDING, &RULE, &BASELINE].concat();
    let others =
        [&PARAMETER[..], &ROLE, &MEMBERSHIP, &ADMINISTRATOR, &ASSOCIATION, &FINDINGS, &TELLING, &WORKING, &NOT_YET]
            .concat();
    hold_to_the_calls_of(&[Created, Asked, Empty, Older, Amended, AmendedOlder], &[falcon, config, others].concat());
}

#[test]
fn without_the_switch_or_the_role_nothing_is_done_and_somebody_is_told() {
    play(Created, &EVERYTHING, &rows(&PARAMETER, "Switch", End::Failed));
    play(Created, &EVERYTHING, &rows(&ROLE, "Account", End::Failed));
}

#[test]
fn without_falcon_the_account_is_protected_in_aws() {
    play(Asked, &[Registration, Handover], &rows(&PARAMETER, "Falcon", End::Failed));
    play(Created, &[Registration, Handover], &rows(&TOKEN, "Falcon", End::Failed));
    play(Created, &[Registration, Handover], &rows(&REGISTERING, "Falcon", End::Failed));
    play(Older, &[Registration, Handover], &rows(&REGISTERING_OLDER, "Falcon", End::Failed));
}

#[test]
fn a_registration_that_cannot_be_amended_stays_as_it_is() {
    play(Amended, &[Registration], &rows(&AMENDING, "Falcon", End::Failed));
    play(AmendedOlder, &[Registration], &rows(&AMENDING_OLDER, "Falcon", End::Failed));
}

#[test]
fn what_falcon_gives_is_handed_over_once_and_in_full() {
    play(Created, &[Handover], &rows(&HANDING_OVER, "Ssm", End::Failed));
}

#[test]
fn without_config_the_account_is_registered_and_its_findings_reach_the_administrator() {
    play(Created, &[Recorder, Findings], &rows(&RECORDER, "Config", End::Failed));
    // Without a recorder AWS Config takes no rule.
    play(Empty, &[Recorder, Rule, Findings], &rows(&RECORDING, "Config", End::Failed));
    play(Created, &[Rule], &rows(&RULE, "Config", End::Failed));
}

#[test]
fn without_security_hub_everything_else_is_there() {
    play(Created, &[Membership, Findings], &rows(&MEMBERSHIP, "SecurityHub", End::Failed));
    play(Asked, &[Membership, Findings], &rows(&ADMINISTRATOR, "SecurityHub", End::Failed));
}

#[test]
fn there_is_one_association_whatever_becomes_of_the_answers() {
    play(Created, &[Association], &rows(&ASSOCIATION, "Ssm", End::Failed));
}

#[test]
fn a_baseline_that_cannot_be_verified_is_told() {
    play(Created, &[Findings], &rows(&BASELINE, "Config", End::Failed));
    play(Created, &[Findings], &rows(&FINDINGS, "SecurityHub", End::Failed));
    play(Created, &[Findings], &PARTIAL);
}

#[test]
fn the_check_of_the_account_is_started_once() {
    play(Created, &[], &rows(&[START], "", |_| End::Failed("Check.NotStarted")));
}

#[test]
fn an_account_that_nobody_could_be_told_of_is_protected_all_the_same() {
    play(Created, &[], &rows(&TELLING, "SNS", End::Failed));
}

#[test]
fn no_fault_between_a_worker_and_step_functions_changes_what_is_made_of_an_account() {
    play(Created, &EVERYTHING, &[rows(&WORKING, "", End::Failed), NO_WORKER.into()].concat());
    play(Empty, &EVERYTHING, &rows(&NOT_YET, "", End::Failed));
}
