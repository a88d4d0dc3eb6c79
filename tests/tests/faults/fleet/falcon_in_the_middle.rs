//! Falcon changes its mind, or answers in part, while a runbook is under way.

use falconer_sandbox::Instance;
use falconer_tests::fleet::{EAST, MEMBER, healthy, instance};
use falconer_tests::house::House;
use serde_json::{Value, json};

use super::runbook::Runbook::{Check, Install};
use super::standing::Standing;
use crate::fault::until_called;
use crate::story::WORKER;

async fn house_with(instances: impl IntoIterator<Item = Instance>) -> House {
    let house = House::without_triggers(WORKER).await;
    house.clear_fleet().await;
    instances.into_iter().for_each(|instance| house.sandbox.put_instance(instance));
    house
}

/// Half of what Falcon says of the instances cannot be read: one record is of the second of them, one might be of any.
async fn house_with_broken_records() -> House {
    let house = house_with([healthy(1), instance(2), instance(3)]).await;
    let unreadable = json!({
        "instance_id": instance(2).id, "service_provider_account_id": MEMBER, "last_seen": { "when": "lately" },
    });
    house.control("POST", "falcon/hosts", unreadable).await;
    house.control("POST", "falcon/hosts", json!("half a record")).await;
    house
}

async fn people_are_told_of(error: &str, house: &House) -> bool {
    Value::from(house.notifications().await).to_string().contains(error)
}

#[tokio::test(start_paused = true)]
async fn a_sensor_whose_record_cannot_be_read_is_unknown_and_never_missing() {
    let house = house_with_broken_records().await;
    house.call_rule(MEMBER, json!("scheduled")).await;
    let ending = house.endings_of("check-compliance").await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(ending.output["summary"]["instances"], json!({ "healthy": 1, "unknown": 2 }));
    let standing = Standing::of(&house).await;
    assert!(standing.findings.is_empty(), "{standing:#?}");
    assert_eq!(standing.evaluations.keys().collect::<Vec<_>>(), [&instance(1).id]);
    assert!(people_are_told_of("Falcon.Unavailable", &house).await);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_installed_on_an_instance_whose_record_cannot_be_read_and_that_is_told() {
    let house = house_with_broken_records().await;
    let ids = [1, 2, 3].map(|number| instance(number).id);
    let input = json!({ "accountId": MEMBER, "region": EAST, "instances": ids, "reason": "story" });
    let ending = house.run_of("install-sensor", &input).await;
    assert_eq!(ending.error.as_deref(), Some("Falcon.Unavailable"), "{ending:#?}");
    assert_eq!(house.calls("ssm.SendCommand").await, 0);
    assert!(people_are_told_of("Falcon.Unavailable", &house).await);
}

#[tokio::test(start_paused = true)]
async fn a_check_goes_on_when_every_token_ends_in_the_middle() {
    let house = House::without_triggers(WORKER).await;
    Check.prepare(&house).await;
    // The worker has its token, and asks for the policies next.
    house.fault(json!({ "operation": "falcon.UpdatePolicies", "fault": "delay:1000", "times": 1 })).await;
    Check.start(&house).await;
    until_called(&house, "falcon.UpdatePolicies", 1).await;
    house.control("DELETE", "falcon/tokens", Value::Null).await;
    let ending = house.endings_of("check-compliance").await.remove(0);
    assert_eq!(ending.output["summary"]["instances"], json!({ "healthy": 2, "missing": 2 }), "{ending:#?}");
    assert!(house.notifications().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_install_ends_as_meant_when_every_token_ends_while_its_sensor_is_waited_for() {
    let house = House::without_triggers(WORKER).await;
    Install.prepare(&house).await;
    Install.start(&house).await;
    let asked_before = house.calls("falcon.Hosts").await;
    until_called(&house, "ssm.ListCommandInvocations", 2).await;
    until_called(&house, "falcon.Hosts", asked_before + 2).await;
    house.control("DELETE", "falcon/tokens", Value::Null).await;
    let ending = house.endings_of("install-sensor").await.remove(0);
    assert_eq!(ending.output["report"]["counts"]["installed"], 1, "{ending:#?}");
    assert_eq!((house.good_tokens_of_installs().await, house.parameters_of_installs().await), (0, Vec::new()));
}
