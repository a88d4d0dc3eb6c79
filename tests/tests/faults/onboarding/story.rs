//! What one row does, and what must hold whatever goes wrong.

use std::collections::BTreeSet;

use falconer_tests::house::House;
use falconer_tests::newcomers::ONBOARDING;
use serde_json::{Value, json};

use super::runbook::Runbook;
use super::standing::{Part, Standing};
use crate::story::{calls_of, ended_as, holds, in_a_time_of_its_own, tell};
use crate::table::{End, Row};

/// The call by which the account's check is started, and a story its runbook.
pub(super) const START: &str = "states.StartExecution";

/// Plays every row, each in a house and a time of its own. `may_lack` says what may not be as it should when the run has failed:
/// everything else is.
pub(super) fn play(runbook: Runbook, may_lack: &[Part], rows: &[Row]) {
    let good = in_a_time_of_its_own(good_run(runbook));
    let problem = |row: &Row| in_a_time_of_its_own(bad_run(runbook, may_lack, *row, &good)).err();
    tell(&format!("{runbook:?}"), rows, problem);
}

/// Holds a table's calls to those that runs without a fault make: a new call needs rows. The check that a run starts makes calls of
/// its own, and is kept from it.
pub(super) fn hold_to_the_calls_of(runbooks: &[Runbook], table: &[&str]) {
    let calls = runbooks.iter().flat_map(|runbook| {
        in_a_time_of_its_own(async {
            let (house, input) = runbook.prepare().await;
            calls_of(&house, async || {
                let number = runbook.start(&house, &input).await;
                house.fault(json!({ "operation": START, "fault": "error:AuthorizationError" })).await;
                runbook.ending(&house, number).await;
            })
            .await
        })
    });
    let calls: BTreeSet<String> = calls.collect();
    assert_eq!(calls, table.iter().map(|call| (*call).to_owned()).collect());
}

/// What stands when nothing goes wrong, and after another run still.
async fn good_run(runbook: Runbook) -> Standing {
    let (house, input) = runbook.prepare().await;
    let before = standing(runbook, &house).await;
    let number = runbook.start(&house, &input).await;
    let ending = runbook.ending(&house, number).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let after = standing(runbook, &house).await;
    assert_ne!(before, after, "there was nothing to do");
    let again = runbook.run_again(&house).await;
    assert!(again.succeeded(), "{again:#?}");
    assert_eq!(standing(runbook, &house).await, after, "another run changes something");
    after
}

async fn standing(runbook: Runbook, house: &House) -> Standing {
    if runbook.is_leaving() { Standing::outside(house).await } else { Standing::of(house).await }
}

async fn bad_run(runbook: Runbook, may_lack: &[Part], Row { fault, end }: Row, good: &Standing) -> Result<(), String> {
    let (mut house, input) = runbook.prepare().await;
    let checks_before = house.executions_of("check-compliance").await.len();
    let is_start = fault.call() == Some(START);
    let started = if is_start { Some(runbook.start(&house, &input).await) } else { None };
    let calls = house.calls(fault.call().unwrap_or_default()).await;
    fault.begin(&mut house).await;
    let number = match started {
        Some(number) => number,
        None => runbook.start(&house, &input).await,
    };
    fault.go_on(&mut house, calls, &runbook.worker()).await;
    let ending = tokio::time::timeout(Runbook::AT_MOST, runbook.ending(&house, number)).await;
    let ending = ending.map_err(|_| "it still runs after its TimeoutSeconds".to_owned())?;
    fault.mend(&mut house, &runbook.worker()).await;

    let stands = standing(runbook, &house).await;
    ended_as(end, &ending)?;
    match end {
        End::AsMeant => {
            holds(stands == *good, "it succeeded, and not as it should have", &(&stands, good, &ending))?;
            let checks = house.executions_of("check-compliance").await.len() - checks_before;
            let wanted = usize::from(!runbook.is_leaving());
            holds(checks == wanted, "the account's check was not started once", &checks)?;
        }
        End::Told(error) | End::Failed(error) => {
            let lacking = stands.differences(good);
            let is_meant = lacking.iter().all(|part| may_lack.contains(part));
            holds(is_meant, "more than the step that failed is not as it should be", &(&lacking, &stands, &ending))?;
            let told = Value::from(house.notifications().await).to_string();
            let is_told = told.contains(error) || fault.call() == Some("sns.Publish");
            holds(is_told, "nobody is told of the error", &(&told, &ending))?;
        }
        End::TimedOut => {}
    }
    let secrets = house.secrets_told(ONBOARDING).await;
    holds(secrets.is_empty(), "secrets were told", &secrets)?;

    // As it should be it is already.
    if end == End::AsMeant {
        return Ok(());
    }
    let again = tokio::time::timeout(Runbook::AT_MOST, runbook.run_again(&house)).await;
    let again = again.map_err(|_| "the run after it was mended does not end".to_owned())?;
    holds(again.succeeded(), "the run after it was mended fails", &again)?;
    let repaired = standing(runbook, &house).await;
    holds(repaired == *good, "the run after it was mended does not repair it", &(&repaired, good, &again))
}
