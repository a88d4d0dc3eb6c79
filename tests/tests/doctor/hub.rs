//! What is broken in the hub.

use falconer_domain::doctor::{Health, Subject};
use falconer_domain::policy::{Pause, Switch};
use falconer_tests::fleet::{MEMBER, OTHER};
use falconer_tests::house::House;
use serde_json::json;

use crate::visit::{HUB, UNREGISTERED, Visit, assert_told};

#[tokio::test(start_paused = true)]
async fn what_is_not_deployed_is_named() {
    let house = House::without_runbooks().await;
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    let activities = visit.named(Subject::Deployment, "activities");
    assert_told(activities, Health::Broken, "are missing: PlanContainment, BlockIndicators", "Deploy this version");
    let machines = visit.named(Subject::Deployment, "state machines");
    assert_told(machines, Health::Broken, "8 of 8 are missing: contain-finding", "Deploy this version");
}

#[tokio::test(start_paused = true)]
async fn a_state_machine_of_another_version_is_noted() {
    let house = House::without_a_worker().await;
    let machines = house.states().list_state_machines().send().await.unwrap();
    let machine = machines.state_machines().iter().find(|machine| machine.name() == "expire-blocks").unwrap();
    let arn = machine.state_machine_arn();
    let definition = house.states().describe_state_machine().state_machine_arn(arn).send().await.unwrap().definition;
    let mut older: serde_json::Value = serde_json::from_str(&definition).unwrap();
    older["TimeoutSeconds"] = 7.into();
    let update = house.states().update_state_machine().state_machine_arn(arn).definition(older.to_string());
    update.send().await.unwrap();
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    let machines = visit.named(Subject::Deployment, "state machines");
    assert_told(
        machines,
        Health::Note,
        "1 of 8 are not as this version has them: expire-blocks",
        "deploy this version",
    );
}

#[tokio::test(start_paused = true)]
async fn the_switch_is_told_as_it_stands() {
    let house = House::without_a_worker().await;
    house.set_switch(&Switch::Paused(Pause { since: house.now(), reason: "case 42".to_owned() })).await;
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    assert_told(visit.of(HUB, Subject::Switch), Health::Note, "(case 42)", "falconer resume");
    house.delete_switch().await;
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    assert_told(visit.of(HUB, Subject::Switch), Health::Broken, "missing or unreadable", "falconer resume");
}

#[tokio::test(start_paused = true)]
async fn a_rule_group_that_is_missing_unused_full_or_behind_is_told() {
    let house = House::without_a_worker().await;
    house.create_unused_rule_group("unused", 100).await;
    house.create_rule_group("small", 1).await;
    let firewall = house.firewall();
    let small = firewall.describe_rule_group().rule_group_name("small").r#type("STATEFUL".into()).send().await.unwrap();
    let mut rules = small.rule_group.unwrap();
    rules.rules_source.as_mut().unwrap().rules_string =
        Some("drop tcp $HOME_NET any -> any 23 (sid:7; rev:1;)\n".to_owned());
    let update = firewall.update_rule_group().rule_group_name("small").r#type("STATEFUL".into());
    update.update_token(small.update_token).rule_group(rules).send().await.unwrap();
    let toml =
        format!("{UNREGISTERED}[firewall]\nblock_groups = [\"falconer-block\", \"unused\", \"small\", \"nowhere\"]\n");
    let visit = Visit::to_all(&house, &toml).await;
    let enforcement = |name| visit.named(Subject::Enforcement, name);
    assert_told(enforcement("falconer-block"), Health::Ok, "us-east-1a of falconer-egress", "");
    assert_told(
        enforcement("unused"),
        Health::Broken,
        "No firewall policy uses it",
        "stateful rule groups of the policy",
    );
    assert_told(enforcement("nowhere"), Health::Broken, "has no rule group nowhere", "Create a stateful rule group");
    assert_told(enforcement("small"), Health::Note, "on its way to", "Look again");
    assert_told(visit.named(Subject::Capacity, "small"), Health::Note, "1 of 1 rules", "create another group");
    let home_net = visit.named(Subject::HomeNet, "small");
    assert_told(home_net, Health::Note, "1 rule of others in the group does", "such as 10.0.0.0/8");
    assert_told(visit.named(Subject::HomeNet, "falconer-block"), Health::Ok, "10.0.0.0/8", "");
}

#[tokio::test(start_paused = true)]
async fn a_zone_without_room_is_broken() {
    let house = House::without_a_worker().await;
    house.fault(json!({ "zone": "us-east-1b", "fault": "capacity-constrained" })).await;
    house.create_rule_group("another", 100).await;
    let toml = format!("{UNREGISTERED}[firewall]\nblock_groups = [\"another\"]\n");
    let visit = Visit::to_all(&house, &toml).await;
    let another = visit.named(Subject::Enforcement, "another");
    assert_told(
        another,
        Health::Broken,
        "us-east-1b of falconer-egress (CAPACITY_CONSTRAINED)",
        "CAPACITY_CONSTRAINED",
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_of_hunts_is_missed_only_where_something_is_hunted() {
    let house = House::without_a_worker().await;
    let idle = format!("{UNREGISTERED}[hunt]\ngroup = \"nowhere\"\n");
    let visit = Visit::to_all(&house, &idle).await;
    assert_told(visit.named(Subject::Enforcement, "nowhere"), Health::Ok, "Nothing is hunted", "");
    let visit = Visit::to_all(&house, &format!("{idle}[hunt.lists.bear]\nfilter = \"actors:'BEAR'\"\n")).await;
    assert_told(visit.named(Subject::Enforcement, "nowhere"), Health::Broken, "has no rule group nowhere", "Create");
}

#[tokio::test(start_paused = true)]
async fn permissions_of_the_workers_are_named() {
    for (operation, subject, action) in [
        ("network-firewall.DescribeRuleGroup", Subject::Enforcement, "network-firewall:DescribeRuleGroup"),
        ("network-firewall.ListFirewalls", Subject::Enforcement, "network-firewall:ListFirewalls"),
        ("network-firewall.DescribeFirewall", Subject::Enforcement, "network-firewall:DescribeFirewall"),
    ] {
        let house = House::without_a_worker().await;
        house.fault(json!({ "operation": operation, "fault": "error:AccessDeniedException" })).await;
        let visit = Visit::to_all(&house, UNREGISTERED).await;
        let remedy = format!("Grant {action} to the workers' role in {HUB}");
        assert_told(visit.named(subject, "falconer-block"), Health::Broken, action, &remedy);
    }
    let house = House::without_a_worker().await;
    house.fault(json!({ "operation": "ssm.GetParameter", "fault": "error:AccessDeniedException" })).await;
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    assert_told(visit.of(HUB, Subject::Switch), Health::Broken, "ssm:GetParameter", "Grant ssm:GetParameter");
    let client = visit.named(Subject::ApiClient, "falcon.credentials");
    assert_told(client, Health::Broken, "cannot be read", "secretsmanager:GetSecretValue");
}

#[tokio::test(start_paused = true)]
async fn without_the_aggregator_the_hub_is_looked_at_all_the_same() {
    let house = House::without_a_worker().await;
    let visit = Visit::to_all(&house, &format!("{UNREGISTERED}[accounts]\naggregator = \"nowhere\"\n")).await;
    assert_told(visit.of(HUB, Subject::Aggregator), Health::Broken, "nowhere", "accounts.aggregator");
    assert!(visit.of(HUB, Subject::Recorder).diagnosis.is_ok(), "{:#?}", visit.0);
    for account in [MEMBER, OTHER] {
        assert!(!visit.0.iter().any(|check| check.account.to_string() == account), "nobody knows of {account}");
    }
    let visit = Visit::to_all(&house, &format!("{UNREGISTERED}[accounts]\naggregator = \"\"\n")).await;
    assert_told(visit.of(HUB, Subject::Aggregator), Health::Note, "accounts.aggregator is empty", "Create");
}
