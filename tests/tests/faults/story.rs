//! What one row does, and what must hold whatever goes wrong.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use aws_sdk_sfn::types::ExecutionStatus;
use falconer_cli::execution::Ending;
use falconer_tests::house::House;
use serde_json::Value;

use crate::fault::Fault;
use crate::runbook::{FINDING, Runbook};
use crate::standing::{Standing, is_in_force};
use crate::table::{End, Row};

/// Few polls: nothing here is in a hurry, and each costs real time.
pub(crate) const WORKER: &str = "[worker]\nidle_pollers = 1\n";
/// `TimeoutSeconds` of every runbook, and a little for the look at it.
const AT_MOST: Duration = Duration::from_secs(7_200 + 60);
/// What the stories themselves call of Step Functions, and a worker before it has any task.
const NOT_OF_A_RUNBOOK: [&str; 5] = [
    "states.DescribeExecution",
    "states.ListActivities",
    "states.ListExecutions",
    "states.ListStateMachines",
    "states.StartExecution",
];

/// Plays every row, each in a house and a time of its own.
pub(crate) fn play(runbook: Runbook, rows: &[Row]) {
    let good = in_a_time_of_its_own(good_run(runbook));
    tell(runbook.slug(), rows, |row| in_a_time_of_its_own(bad_run(runbook, *row, &good)).err());
}

/// Fails with the problem of every row that has one.
pub(crate) fn tell(runbook: &str, rows: &[Row], problem: impl Fn(&Row) -> Option<String>) {
    let told = |row: &Row| Some(format!("{runbook} and {:?}: {}", row.fault, problem(row)?));
    let problems: Vec<String> = rows.iter().filter_map(told).collect();
    assert!(problems.is_empty(), "{} of {} rows:\n{}", problems.len(), rows.len(), problems.join("\n"));
}

/// Holds a table's calls to those that a run without a fault makes: a new call needs rows.
pub(crate) fn hold_to_the_calls_of(runbook: Runbook, table: &[&str]) {
    let calls = in_a_time_of_its_own(async {
        let house = House::with(WORKER).await;
        runbook.prepare(&house).await;
        calls_of(&house, async || {
            runbook.start(&house).await;
            house.endings_of(runbook.slug()).await;
        })
        .await
    });
    assert_eq!(calls, table.iter().map(|call| (*call).to_owned()).collect());
}

/// The calls that a run makes.
pub(crate) async fn calls_of(house: &House, run: impl AsyncFnOnce()) -> BTreeSet<String> {
    house.control("DELETE", "calls", Value::Null).await;
    run().await;
    let calls = house.control("GET", "calls", Value::Null).await;
    let calls = calls.as_object().unwrap().keys().filter(|call| !NOT_OF_A_RUNBOOK.contains(&call.as_str()));
    calls.cloned().collect()
}

pub(crate) fn in_a_time_of_its_own<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.unwrap().block_on(story)
}

/// How it is when nothing goes wrong.
async fn good_run(runbook: Runbook) -> Standing {
    let house = House::with(WORKER).await;
    let foreign = house.rule_group().await.text;
    runbook.prepare(&house).await;
    runbook.start(&house).await;
    let ending = house.endings_of(runbook.slug()).await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    let standing = Standing::of(runbook, &house).await;
    assert_eq!(standing.foreign, foreign, "others' lines are not what they were");
    standing
}

async fn bad_run(runbook: Runbook, Row { fault, end }: Row, good: &Standing) -> Result<(), String> {
    let mut house = House::with(WORKER).await;
    runbook.prepare(&house).await;
    let before = house.rule_group().await;
    let calls = house.calls(fault.call().unwrap_or_default()).await;
    fault.begin(&mut house).await;
    runbook.start(&house).await;
    fault.go_on(&mut house, calls, WORKER).await;
    let endings = tokio::time::timeout(AT_MOST, house.endings_of(runbook.slug())).await;
    let endings = endings.map_err(|_| "it still runs after its TimeoutSeconds".to_owned())?;

    // What a zone shows is its fault; every other fault is mended first, so that it does not meet those who look.
    let was_in_force = matches!(fault, Fault::Zone(..)) && is_in_force(&house).await;
    fault.mend(&mut house, WORKER).await;
    let in_force = if let Fault::Zone(..) = fault { was_in_force } else { is_in_force(&house).await };
    let standing = Standing::of(runbook, &house).await;
    // A group that was deleted took others' lines with it, and whatever nobody asks for again.
    let good = match (fault, runbook) {
        (Fault::GroupDeleted, Runbook::ExpireBlocks) => standing.clone(),
        (Fault::GroupDeleted, _) => Standing { foreign: standing.foreign.clone(), ..good.clone() },
        _ => good.clone(),
    };
    ended_as(end, endings.first().ok_or("it was not started")?)?;
    holds(standing.is_whole(), "a block is there twice or in part", &standing)?;
    holds(standing.foreign == good.foreign, "others' lines are not what they were", &standing)?;
    match end {
        End::AsMeant => {
            holds(standing == good, "it succeeded, and not as it should have", &standing)?;
            holds(in_force, "it succeeded, and not every zone enforces it", &standing)?;
        }
        End::Failed(error) if reaches_the_finding(runbook, fault) => {
            holds(standing.says_that_it_failed(), "the failure does not stand on the finding", &standing)?;
            let (_, note) = house.told(FINDING).await;
            holds(note.contains(error), "the note does not name the error", &note)?;
        }
        End::Told(_) | End::Failed(_) | End::TimedOut => {
            // Whoever releases finds what an earlier run has said; and words may have arrived of which no answer came back.
            let may_claim = runbook == Runbook::ReleaseBlock || standing == good && in_force;
            holds(may_claim || !standing.claims_a_block(), "the finding says what is not so", &standing)?;
        }
    }

    let again = tokio::time::timeout(AT_MOST, runbook.run_again(&house)).await;
    let again = again.map_err(|_| "the run after it was mended does not end".to_owned())?;
    let repaired = Standing::of(runbook, &house).await;
    let group = house.rule_group().await;
    holds(again.succeeded(), "the run after it was mended fails", &again)?;
    holds(repaired == good, "the run after it was mended does not repair it", &(&repaired, &good))?;
    holds(is_in_force(&house).await, "the run after it was mended is not enforced", &repaired)?;
    let same_options = fault == Fault::GroupDeleted || group.same_options_as(&before);
    holds(same_options, "the rule group's options are not what they were", &group)
}

/// Not when it is Security Hub that fails, and not when no worker is there or is heard.
fn reaches_the_finding(runbook: Runbook, fault: Fault) -> bool {
    let service = fault.call().and_then(|call| call.split_once('.')).map(|(service, _)| service);
    runbook.has_a_finding() && !matches!(service, Some("securityhub" | "states"))
}

pub(crate) fn ended_as(end: End, ending: &Ending) -> Result<(), String> {
    let as_it_should = match end {
        End::AsMeant => ending.succeeded(),
        End::Told(error) => ending.succeeded() && ending.output.to_string().contains(error),
        End::Failed(error) => ending.status == ExecutionStatus::Failed && ending.error.as_deref() == Some(error),
        End::TimedOut => ending.status == ExecutionStatus::TimedOut,
    };
    holds(as_it_should, &format!("it should have ended {end:?}"), ending)
}

pub(crate) fn holds(it: bool, otherwise: &str, look_at: &impl Debug) -> Result<(), String> {
    if it { Ok(()) } else { Err(format!("{otherwise}: {look_at:#?}")) }
}
