//! What must not be said anywhere, and the role that is not ours to assume.

use falconer_tests::house::House;
use falconer_tests::log_book::LogBook;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING, ONBOARDING_CONFIG};
use serde_json::{Value, json};

/// What the sandbox's member roles demand of the worker.
const EXTERNAL_ID: &str = "falconer-sandbox";

#[tokio::test(start_paused = true)]
async fn a_role_that_demands_another_external_id_is_refused_and_nothing_is_done() {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({ "externalId": "somebody-elses" })).await;
    let ending = house.onboard(NEWCOMER).await;
    assert_eq!(ending.error.as_deref(), Some("Account.AccessDenied"), "{ending:#?}");
    let cause = ending.cause.unwrap();
    assert!(
        cause.contains(&format!("arn:aws:iam::{NEWCOMER}:role/falconer-member")) && cause.contains("StackSet"),
        "{cause}"
    );
    assert!(!cause.contains(EXTERNAL_ID) && !cause.contains("somebody-elses"), "{cause}");
    assert!(house.changes().await.iter().all(|(_, calls)| *calls == 0), "{:?}", house.changes().await);
}

#[tokio::test(start_paused = true)]
async fn what_falcon_says_to_the_account_stands_in_the_account_and_nowhere_else() {
    let (logs, _guard) = LogBook::of_this_thread();
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({})).await;
    assert!(house.onboard(NEWCOMER).await.succeeded());
    let registrations = house.control("GET", "falcon/registrations", Value::Null).await;
    let external_id = registrations[0]["account"]["resource_metadata"]["external_id"].as_str().unwrap();
    let member = aws_sdk_ssm::Client::new(&house.as_account(NEWCOMER));
    let handed_over = member.get_parameter().name("/falconer/falcon/external-id").send().await.unwrap();
    assert_eq!(handed_over.parameter().unwrap().value(), Some(external_id));
    let said = house.everything_said(ONBOARDING).await + &logs.text();
    assert!(said.contains("RegisterAccount"), "the logs and the history were read");
    for secret in [external_id, EXTERNAL_ID] {
        assert!(!said.contains(secret), "{secret} was said");
    }
    assert_eq!(house.secrets_in(&said).await, Vec::<String>::new());
}
