//! Two services with two roles: what can change a firewall cannot install software, and the reverse.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use falconer_tests::findings::falcon;
use falconer_tests::fleet::{EAST, MEMBER, instance};
use falconer_tests::house::House;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING};
use falconer_tests::services::Service;
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn each_service_does_its_runbooks_with_what_its_contracts_name() {
    let house = contain_and_install(&[Service::firewall(), Service::sensors()]).await;
    protect_and_let_go(&house).await;
}

#[tokio::test(start_paused = true)]
async fn each_activity_does_its_part_with_what_its_own_contract_names() {
    let house = contain_and_install(&Service::each_alone()).await;
    protect_and_let_go(&house).await;
}

/// A finding is contained, and a sensor installed, by services with their own roles.
async fn contain_and_install(services: &[Service]) -> House {
    let mut house = House::without_a_worker().await;
    house.clear_fleet().await;
    house.sandbox.put_instance(instance(1));
    house.limit_the_members_role().await;
    for service in services {
        house.start_service(service, service).await;
    }
    house.import(&falcon("falcon-1", "ipv4", "198.51.100.7")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["198.51.100.7"]);
    assert_eq!(house.told("falcon-1").await.0, "Blocked");

    house.run_of("check-compliance", &json!({})).await;
    let install = house.endings_of("install-sensor").await.remove(0);
    assert!(install.succeeded(), "{install:#?}");
    let check = house.run_of("check-compliance", &json!({})).await;
    assert_eq!(check.output["summary"], json!({ "instances": { "healthy": 1 } }), "{check:#?}");
    house
}

/// An account is protected, and let go, by the same.
async fn protect_and_let_go(house: &House) {
    house.add_account(NEWCOMER, json!({ "config": "recording" })).await;
    let protected = house.onboard(NEWCOMER).await;
    assert!(protected.succeeded(), "{protected:#?}");
    let shown = house.run_of(ONBOARDING, &json!({ "accountId": NEWCOMER, "action": "offboard" })).await;
    let confirm = &shown.output["report"]["about"]["confirm"];
    let form = json!({ "accountId": NEWCOMER, "action": "offboard", "confirm": confirm });
    let gone = house.run_of(ONBOARDING, &form).await;
    assert!(gone.succeeded(), "{gone:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_role_that_installs_sensors_cannot_change_the_firewall() {
    let mut house = House::without_a_worker().await;
    let before = house.rule_group().await;
    house.start_service(&Service::firewall(), &Service::sensors()).await;
    house.import(&falcon("falcon-1", "ipv4", "198.51.100.7")).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Firewall.AccessDenied"), "{ending:#?}");
    let after = house.rule_group().await;
    assert_eq!((after.text, after.token), (before.text, before.token));
}

#[tokio::test(start_paused = true)]
async fn the_role_that_changes_the_firewall_gets_into_no_member() {
    let mut house = House::without_a_worker().await;
    house.sandbox.put_instance(instance(1));
    house.start_service(&Service::sensors(), &Service::firewall()).await;
    let form = json!({ "accountId": MEMBER, "region": EAST, "instances": [instance(1).id], "reason": "case 42" });
    let ending = house.run_of("install-sensor", &form).await;
    assert_eq!(ending.error.as_deref(), Some("Account.AccessDenied"), "{ending:#?}");
    assert_eq!(house.calls("ssm.SendCommand").await, 0);
}
