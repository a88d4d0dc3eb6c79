//! What happens, each in a house of its own.

use std::time::Duration;

use falconer_sandbox::Instance;
use falconer_tests::findings::falcon;
use falconer_tests::fleet::{healthy, instance};
use falconer_tests::house::House;
use falconer_tests::load::address;
use falconer_tests::newcomers::ONBOARDING_CONFIG;
use serde_json::json;

use crate::usage::Usage;

const DAY: Duration = Duration::from_secs(24 * 3_600);
const DAYS: u64 = 30;

/// Findings, each with an address of its own, all at once.
pub(crate) async fn blocks(findings: usize) -> Usage {
    let house = House::with("[caps]\nper_hour = 100000\nper_account_per_hour = 100000\n").await;
    let finding = |number: usize| falcon(&format!("falcon-{number}"), "ipv6", &address(number));
    house.control("POST", "findings", json!((0..findings).map(finding).collect::<Vec<_>>())).await;
    let endings = house.endings().await;
    assert!(endings.len() == findings && endings.iter().all(|ending| ending.succeeded()));
    assert_eq!(house.blocked().await.len(), findings);
    Usage::of(&house).await
}

/// A check of instances over ten accounts: one of a hundred has no sensor.
pub(crate) async fn sweep(instances: u64) -> Usage {
    let house = House::without_triggers("[install]\nafter_sweeps = false\n").await;
    house.clear_fleet().await;
    for account in 0..10 {
        house
            .add_account(
                &format!("{}", 600_000_000_000_u64 + account),
                json!({ "config": "recording", "memberOf": true }),
            )
            .await;
    }
    for number in 1..=instances {
        let account = format!("{}", 600_000_000_000 + number % 10);
        let of_kind = if number % 100 == 0 { instance(number) } else { healthy(number) };
        house.sandbox.put_instance(Instance { account, ..of_kind });
    }
    let ending = house.run_of("check-compliance", &json!({})).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let healthy = &ending.output["summary"]["instances"]["healthy"];
    assert_eq!(healthy.as_u64(), Some(instances - instances / 100), "{ending:#?}");
    Usage::of(&house).await
}

/// Sensors of one account, in two batches.
pub(crate) async fn installs(sensors: u64) -> Usage {
    let house = House::without_triggers("").await;
    house.clear_fleet().await;
    (1..=sensors).for_each(|number| house.sandbox.put_instance(instance(number)));
    let ending = house
        .run_of(
            "install-sensor",
            &json!({ "accountId": falconer_tests::fleet::MEMBER, "region": "us-east-1", "reason": "rollout" }),
        )
        .await;
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(ending.output["report"]["counts"]["installed"], sensors, "{ending:#?}");
    Usage::of(&house).await
}

/// Accounts whose roles come after ten minutes.
pub(crate) async fn accounts(accounts: u64) -> Usage {
    let house = House::with(ONBOARDING_CONFIG).await;
    for number in 0..accounts {
        let account = format!("{}", 600_000_000_000 + number);
        house.add_account(&account, json!({ "roleAfterSeconds": 600 })).await;
        house.control_tower_creates(&account).await;
    }
    let endings = house.endings_of("onboard-account").await;
    assert!(endings.iter().all(|ending| ending.succeeded()));
    Usage::of(&house).await
}

/// The schedules of a day, thirty times. No instance misses a sensor, and nothing is blocked.
pub(crate) async fn idle_month() -> Usage {
    let house = House::with("").await;
    house.clear_fleet().await;
    house.sandbox.put_instance(healthy(1));
    tokio::time::sleep(DAY).await;
    Usage::of(&house).await.times(DAYS)
}
