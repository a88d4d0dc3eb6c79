//! Where everything works nothing is to be mended, and nothing is touched.

use std::sync::Arc;

use falconer_domain::doctor::{Health, Subject};
use falconer_falcon::{Credentials, Falcon, NewRegistration, Patience, Product, RegistrationApi, Setup};
use falconer_tests::fleet::{MEMBER, OTHER};
use falconer_tests::house::House;
use falconer_tests::wire::InProcess;
use serde_json::Value;

use crate::visit::{HUB, Visit, assert_told};

/// A configuration in which everything is in use.
const ALL_IN_USE: &str = "[hunt.lists.bear]\nfilter = \"actors:'FANCYBEAR'\"\n";

/// The workers' API client, as the sandbox has it.
const CLIENT: &str =
    r#"{"clientId": "0000000000000000000000000sandbox", "clientSecret": "NotASecretNotASecretNotASecretNotASecret"}"#;

async fn register(house: &House, account: &str) {
    let clock = house.clock();
    let falcon = Falcon::new(Setup {
        credentials: Credentials::from_json(CLIENT).unwrap(),
        cloud: "https://sandbox.test/falcon".parse().unwrap(),
        transport: Arc::new(InProcess(house.sandbox.clone())),
        clock: falconer_falcon::clock::Clock::driven_by(move || clock.now()),
        patience: Patience::default(),
    });
    let cspm = Product { name: "cspm".to_owned(), features: vec!["iom".to_owned()] };
    let new = NewRegistration {
        api: RegistrationApi::CloudSecurity,
        account: account.to_owned(),
        government: false,
        organization: None,
        role_arn: None,
        trail_region: "us-east-1".to_owned(),
        uses_existing_trail: true,
        products: vec![cspm],
    };
    falcon.register(&new).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn where_everything_works_nothing_is_told_and_nothing_is_written() {
    let house = House::without_a_worker().await;
    for account in [HUB, MEMBER, OTHER] {
        register(&house, account).await;
    }
    house.control("DELETE", "calls", Value::Null).await;
    let visit = Visit::to_all(&house, ALL_IN_USE).await;
    assert_eq!(visit.trouble(), [], "{:#?}", visit.0);
    for account in [HUB, MEMBER, OTHER] {
        for subject in
            [Subject::Registration, Subject::Recorder, Subject::Rule, Subject::SecurityHub, Subject::SystemsManager]
        {
            assert!(visit.of(account, subject).diagnosis.is_ok(), "{account} {subject:?}");
        }
    }
    let calls = house.control("GET", "calls", Value::Null).await;
    for operation in calls.as_object().unwrap().keys() {
        let (service, name) = operation.split_once('.').unwrap();
        let reads = ["Get", "List", "Describe", "Select", "AssumeRole"];
        assert!(service == "falcon" || reads.iter().any(|read| name.starts_with(read)), "{operation}");
    }
    for write in
        ["CreateCloudAccounts", "UpdateCloudAccounts", "DeleteCloudAccounts", "RevealUninstallToken", "EventStream"]
    {
        assert_eq!(calls[format!("falcon.{write}")], Value::Null, "{write}");
    }
    let left = house.control("GET", "falcon/tokens", Value::Null).await;
    assert_eq!(left["0000000000000000000000000install"].as_u64().unwrap_or_default(), 0, "a token is left: {left}");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_falcon_does_not_know_is_told() {
    let house = House::without_a_worker().await;
    register(&house, MEMBER).await;
    let visit = Visit::to_all(&house, "[onboarding]\nfeatures = [\"cspm/ioa\"]\n").await;
    let [member, other] = [MEMBER, OTHER].map(|account| visit.of(account, Subject::Registration));
    assert_told(member, Health::Broken, "without cspm/ioa", "onboard-account");
    assert_told(other, Health::Broken, "does not know the account", OTHER);
}
