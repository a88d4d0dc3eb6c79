//! What one row does, and what must hold whatever goes wrong.

use std::time::Duration;

use falconer_tests::house::House;
use serde_json::Value;

use super::runbook::{Runbook, Standing, WORKER};
use crate::story::{calls_of, ended_as, holds, in_a_time_of_its_own, tell};
use crate::table::{End, Row};

/// `TimeoutSeconds` of the longer state machine, and a little for the look at it.
const AT_MOST: Duration = Duration::from_secs(28_800 + 60);

/// What stands when nothing goes wrong.
struct Good {
    before: Standing,
    after: Standing,
}

/// Plays every row, each in a house and a time of its own.
pub(super) fn play(runbook: Runbook, rows: &[Row]) {
    let good = in_a_time_of_its_own(good_run(runbook));
    tell(runbook.slug(), rows, |row| in_a_time_of_its_own(bad_run(runbook, *row, &good)).err());
}

/// Holds a table's calls to those that a run without a fault makes: a new call needs rows.
pub(super) fn hold_to_the_calls_of(runbook: Runbook, table: &[&str]) {
    let calls = in_a_time_of_its_own(async {
        let (house, input) = house_of(runbook).await;
        calls_of(&house, async || {
            let number = runbook.start(&house, &input).await;
            runbook.ending(&house, number).await;
        })
        .await
    });
    assert_eq!(calls, table.iter().map(|call| (*call).to_owned()).collect());
}

/// A house in which the runbook has something to do, and the input that says so.
async fn house_of(runbook: Runbook) -> (House, Value) {
    let house = House::without_triggers(WORKER).await;
    runbook.prepare(&house).await;
    let input = runbook.input(&house).await;
    (house, input)
}

async fn good_run(runbook: Runbook) -> Good {
    let (house, input) = house_of(runbook).await;
    let before = Standing::of(&house).await;
    let number = runbook.start(&house, &input).await;
    let ending = runbook.ending(&house, number).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let after = Standing::of(&house).await;
    assert_ne!(before, after, "there was nothing to do");
    Good { before, after }
}

async fn bad_run(runbook: Runbook, Row { fault, end }: Row, good: &Good) -> Result<(), String> {
    let (mut house, input) = house_of(runbook).await;
    let calls = house.calls(fault.call().unwrap_or_default()).await;
    fault.begin(&mut house).await;
    let number = runbook.start(&house, &input).await;
    fault.go_on(&mut house, calls, WORKER).await;
    let ending = tokio::time::timeout(AT_MOST, runbook.ending(&house, number)).await;
    let ending = ending.map_err(|_| "it still runs after its TimeoutSeconds".to_owned())?;
    fault.mend(&mut house, WORKER).await;

    let standing = Standing::of(&house).await;
    ended_as(end, &ending)?;
    holds(standing.foreign == good.before.foreign, "others' lines are not what they were", &standing)?;
    let is_whole = [&good.before.hunted, &good.after.hunted].contains(&&standing.hunted) && standing.strays == 0;
    holds(is_whole, "the group holds neither the lists of before nor those of after", &standing)?;
    holds(standing.counts_no_more_than(&good.after), "something is counted that was not met", &standing)?;
    match end {
        End::AsMeant => holds(standing == good.after, "it succeeded, and not as it should have", &standing)?,
        End::Told(error) | End::Failed(error) => {
            let told = Value::from(house.notifications().await).to_string();
            holds(told.contains(error), "nobody is told of the error", &(&told, &ending))?;
        }
        End::TimedOut => {}
    }

    let number = runbook.start(&house, &input).await;
    let again = tokio::time::timeout(AT_MOST, runbook.ending(&house, number)).await;
    let again = again.map_err(|_| "the run after it was mended does not end".to_owned())?;
    holds(again.succeeded(), "the run after it was mended fails", &again)?;
    let repaired = Standing::of(&house).await;
    holds(repaired == good.after, "the run after it was mended does not repair it", &(&repaired, &good.after))
}
