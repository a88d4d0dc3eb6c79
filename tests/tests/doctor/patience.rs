//! What does not answer holds up nobody.

use std::time::Duration;

use falconer_domain::doctor::{Health, Subject};
use falconer_tests::fleet::{MEMBER, OTHER};
use falconer_tests::house::House;
use serde_json::json;
use tokio::time::Instant;

use crate::visit::{HUB, UNREGISTERED, Visit, assert_told};

/// Longer than anybody waits.
const FOR_EVER: &str = "delay:86400000";

#[tokio::test(start_paused = true)]
async fn an_account_that_never_answers_is_unknown_and_holds_up_no_other() {
    let house = House::without_a_worker().await;
    house.fault(json!({ "operation": "sts.AssumeRole", "fault": FOR_EVER, "times": 1 })).await;
    let began = Instant::now();
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    let trouble = visit.trouble();
    assert_eq!(trouble.len(), 1, "{trouble:?}");
    let (silent, subject) = &trouble[0];
    assert_eq!(*subject, Subject::Role);
    assert_told(visit.of(silent, Subject::Role), Health::Unknown, "no answer within 30 seconds", "Ask again");
    let answers = if silent == MEMBER { OTHER } else { MEMBER };
    assert!(visit.of(answers, Subject::SystemsManager).diagnosis.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_hub_comes_first_and_then_the_accounts_in_their_order_whoever_answers_first() {
    let house = House::without_a_worker().await;
    house.fault(json!({ "operation": "sts.AssumeRole", "fault": "delay:5000", "times": 1 })).await;
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    let mut order: Vec<String> = visit.0.iter().map(|check| check.account.to_string()).collect();
    order.dedup();
    assert_eq!(order, [HUB, MEMBER, OTHER]);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_answers_costs_its_own_check_alone() {
    for (operation, subject) in [
        ("config.DescribeConfigurationRecorders", Subject::Recorder),
        ("config.SelectResourceConfig", Subject::Instances),
        ("securityhub.DescribeHub", Subject::SecurityHub),
        ("ssm.GetInventory", Subject::SystemsManager),
    ] {
        let house = House::without_a_worker().await;
        house.fault(json!({ "operation": operation, "fault": FOR_EVER })).await;
        let began = Instant::now();
        let visit = Visit::to_all(&house, UNREGISTERED).await;
        assert!(began.elapsed() < Duration::from_secs(120), "{operation}: {:?}", began.elapsed());
        let accounts = [HUB, MEMBER, OTHER].map(|account| (account.to_owned(), subject));
        assert_eq!(visit.trouble(), accounts, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_firewall_and_a_falcon_that_never_answer_hold_up_no_account() {
    let house = House::without_a_worker().await;
    for operation in ["network-firewall.*", "falcon.*", "states.*"] {
        house.fault(json!({ "operation": operation, "fault": FOR_EVER })).await;
    }
    let began = Instant::now();
    let visit = Visit::to_all(&house, "").await;
    assert!(began.elapsed() < Duration::from_secs(300), "{:?}", began.elapsed());
    for account in [HUB, MEMBER, OTHER] {
        assert!(visit.of(account, Subject::Recorder).diagnosis.is_ok(), "{account}");
    }
    assert!(visit.0.iter().all(|check| check.diagnosis.health != Health::Broken), "{:#?}", visit.trouble());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_accounts_of_which_every_tenth_never_answers_are_looked_at_within_minutes() {
    let house = House::without_a_worker().await;
    let accounts: Vec<String> = (0..100).map(|number| format!("5{number:011}")).collect();
    for account in &accounts {
        let new = json!({ "account": account, "config": "recording", "memberOf": true });
        house.control("POST", "accounts", new).await;
        let trail = json!({ "account": account, "region": "us-east-1", "resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1",
                            "configuration": {} });
        house.control("POST", "config/items", trail).await;
    }
    house.fault(json!({ "operation": "sts.AssumeRole", "fault": FOR_EVER, "chance": 0.1 })).await;
    let began = Instant::now();
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    assert!(began.elapsed() < Duration::from_secs(120), "{:?}", began.elapsed());
    let roles: Vec<Health> =
        visit.0.iter().filter(|check| check.subject == Subject::Role).map(|check| check.diagnosis.health).collect();
    let silent = roles.iter().filter(|health| **health == Health::Unknown).count();
    assert!((1..=30).contains(&silent) && roles.len() == 102, "{silent} of {}", roles.len());
    let examined = visit.0.iter().filter(|check| check.subject == Subject::SecurityHub).count();
    assert_eq!(examined, 103 - silent, "whoever lets the doctor in is examined");
}
