//! Fifty accounts within a minute.

use std::time::Duration;

use falconer_cli::execution::Ending;
use falconer_tests::house::House;
use falconer_tests::newcomers::{ONBOARDING, ONBOARDING_CONFIG};
use serde_json::{Value, json};

const ACCOUNTS: u64 = 50;
/// Its role never comes.
const DENIED: u64 = 50;

fn account(number: u64) -> String {
    format!("{}", 600_000_000_000 + number)
}

/// Their roles come after 1 to 20 minutes, but for one; Falcon throttles every third call; AWS keeps its own rates.
async fn house() -> House {
    let house = House::with(ONBOARDING_CONFIG).await;
    house
        .fault(json!([
            { "operation": "falcon.*", "fault": "throttle", "chance": 0.3 },
            { "operation": "securityhub.GetFindings", "fault": "rate:3/6" },
            { "operation": "securityhub.BatchImportFindings", "fault": "rate:10/30" },
        ]))
        .await;
    for number in 1..=ACCOUNTS {
        let after = if number == DENIED { Value::Null } else { (60 + (number * 23) % 20 * 60).into() };
        house.add_account(&account(number), json!({ "roleAfterSeconds": after })).await;
    }
    house
}

#[tokio::test(start_paused = true)]
async fn forty_nine_converge_one_is_the_named_failure_and_a_second_run_changes_nothing() {
    let house = house().await;
    for number in 1..=ACCOUNTS {
        house.control_tower_creates(&account(number)).await;
        tokio::time::sleep(Duration::from_millis(1200)).await;
    }
    let endings = house.endings_of(ONBOARDING).await;
    assert_eq!(endings.len(), 50);
    let (protected, failed): (Vec<&Ending>, Vec<&Ending>) = endings.iter().partition(|ending| ending.succeeded());
    assert_eq!((protected.len(), failed.len()), (49, 1), "{failed:#?}");
    assert_eq!(failed[0].error.as_deref(), Some("Account.AccessDenied"));
    let cause = failed[0].cause.as_ref().unwrap();
    assert!(cause.contains(&account(DENIED)) && cause.contains("StackSet"), "{cause}");
    // No step was taken twice, however often Falcon asked for patience: each account costs each change once.
    let changes = house.changes().await;
    let expected = [49, 0, 49 * 3, 49, 49, 49, 49, 49, 49, 49];
    assert_eq!(changes.iter().map(|(_, calls)| *calls).collect::<Vec<_>>(), expected, "{changes:?}");
    let throttled = house.control("GET", "calls/throttled", Value::Null).await;
    assert!(throttled["falcon.CreateCloudAccounts"].as_u64().unwrap_or_default() > 0, "{throttled}");

    for number in 1..=ACCOUNTS {
        if number != DENIED {
            let ending = house.onboard(&account(number)).await;
            assert!(ending.succeeded(), "{ending:#?}");
            assert_eq!(ending.output["report"]["counts"]["done"], 1, "the check alone: {ending:#?}");
        }
    }
    assert_eq!(house.changes().await, changes);
}
