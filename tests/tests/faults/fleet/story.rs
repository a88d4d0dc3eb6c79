//! What one row does, and what must hold whatever goes wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use falconer_cli::execution::Ending;
use falconer_tests::house::House;
use serde_json::{Value, json};

use super::runbook::Runbook;
use super::standing::Standing;
use crate::fault::{Fault, until_called};
use crate::story::{WORKER, calls_of, ended_as, holds, in_a_time_of_its_own, tell};
use crate::table::{End, Row};

/// A token that nobody could give back ends after half an hour, and its parameter five minutes later.
const BY_ITSELF: Duration = Duration::from_secs(36 * 60);

/// What a sweep starts makes calls of its own.
const NO_INSTALL: &str = "[install]\nafter_sweeps = false\n";

/// From when on something is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Moment {
    /// From the beginning.
    Start,
    /// Since the command was sent: its sensor is waited for.
    Sent,
}

/// What holds when nothing goes wrong: before, after it, and after another run.
struct Good {
    before: Standing,
    after: Standing,
    repaired: Standing,
}

/// Plays every row, each in a house and a time of its own.
pub(crate) fn play(runbook: Runbook, moment: Moment, rows: &[Row]) {
    let good = in_a_time_of_its_own(good_run(runbook));
    let problem = |row: &Row| in_a_time_of_its_own(bad_run(runbook, moment, *row, &good)).err();
    tell(&format!("{runbook:?}, {moment:?}"), rows, problem);
}

/// Holds a table's calls to those that a run without a fault makes: a new call needs rows.
pub(crate) fn hold_to_the_calls_of(runbooks: &[Runbook], table: &[&str]) {
    let calls = runbooks.iter().flat_map(|runbook| {
        in_a_time_of_its_own(async {
            let house = House::without_triggers(&format!("{WORKER}{NO_INSTALL}")).await;
            runbook.prepare(&house).await;
            calls_of(&house, async || {
                runbook.start(&house).await;
                house.endings_of(runbook.slug()).await;
            })
            .await
        })
    });
    let calls: BTreeSet<String> = calls.collect();
    assert_eq!(calls, table.iter().map(|call| (*call).to_owned()).collect());
}

async fn good_run(runbook: Runbook) -> Good {
    let house = House::without_triggers(WORKER).await;
    runbook.prepare(&house).await;
    let before = Standing::of(&house).await;
    runbook.start(&house).await;
    let ending = house.endings_of(runbook.slug()).await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    accounts_for_all(runbook, &ending).unwrap();
    leaves_nothing_behind(runbook, &house).await.unwrap();
    let after = Standing::of(&house).await;
    let again = runbook.run_again(&house).await;
    assert!(again.succeeded(), "{again:#?}");
    Good { before, after, repaired: Standing::of(&house).await }
}

async fn bad_run(runbook: Runbook, moment: Moment, Row { fault, end }: Row, good: &Good) -> Result<(), String> {
    let mut house = House::without_triggers(WORKER).await;
    runbook.prepare(&house).await;
    if moment == Moment::Sent {
        runbook.start(&house).await;
        until_called(&house, "ssm.SendCommand", 1).await;
    }
    let calls = house.calls(fault.call().unwrap_or_default()).await;
    fault.begin(&mut house).await;
    if moment == Moment::Start {
        runbook.start(&house).await;
    }
    fault.go_on(&mut house, calls, WORKER).await;
    let endings = tokio::time::timeout(Runbook::AT_MOST, house.endings_of(runbook.slug())).await;
    let ending = endings.map_err(|_| "it still runs after its TimeoutSeconds".to_owned())?.remove(0);
    fault.mend(&mut house, WORKER).await;

    let standing = Standing::of(&house).await;
    ended_as(end, &ending)?;
    let as_before = standing.says_only_what_is_so(&good.after, &good.before);
    holds(as_before, "something is said of an instance that is not so", &standing)?;
    match end {
        End::AsMeant => {
            holds(standing == good.after, "it succeeded, and not as it should have", &(&standing, &good.after))?;
            accounts_for_all(runbook, &ending)?;
        }
        End::Told(_) => accounts_for_all(runbook, &ending)?,
        End::Failed(_) | End::TimedOut => {}
    }
    if let End::Told(error) | End::Failed(error) = end
        && fault.call() != Some("sns.Publish")
    {
        let told = house.notifications().await;
        holds(Value::from(told.clone()).to_string().contains(error), "nobody is told of the error", &(&told, &ending))?;
    }
    let commands = house.commands().await.len();
    holds(commands <= 1, "more than one command was sent", &commands)?;
    if !may_leave_something_behind(fault, end) {
        leaves_nothing_behind(runbook, &house).await?;
    }
    let secrets = house.secrets_told(runbook.slug()).await;
    holds(secrets.is_empty(), "secrets were told", &secrets)?;

    // As it should be it is already.
    if end != End::AsMeant {
        repairs(runbook, &house, &good.repaired).await?;
    }
    if may_leave_something_behind(fault, end) {
        tokio::time::sleep(BY_ITSELF).await;
    }
    leaves_nothing_behind(runbook, &house).await
}

/// The next run brings what this one could not.
async fn repairs(runbook: Runbook, house: &House, good: &Standing) -> Result<(), String> {
    let again = tokio::time::timeout(Runbook::AT_MOST, runbook.run_again(house)).await;
    let again = again.map_err(|_| "the run after it was mended does not end".to_owned())?;
    holds(again.succeeded(), "the run after it was mended fails", &again)?;
    if runbook.is_install() {
        // A sensor that is there by now is nothing to install; that its finding is over is for the next check to say.
        house.run_of("check-compliance", &json!({})).await;
    }
    let repaired = Standing::of(house).await;
    holds(repaired == *good, "the run after it was mended does not repair it", &(&repaired, &again))
}

/// Every instance is told of exactly once; of a check, every instance has one verdict, unless nobody knows which there are.
fn accounts_for_all(runbook: Runbook, ending: &Ending) -> Result<(), String> {
    let wanted = runbook.instances();
    if !runbook.is_install() {
        let tally = ending.output["summary"]["instances"].as_object();
        let judged: u64 = tally.into_iter().flatten().filter_map(|(_, number)| number.as_u64()).sum();
        let is_unknown = ending.output["summary"]["failures"][0]["cause"].is_null() && judged == 0;
        return holds(judged == wanted.len() as u64 || is_unknown, "not every instance has one verdict", ending);
    }
    let places = ending.output["report"]["places"].as_array().cloned().unwrap_or_default();
    let results = places.iter().flat_map(|place| place["results"].as_array().into_iter().flatten());
    let mut told: Vec<String> = results.map(|result| result["instance"].as_str().unwrap().to_owned()).collect();
    told.sort();
    let wanted: Vec<String> = wanted.into_iter().map(|instance| instance.id).collect();
    holds(told == wanted, "not every instance is told of once", ending)
}

/// Nothing that Falcon gave for installs is good, and nothing of it is kept.
async fn leaves_nothing_behind(runbook: Runbook, house: &House) -> Result<(), String> {
    let (tokens, parameters) = (house.good_tokens_of_installs().await, house.parameters_of_installs().await);
    let none = tokens == 0 && parameters.is_empty();
    holds(none || !runbook.is_install(), "tokens or parameters are left", &(tokens, parameters))
}

/// A token of which nobody got word, or whose holder died before he wrote it down, ends by itself; so do those of a Falcon that
/// does not let itself be asked, and what nobody may delete.
fn may_leave_something_behind(fault: Fault, end: End) -> bool {
    match fault {
        Fault::Call("falcon.Token", "lose-answer" | "delay:700000", _) | Fault::Call("falcon.Revoke", ..) => true,
        Fault::KilledDuring(call) | Fault::KilledAfter(call) => {
            call.starts_with("falcon.") || call == "ssm.PutParameter"
        }
        Fault::Call(call, _, None) => call.starts_with("falcon.") || call.ends_with("Parameter") && end != End::AsMeant,
        _ => false,
    }
}
