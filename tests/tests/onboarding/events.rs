//! What starts the runbook, and what each event comes to.

use falconer_domain::policy::{Pause, Switch};
use falconer_tests::house::House;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING, ONBOARDING_CONFIG};
use serde_json::{Value, json};

/// A lifecycle event as Control Tower documents it, times that are not RFC 3339 included.
fn lifecycle(name: &str, state: &str, account: Value) -> Value {
    let member =
        if name == "CreateManagedAccount" { "createManagedAccountStatus" } else { "updateManagedAccountStatus" };
    json!({
        "version": "0",
        "id": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        "detail-type": "AWS Service Event via CloudTrail",
        "source": "aws.controltower",
        "account": "222233334444",
        "time": "2026-01-15T09:58:33Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.05",
            "userIdentity": { "accountId": "222233334444", "invokedBy": "AWS Internal" },
            "eventTime": "2026-01-15T09:58:33Z",
            "eventSource": "controltower.amazonaws.com",
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "AWS Internal",
            "userAgent": "AWS Internal",
            "eventID": "00112233-4455-6677-8899-aabbccddeeff",
            "readOnly": false,
            "eventType": "AwsServiceEvent",
            "serviceEventDetails": { member: {
                "organizationalUnit": { "organizationalUnitName": "Custom", "organizationalUnitId": "ou-ab12-l3zc8b3h" },
                "account": { "accountName": "LifeCycle1", "accountId": account },
                "state": state,
                "message": "AWS Control Tower did it.",
                "requestedTimestamp": "2026-01-15T09:45:18+0000",
                "completedTimestamp": "2026-01-15T09:58:32+0000",
            } },
        },
    })
}

fn call(source: &str, name: &str) -> Value {
    json!({
        "source": source,
        "detail-type": "AWS API Call via CloudTrail",
        "account": "222233334444",
        "region": "us-east-1",
        "detail": { "eventName": name, "requestParameters": { "accountId": NEWCOMER } },
    })
}

async fn house() -> House {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({ "config": "recording" })).await;
    house
}

#[tokio::test(start_paused = true)]
async fn both_lifecycle_events_of_an_account_that_is_there_protect_it() {
    for name in ["CreateManagedAccount", "UpdateManagedAccount"] {
        let house = house().await;
        let ending = house.run_of(ONBOARDING, &lifecycle(name, "SUCCEEDED", NEWCOMER.into())).await;
        assert!(ending.succeeded(), "{name}: {ending:#?}");
        assert_eq!(ending.output["report"]["account"], NEWCOMER, "{name}");
        assert_eq!(ending.output["report"]["label"]["accountName"], "LifeCycle1", "{name}");
        assert_eq!(house.calls("falcon.CreateCloudAccounts").await, 1, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_else_the_management_account_tells_ends_by_its_name_and_does_nothing() {
    let house = house().await;
    let moved = call("aws.organizations", "MoveAccount");
    let mut refused = call("aws.organizations", "CloseAccount");
    refused["detail"]["errorCode"] = "ConstraintViolationException".into();
    for (event, reason) in [
        (lifecycle("CreateManagedAccount", "FAILED", NEWCOMER.into()), "Event.NotSucceeded"),
        (lifecycle("UpdateManagedAccount", "FAILED", NEWCOMER.into()), "Event.NotSucceeded"),
        (lifecycle("RegisterOrganizationalUnit", "SUCCEEDED", NEWCOMER.into()), "Event.Other"),
        (call("aws.controltower", "CreateManagedAccount"), "Event.ApiCall"),
        (call("aws.servicecatalog", "ProvisionProduct"), "Event.ApiCall"),
        (call("aws.organizations", "CreateAccount"), "Event.Other"),
        (moved, "Account.Moved"),
        (refused, "Event.CallRefused"),
    ] {
        let ending = house.run_of(ONBOARDING, &event).await;
        assert!(ending.succeeded(), "{event}: {ending:#?}");
        assert_eq!(
            (&ending.output["action"], &ending.output["reason"]),
            (&"nothing".into(), &reason.into()),
            "{event}"
        );
        assert!(ending.output["sentence"].as_str().unwrap().ends_with('.'), "{event}");
    }
    assert_eq!(house.calls("sts.AssumeRole").await, 0);
    assert!(house.changes().await.iter().all(|(_, calls)| *calls == 0), "{:?}", house.changes().await);
    assert!(house.notifications().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_request_is_refused_with_the_name_of_the_field() {
    let house = house().await;
    let account = "detail.serviceEventDetails.createManagedAccountStatus.account.accountId";
    for (event, field) in [
        (lifecycle("CreateManagedAccount", "SUCCEEDED", "XXXXXXXXXXXX".into()), account),
        (lifecycle("CreateManagedAccount", "SUCCEEDED", "12341234123".into()), account),
        (lifecycle("CreateManagedAccount", "SUCCEEDED", 123_412_341_234_u64.into()), account),
        (lifecycle("CreateManagedAccount", "SUCCEEDED", Value::Null), account),
        (lifecycle("CreateManagedAccount", "SUCCEEDED", "１２３４１２３４１２３４".into()), account),
        (json!({ "accountId": "1234-1234-1234" }), "accountId"),
        (json!({ "accountId": NEWCOMER, "force": true }), "force"),
        (json!({}), "accountId"),
        (call("aws.ec2", "RunInstances"), "detail"),
    ] {
        let ending = house.run_of(ONBOARDING, &event).await;
        if ending.succeeded() {
            // A call of another service has nothing to do with accounts, and is no error.
            assert_eq!(ending.output["reason"], "Event.ApiCall", "{event}");
            continue;
        }
        assert_eq!(ending.error.as_deref(), Some("Input.Invalid"), "{event}: {ending:#?}");
        assert!(ending.cause.as_ref().unwrap().contains(field), "{event}: {ending:#?}");
    }
    assert_eq!(house.calls("sts.AssumeRole").await, 0);
}

#[tokio::test(start_paused = true)]
async fn only_the_events_that_are_meant_start_it() {
    let house = house().await;
    for event in [
        json!({ "event": "CreateManagedAccount", "account": NEWCOMER, "state": "SUCCEEDED" }),
        json!({ "event": "UpdateManagedAccount", "account": NEWCOMER, "state": "FAILED" }),
        json!({ "event": "CreateManagedAccount", "account": NEWCOMER, "apiCall": true }),
    ] {
        house.control("POST", "control-tower", event).await;
    }
    for event in ["CloseAccount", "MoveAccount", "CloseAccountResult"] {
        house.control("POST", "organizations", json!({ "event": event, "account": NEWCOMER })).await;
    }
    let endings = house.endings_of(ONBOARDING).await;
    // The account that was made, the failure, which says so, and the account that was closed.
    assert_eq!(endings.len(), 3, "{endings:#?}");
    assert!(endings.iter().all(falconer_cli::execution::Ending::succeeded), "{endings:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_same_event_twice_and_an_update_after_it_change_nothing_more() {
    let house = house().await;
    house.control_tower_creates(NEWCOMER).await;
    assert!(house.endings_of(ONBOARDING).await[0].succeeded());
    let changes = house.changes().await;
    house.control_tower_creates(NEWCOMER).await;
    let update = json!({ "event": "UpdateManagedAccount", "account": NEWCOMER, "state": "SUCCEEDED" });
    house.control("POST", "control-tower", update).await;
    let endings = house.endings_of(ONBOARDING).await;
    assert_eq!(endings.len(), 3);
    for ending in &endings[1..] {
        let counts = &ending.output["report"]["counts"];
        // The check alone is begun anew; it changes nothing that is as it should be.
        assert_eq!((&counts["done"], &counts["failed"]), (&1.into(), &0.into()), "{ending:#?}");
    }
    assert_eq!(house.changes().await, changes);
}

#[tokio::test(start_paused = true)]
async fn two_events_at_the_same_time_converge() {
    let house = house().await;
    house.control_tower_creates(NEWCOMER).await;
    house.control_tower_creates(NEWCOMER).await;
    let endings = house.endings_of(ONBOARDING).await;
    assert!(endings.len() == 2 && endings.iter().all(falconer_cli::execution::Ending::succeeded), "{endings:#?}");
    let registrations = house.control("GET", "falcon/registrations", Value::Null).await;
    assert_eq!(registrations.as_array().map(Vec::len), Some(1), "{registrations}");
}

#[tokio::test(start_paused = true)]
async fn while_automatic_acts_are_paused_an_event_is_told_and_a_person_is_served() {
    let house = house().await;
    let pause = Pause { since: house.now(), reason: "a migration".to_owned() };
    house.set_switch(&Switch::Paused(pause)).await;
    house.control_tower_creates(NEWCOMER).await;
    let ending = house.endings_of(ONBOARDING).await.remove(0);
    assert_eq!(ending.output["reason"], "Switch.Paused", "{ending:#?}");
    assert_eq!(house.calls("sts.AssumeRole").await, 0);
    let told = &house.notifications().await[0];
    let message = told["Message"].as_str().unwrap();
    assert!(
        message.contains("a migration") && message.contains(&format!("{{\"accountId\": \"{NEWCOMER}\"}}")),
        "{told}"
    );
    assert!(house.onboard(NEWCOMER).await.succeeded());
}
