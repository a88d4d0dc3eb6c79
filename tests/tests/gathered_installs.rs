//! A sweep that finds many sensors missing has them installed by one execution for each account and region, and no more.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::collections::BTreeSet;

use falconer_sandbox::Instance;
use falconer_tests::fleet::{EAST, MEMBER, OTHER, instance};
use falconer_tests::house::House;
use serde_json::{Value, json};

/// AWS's rates of what each install asks Security Hub.
fn rates() -> Value {
    json!([
        { "operation": "securityhub.GetFindings", "fault": "rate:3/6" },
        { "operation": "securityhub.BatchUpdateFindings", "fault": "rate:10/30" },
    ])
}

async fn house_with(missing: u64, toml: &str) -> House {
    let house = House::with(toml).await;
    house.clear_fleet().await;
    (1..=missing).for_each(|number| house.sandbox.put_instance(instance(number)));
    house
}

async fn sweep(house: &House) -> Value {
    let ending = house.run_of("check-compliance", &json!({})).await;
    assert!(ending.succeeded(), "{ending:#?}");
    ending.output
}

#[tokio::test(start_paused = true)]
async fn seventy_five_missing_sensors_are_one_install_and_a_handful_of_questions() {
    let house = house_with(75, "").await;
    house.fault(rates()).await;
    sweep(&house).await;
    let endings = house.endings_of("install-sensor").await;
    assert_eq!(endings.len(), 1, "{endings:#?}");
    assert_eq!(endings[0].output["report"]["counts"]["installed"], 75, "{:#?}", endings[0]);
    assert!(house.sensor_findings(MEMBER).await.is_empty());
    // Of the sweep, of the plan, and of each of the two batches: their pages, and nothing again.
    assert!(house.calls("securityhub.GetFindings").await <= 20, "{}", house.calls("securityhub.GetFindings").await);
    let throttled = house.control("GET", "calls/throttled", Value::Null).await;
    assert_eq!(throttled.get("securityhub.GetFindings"), None, "{throttled}");
}

#[tokio::test(start_paused = true)]
async fn each_account_gets_its_own_install() {
    let house = house_with(3, "").await;
    house.sandbox.put_instance(Instance { account: OTHER.to_owned(), ..instance(9) });
    sweep(&house).await;
    let endings = house.endings_of("install-sensor").await;
    let places: BTreeSet<String> =
        endings.iter().map(|ending| ending.output["report"]["places"][0]["place"]["account"].to_string()).collect();
    assert_eq!((endings.len(), places.len()), (2, 2), "{endings:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_one_execution_leaves_over_the_next_one_takes() {
    let house = house_with(520, "").await;
    sweep(&house).await;
    // The second starts when the first has ended.
    house.endings_of("install-sensor").await;
    let endings = house.endings_of("install-sensor").await;
    let of = |name: &str| -> Vec<u64> {
        endings.iter().map(|ending| ending.output["report"]["counts"][name].as_u64().unwrap()).collect()
    };
    assert_eq!((of("installed"), of("failed")), (vec![500, 20], vec![0, 0]));
    assert!(house.sensor_findings(MEMBER).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn where_nothing_can_be_installed_no_further_execution_starts() {
    let house = house_with(0, "").await;
    for number in 1..=520 {
        house.sandbox.put_instance(Instance { command: falconer_sandbox::CommandFate::Fails, ..instance(number) });
    }
    sweep(&house).await;
    house.endings_of("install-sensor").await;
    let endings = house.endings_of("install-sensor").await;
    assert_eq!(endings.len(), 1, "{} executions", endings.len());
    assert_eq!(endings[0].output["report"]["leftOver"], 20);
}

#[tokio::test(start_paused = true)]
async fn a_check_of_one_instance_still_asks_by_its_finding() {
    let house = house_with(2, "").await;
    house.call_rule(MEMBER, json!({ "instance": instance(1).id })).await;
    house.endings_of("check-compliance").await;
    let endings = house.endings_of("install-sensor").await;
    assert_eq!(endings.len(), 1, "{endings:#?}");
    assert_eq!(endings[0].output["report"]["counts"]["installed"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_installs_nothing_where_the_configuration_says_so() {
    let house = house_with(2, "[install]\nafter_sweeps = false\n").await;
    sweep(&house).await;
    assert!(house.executions_of("install-sensor").await.is_empty());
    assert_eq!(house.sensor_findings(MEMBER).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_install_that_failed_is_not_asked_for_by_the_next_sweep() {
    let house = house_with(0, "").await;
    house.sandbox.put_instance(Instance { command: falconer_sandbox::CommandFate::Fails, ..instance(1) });
    sweep(&house).await;
    house.endings_of("install-sensor").await;
    sweep(&house).await;
    assert_eq!(house.executions_of("install-sensor").await.len(), 1, "an hour has not passed");
    tokio::time::sleep(std::time::Duration::from_secs(3_700)).await;
    sweep(&house).await;
    assert_eq!(house.executions_of("install-sensor").await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_install_that_cannot_be_started_is_told_with_the_sum() {
    let house = house_with(2, "").await;
    house.fault(json!({ "operation": "states.StartExecution", "fault": "error:AccessDeniedException" })).await;
    // Not by the command line, whose own start would meet the fault.
    house.call_rule(MEMBER, json!("scheduled")).await;
    let ending = house.endings_of("check-compliance").await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    let summary = &ending.output["summary"];
    assert_eq!(summary["instances"], json!({ "missing": 2 }));
    let failure = &summary["failures"][0];
    assert_eq!(
        (&failure["error"], &failure["place"]),
        (&json!("Install.NotStarted"), &json!(format!("{MEMBER}/{EAST}")))
    );
    assert!(house.notifications().await[0]["Message"].as_str().unwrap().contains("Install.NotStarted"));
}
