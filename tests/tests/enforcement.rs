//! A block is said to be one only when every zone enforces it: stories in which the firewall does not play along.

use std::time::Duration;

use falconer_activities::registry;
use falconer_tests::findings::{falcon, guardduty_connection};
use falconer_tests::house::House;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_zone_that_stays_behind_is_a_failure_that_names_it_and_the_time_waited() {
    let house = House::open().await;
    house.fault(json!({ "zone": "us-east-1b", "fault": "stuck" })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.NotEnforced"));
    let cause = ending.cause.unwrap();
    assert!(cause.contains("us-east-1b PENDING") && cause.contains("after 60"), "{cause}");
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Failed");
    assert!(note.contains("Firewall.NotEnforced"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn a_zone_without_room_is_named_with_its_status() {
    let house = House::open().await;
    house.fault(json!({ "zone": "us-east-1c", "fault": "capacity-constrained" })).await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let cause = house.failure().await.cause.unwrap();
    assert!(cause.contains("us-east-1c CAPACITY_CONSTRAINED"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_zone_is_waited_for_without_holding_a_slot() {
    let house = House::with(&format!("[worker]\nslots = {}\n", registry::names().len())).await;
    house.fault(json!({ "zone": "us-east-1b", "fault": "slow:300" })).await;
    for number in 0..20 {
        house.import(&falcon(&format!("falcon-{number}"), "domain", &format!("d{number}.evil.example"))).await;
    }
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rule_group_that_no_firewall_uses_is_a_failure_and_not_a_block() {
    let house = House::open().await;
    house.take_the_group_out_of_the_policy().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.GroupNotInUse"));
    assert_eq!(house.told("falcon-1").await.0, "Failed");
}

#[tokio::test(start_paused = true)]
async fn a_later_write_that_still_holds_the_block_counts_as_enforced() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "first.example")).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    house.import(&falcon("falcon-2", "domain", "second.example")).await;
    let endings = house.endings().await;
    let token = house.rule_group().await.token;
    for ending in endings {
        assert!(ending.succeeded(), "{ending:#?}");
        assert_eq!(ending.output["enforcement"]["zones"][0]["updateToken"], token.as_str());
    }
}

#[tokio::test(start_paused = true)]
async fn a_flush_that_fails_is_named_and_the_block_stands() {
    let house = House::open().await;
    house.fault(json!({ "flush": "failed" })).await;
    house.import(&guardduty_connection("gd-1", "198.51.100.7")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.FlushFailed"));
    assert!(ending.cause.unwrap().contains("the block is enforced"));
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
}

#[tokio::test(start_paused = true)]
async fn a_group_without_room_refuses_the_block_and_gives_up_nothing_in_force() {
    let house = House::with("[firewall]\nblock_groups = [\"small\"]\n").await;
    house.create_rule_group("small", 4).await;
    house.import(&falcon("falcon-1", "domain", "first.example")).await;
    house.success().await;
    house.import(&falcon("falcon-2", "domain", "second.example")).await;
    let endings = house.endings().await;
    assert_eq!(endings[1].error.as_deref(), Some("Firewall.CapacityExceeded"), "{endings:#?}");
    assert_eq!(house.blocked_in("small").await, ["first.example"]);
    let (state, note) = house.told("falcon-2").await;
    assert_eq!(state, "Failed");
    assert!(note.contains("Firewall.CapacityExceeded"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn what_fits_is_blocked_and_the_rest_is_said_to_be_refused() {
    let house = House::with("[firewall]\nblock_groups = [\"small\"]\n").await;
    house.create_rule_group("small", 4).await;
    house.import(&falcon("falcon-1", "domain", "first.example,second.example")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.CapacityExceeded"));
    assert_eq!(house.blocked_in("small").await, ["first.example"]);
    let (state, note) = house.told("falcon-1").await;
    assert_eq!(state, "Failed");
    assert!(note.contains("second.example") && note.contains("first.example"), "{note}");
}
