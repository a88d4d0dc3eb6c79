//! A sweep of an organization, with AWS's rates on: every instance is judged once, with hardly more calls than there are pages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use falconer_tests::sweep::organization::Organization;
use falconer_tests::sweep::{self, Outcome, bound};
use serde_json::{Value, json};

/// Calls for each of the fewest that there can be.
const CALLS: f64 = 1.10;

/// Events of one place, when nothing fails: its turn in the Map, its state and its task begin and end, and a worker takes the task.
const EVENTS_OF_A_PLACE: usize = 7;
/// Events of a group, and of the execution as a whole, beside their places'.
const EVENTS_OF_A_GROUP: usize = 18;
const EVENTS_OF_ALL: usize = 20;

/// Every instance was judged once, and nothing failed.
fn assert_judged(outcome: &Outcome, organization: Organization) {
    assert_eq!(outcome.summary()["failures"], Value::Null, "{outcome:#?}");
    assert_eq!(outcome.summary()["instances"], organization.tally());
}

/// So many findings were written, and hardly more was called than that and the pages need.
fn assert_cheap(outcome: &Outcome, organization: Organization, due: u64) {
    assert_eq!(outcome.summary()["findingsWritten"].as_u64().unwrap_or_default(), due);
    let (made, fewest) = (bound::total(&outcome.calls), bound::total(&bound::fewest(organization, due)));
    assert!(made as f64 <= fewest as f64 * CALLS, "{made} of at least {fewest}: {:#?}", outcome.calls);
}

#[tokio::test(start_paused = true)]
async fn sixty_accounts_are_judged_once_with_hardly_more_calls_than_pages() {
    let organization = Organization { accounts: 60, hundreds: 1 };
    let house = sweep::house(organization).await;
    let first = sweep::run(&house.sandbox).await;
    assert_judged(&first, organization);
    assert_cheap(&first, organization, organization.findings());
    let groups = 60_usize.div_ceil(25);
    let most = 60 * EVENTS_OF_A_PLACE + groups * EVENTS_OF_A_GROUP + EVENTS_OF_ALL;
    assert!(first.history.events <= most, "{} events; at most {most}", first.history.events);

    let second = sweep::run(&house.sandbox).await;
    assert_judged(&second, organization);
    assert_cheap(&second, organization, 0);
    assert_eq!(second.calls.get("securityhub.BatchImportFindings"), None);
}

#[tokio::test(start_paused = true)]
async fn a_large_account_is_read_no_faster_than_its_rates_allow() {
    let organization = Organization { accounts: 1, hundreds: 30 };
    let house = sweep::house(organization).await;
    let outcome = sweep::run(&house.sandbox).await;
    assert_judged(&outcome, organization);
    assert_cheap(&outcome, organization, organization.findings());
    assert_eq!(outcome.throttled, sweep::Calls::new());
}

/// For ten seconds, takes whatever the account's bucket of one operation gets.
async fn use_up(account: SdkConfig) {
    let once = aws_sdk_ssm::config::Builder::from(&account).retry_config(RetryConfig::disabled()).build();
    let client = aws_sdk_ssm::Client::from_conf(once);
    let mut interval = tokio::time::interval(Duration::from_millis(5));
    for _ in 0..2_000 {
        interval.tick().await;
        let _throttled = client.describe_instance_information().send().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_whose_rate_others_use_up_is_judged_later_and_stops_no_other() {
    let organization = Organization { accounts: 3, hundreds: 1 };
    let house = sweep::house(organization).await;
    let busy = &organization.members()[0];
    let others = tokio::spawn(use_up(house.as_account(busy)));
    // Until nothing is left of what the bucket holds in the beginning.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let outcome = sweep::run(&house.sandbox).await;
    others.await.unwrap();
    assert_judged(&outcome, organization);
    assert!(outcome.calls.contains_key("states.SendTaskFailure"), "nothing was tried again: {outcome:#?}");
    assert_eq!(house.sensor_findings(busy).await.len() as u64, organization.findings() / organization.accounts);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_lets_nobody_in_is_named_and_the_others_are_judged() {
    let organization = Organization { accounts: 10, hundreds: 1 };
    let house = sweep::house(organization).await;
    let denied = json!({ "operation": "sts.AssumeRole", "fault": "error:AccessDenied", "times": 1 });
    house.fault(denied).await;
    let outcome = sweep::run(&house.sandbox).await;
    let summary = outcome.summary();
    let failures = summary["failures"].as_array().unwrap();
    assert_eq!((failures.len(), &failures[0]["error"]), (1, &json!("Account.AccessDenied")));
    let others = Organization { accounts: 9, ..organization };
    assert_eq!(summary["instances"], others.tally());
}
