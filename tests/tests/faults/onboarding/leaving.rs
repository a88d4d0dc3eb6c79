//! An account is let go: nothing that was not confirmed, and nothing in part that is not told.

use super::runbook::Runbook::{Closed, Left, LeftOlder};
use super::standing::Part::{Findings, Registration};
use super::story::{hold_to_the_calls_of, play};
use crate::fault::Fault;
use crate::fleet::table::rows;
use crate::table::{End, Row};

/// PlanDeparture, without which nothing is let go.
const FALCON: [&str; 3] = ["falcon.CloudAccounts", "falcon.Token", "ssm.GetParameter"];
const OLDER: [&str; 1] = ["falcon.CspmAccounts"];
const READING: [&str; 1] = ["securityhub.GetFindings"];
/// DeregisterAccount.
const DEREGISTERING: [&str; 1] = ["falcon.DeleteCloudAccounts"];
const DEREGISTERING_OLDER: [&str; 1] = ["falcon.DeleteCspmAccounts"];
/// ArchiveFindings: in the account, or for one that lets nobody in.
const ROLE: [&str; 1] = ["sts.AssumeRole"];
const ARCHIVING: [&str; 1] = ["securityhub.BatchImportFindings"];
const RESOLVING: [&str; 1] = ["securityhub.BatchUpdateFindings"];
const TELLING: [&str; 1] = ["sns.Publish"];
const WORKING: [&str; 2] = ["states.GetActivityTask", "states.SendTaskSuccess"];

/// Of a batch every second finding fails: the next try has only those left that were not taken.
const PARTIAL: [Row; 2] = [
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", Some(1)), end: End::AsMeant },
    Row { fault: Fault::Call("securityhub.BatchImportFindings", "partial", None), end: End::AsMeant },
];

#[test]
fn the_table_of_letting_an_account_go_has_every_call_that_it_makes() {
    let falcon = [&FALCON[..], &OLDER, &DEREGISTERING, &DEREGISTERING_OLDER].concat();
    let others = [&READING[..], &ROLE, &ARCHIVING, &RESOLVING, &TELLING, &WORKING].concat();
    hold_to_the_calls_of(&[Left, LeftOlder, Closed], &[falcon, others].concat());
}

#[test]
fn what_cannot_be_compared_with_what_was_confirmed_stays() {
    play(Left, &[Registration, Findings], &rows(&FALCON, "Falcon", End::Failed));
    play(LeftOlder, &[Registration, Findings], &rows(&OLDER, "Falcon", End::Failed));
    play(Left, &[Registration, Findings], &rows(&READING, "SecurityHub", End::Failed));
}

#[test]
fn an_account_that_falcon_does_not_forget_loses_its_findings_all_the_same() {
    play(Left, &[Registration], &rows(&DEREGISTERING, "Falcon", End::Failed));
    play(LeftOlder, &[Registration], &rows(&DEREGISTERING_OLDER, "Falcon", End::Failed));
}

#[test]
fn findings_that_cannot_be_ended_are_told_and_falcon_forgets_the_account_all_the_same() {
    let mut of_role = rows(&ROLE, "Account", End::Failed);
    // The administrator ends them instead.
    let refused = Fault::Call("sts.AssumeRole", "error:AccessDeniedException", None);
    of_role.iter_mut().filter(|row| row.fault == refused).for_each(|row| row.end = End::AsMeant);
    play(Left, &[Findings], &of_role);
    play(Left, &[Findings], &[rows(&ARCHIVING, "SecurityHub", End::Failed), PARTIAL.into()].concat());
    play(Closed, &[Findings], &rows(&RESOLVING, "SecurityHub", End::Failed));
}

#[test]
fn an_account_that_nobody_could_be_told_of_is_let_go_all_the_same() {
    play(Left, &[], &rows(&TELLING, "SNS", End::Failed));
}

#[test]
fn no_fault_between_a_worker_and_step_functions_changes_what_is_let_go() {
    play(Left, &[Registration, Findings], &rows(&WORKING, "", End::Failed));
}
