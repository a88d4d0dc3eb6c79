//! The ledger over several rule groups: it grows by one more, and stays one ledger.

use falconer_tests::findings::{falcon, guardduty_connection};
use falconer_tests::house::House;
use serde_json::json;

const TWO: &str = "[firewall]\nblock_groups = [\"small\", \"small-2\"]\n";

/// Two groups in the policy, the first with room for one domain.
async fn house() -> House {
    let house = House::with(TWO).await;
    house.create_rule_group("small", 5).await;
    house.create_rule_group("small-2", 100).await;
    house
}

#[tokio::test(start_paused = true)]
async fn what_the_first_group_has_no_room_for_is_enforced_in_the_second() {
    let house = house().await;
    house.import(&falcon("falcon-1", "domain", "first.example")).await;
    house.import(&falcon("falcon-2", "domain", "second.example,third.example")).await;
    for ending in house.endings().await {
        assert!(ending.succeeded(), "{ending:#?}");
    }
    assert_eq!(house.blocked_in("small").await, ["first.example"]);
    assert_eq!(house.blocked_in("small-2").await, ["second.example", "third.example"]);
    let token = &house.ledger(&["small-2"]).await.0[0].token;
    let enforcement = &house.endings().await[1].output["enforcement"];
    let zones = enforcement["zones"].as_array().unwrap();
    assert_eq!(zones.len(), 3, "only the group that holds the blocks is waited for: {zones:#?}");
    assert!(zones.iter().all(|zone| zone["updateToken"] == token.as_str()));
}

#[tokio::test(start_paused = true)]
async fn one_finding_over_two_groups_waits_for_both_and_flushes_each_zone_once() {
    let house = house().await;
    let block = |value: &str, kind: &str| json!({ "type": kind, "value": value });
    let indicators = [block("first.example", "domain"), block("198.51.100.7", "ipv4"), block("203.0.113.9", "ipv4")];
    let ending = house.run(&json!({ "indicators": indicators, "reason": "case 42" })).await;
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(house.blocked_in("small").await, ["first.example", "198.51.100.7"]);
    assert_eq!(house.blocked_in("small-2").await, ["203.0.113.9"]);
    assert_eq!(ending.output["enforcement"]["zones"].as_array().unwrap().len(), 6);
    assert_eq!(ending.output["flush"]["operations"].as_array().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_second_group_that_no_firewall_uses_is_named_when_a_block_lands_in_it() {
    let house = House::with(TWO).await;
    house.create_rule_group("small", 5).await;
    house.create_unused_rule_group("small-2", 100).await;
    house.import(&falcon("falcon-1", "domain", "first.example")).await;
    house.success().await;
    house.import(&falcon("falcon-2", "domain", "second.example")).await;
    let ending = &house.endings().await[1];
    assert_eq!(ending.error.as_deref(), Some("Firewall.GroupNotInUse"));
    assert!(ending.cause.as_ref().unwrap().contains("small-2"), "{ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_release_reaches_the_group_that_holds_the_block_and_an_unused_one_does_not_hinder_it() {
    let house = House::with(TWO).await;
    house.create_rule_group("small", 5).await;
    house.create_unused_rule_group("small-2", 100).await;
    let finding = guardduty_connection("gd-1", "198.51.100.7");
    house.import(&finding).await;
    house.success().await;
    house.choose_with("falconerRelease", &finding).await;
    let endings = house.endings_of("release-block").await;
    assert!(endings[0].succeeded(), "{endings:#?}");
    assert!(house.blocked_in("small").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn when_all_groups_are_full_the_failure_names_each_with_its_rules() {
    let house = House::with(TWO).await;
    house.create_rule_group("small", 5).await;
    house.create_rule_group("small-2", 4).await;
    for (id, name) in [("falcon-1", "first.example"), ("falcon-2", "second.example"), ("falcon-3", "third.example")] {
        house.import(&falcon(id, "domain", name)).await;
        house.endings().await;
    }
    let endings = house.endings().await;
    assert_eq!(endings[2].error.as_deref(), Some("Firewall.CapacityExceeded"), "{endings:#?}");
    let cause = endings[2].cause.as_ref().unwrap();
    assert!(cause.contains("small (4 of 5 rules), small-2 (4 of 4 rules)"), "{cause}");
    assert_eq!(house.told("falcon-3").await.0, "Failed");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_in_the_second_group_is_no_double_block_and_is_told_as_new() {
    let house = house().await;
    let conflict = json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "token-conflict", "times": 1 });
    house.fault(conflict).await;
    house.import(&falcon("falcon-1", "domain", "first.example,second.example")).await;
    let ending = house.success().await;
    assert!(ending.output["ledger"]["blocks"].as_array().unwrap().iter().all(|block| block["outcome"] == "added"));
    assert_eq!(house.blocked_in("small").await, ["first.example"]);
    assert_eq!(house.blocked_in("small-2").await, ["second.example"]);
}

#[tokio::test(start_paused = true)]
async fn a_release_whose_answer_is_lost_is_told_as_released() {
    let house = House::open().await;
    let finding = falcon("falcon-1", "domain", "evil.example");
    house.import(&finding).await;
    house.success().await;
    house.fault(json!({ "operation": "network-firewall.UpdateRuleGroup", "fault": "lose-answer", "times": 1 })).await;
    house.choose_with("falconerRelease", &finding).await;
    let endings = house.endings_of("release-block").await;
    assert_eq!(endings[0].output["released"]["releases"][0]["outcome"], "released", "{endings:#?}");
    assert!(house.told("falcon-1").await.1.contains("released evil.example"));
}
