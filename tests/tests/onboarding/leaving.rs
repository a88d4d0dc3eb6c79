//! An account that leaves is let go by somebody who has seen what goes with it, and by nobody else.

use std::collections::BTreeSet;

use aws_sdk_securityhub::types::{AwsSecurityFindingFilters, StringFilter, StringFilterComparison};
use falconer_cli::execution::Ending;
use falconer_tests::house::House;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING, ONBOARDING_CONFIG, outcome};
use serde_json::{Value, json};

/// A house with an account that is protected, and has findings.
async fn house() -> House {
    let house = House::with(ONBOARDING_CONFIG).await;
    house.add_account(NEWCOMER, json!({})).await;
    let instance = json!({ "account": NEWCOMER, "region": "us-east-1", "id": "i-0000000000000000a" });
    house.sandbox.put_instance(serde_json::from_value(instance).unwrap());
    assert!(house.onboard(NEWCOMER).await.succeeded());
    assert!(house.endings_of("check-compliance").await[0].succeeded());
    assert_eq!(house.standing().await.len(), 2, "an instance without a sensor, and an account without a trail");
    house
}

trait Standing {
    async fn standing(&self) -> BTreeSet<String>;
    async fn registrations(&self) -> usize;
    async fn offboard(&self, more: Value) -> Ending;
}

impl Standing for House {
    /// The ids of the account's findings that are neither archived nor resolved, as the administrator sees them.
    async fn standing(&self) -> BTreeSet<String> {
        let filter = |value: &str, comparison| StringFilter::builder().value(value).comparison(comparison).build();
        let filters = AwsSecurityFindingFilters::builder()
            .aws_account_id(filter(NEWCOMER, StringFilterComparison::Equals))
            .record_state(filter("ACTIVE", StringFilterComparison::Equals))
            .workflow_status(filter("RESOLVED", StringFilterComparison::NotEquals))
            .build();
        let client = aws_sdk_securityhub::Client::new(&self.sdk);
        let found = client.get_findings().filters(filters).send().await.unwrap();
        found.findings.unwrap_or_default().into_iter().filter_map(|finding| finding.id).collect()
    }

    async fn registrations(&self) -> usize {
        self.control("GET", "falcon/registrations", Value::Null).await.as_array().unwrap().len()
    }

    async fn offboard(&self, more: Value) -> Ending {
        let mut form = json!({ "accountId": NEWCOMER, "action": "offboard" });
        form.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.run_of(ONBOARDING, &form).await
    }
}

fn confirmation(shown: &Ending) -> Value {
    shown.output["report"]["about"]["confirm"].clone()
}

#[tokio::test(start_paused = true)]
async fn what_was_shown_and_confirmed_is_let_go() {
    let house = house().await;
    let shown = house.offboard(json!({ "reason": "sold" })).await;
    assert!(shown.succeeded(), "{shown:#?}");
    assert_eq!(
        shown.output["report"]["about"]["what"],
        "the registration with cloud-security; 2 findings in us-east-1"
    );
    assert_eq!((house.registrations().await, house.standing().await.len()), (1, 2), "a dry run");
    let gone = house.offboard(json!({ "confirm": confirmation(&shown) })).await;
    assert!(gone.succeeded(), "{gone:#?}");
    assert_eq!((outcome(&gone, "deregistration").as_str(), outcome(&gone, "findings").as_str()), ("done", "done"));
    assert_eq!((house.registrations().await, house.standing().await.len()), (0, 0));
    // Once more: nothing is left, and that too must have been seen.
    let shown = house.offboard(json!({})).await;
    assert_eq!(shown.output["report"]["about"]["what"], "nothing", "{shown:#?}");
    let again = house.offboard(json!({ "confirm": confirmation(&shown) })).await;
    assert_eq!(
        (outcome(&again, "deregistration"), outcome(&again, "findings")),
        ("alreadyThere".into(), "alreadyThere".into())
    );
}

#[tokio::test(start_paused = true)]
async fn what_has_changed_since_it_was_shown_is_not_let_go() {
    let house = house().await;
    let shown = house.offboard(json!({})).await;
    let instance = json!({ "account": NEWCOMER, "region": "us-east-1", "id": "i-0000000000000000b" });
    house.sandbox.put_instance(serde_json::from_value(instance).unwrap());
    assert!(house.run_of("check-compliance", &json!({ "accountId": NEWCOMER })).await.succeeded());
    let refused = house.offboard(json!({ "confirm": confirmation(&shown) })).await;
    assert_eq!(refused.error.as_deref(), Some("Departure.Changed"), "{refused:#?}");
    assert_eq!((house.registrations().await, house.standing().await.len()), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn an_event_shows_and_tells_how_it_is_confirmed_and_lets_nothing_go() {
    let house = house().await;
    house.control("POST", "organizations", json!({ "event": "CloseAccount", "account": NEWCOMER })).await;
    let shown = house.endings_of(ONBOARDING).await.pop().unwrap();
    assert!(shown.succeeded(), "{shown:#?}");
    assert_eq!((house.registrations().await, house.standing().await.len()), (1, 2));
    let told = house.notifications().await.pop().unwrap();
    assert_eq!(told["Subject"], format!("Falconer: shall account {NEWCOMER} be let go?"));
    let form =
        format!("{{\"accountId\": \"{NEWCOMER}\", \"action\": \"offboard\", \"confirm\": {}}}", confirmation(&shown));
    assert!(told["Message"].as_str().unwrap().contains(&form), "{told}");
}

#[tokio::test(start_paused = true)]
async fn the_findings_of_a_closed_account_are_resolved_by_the_administrator() {
    let house = house().await;
    house.control("DELETE", &format!("accounts/{NEWCOMER}"), Value::Null).await;
    let shown = house.offboard(json!({})).await;
    assert!(shown.succeeded(), "{shown:#?}");
    let gone = house.offboard(json!({ "confirm": confirmation(&shown) })).await;
    assert!(gone.succeeded(), "{gone:#?}");
    assert_eq!((house.registrations().await, house.standing().await.len()), (0, 0));
}
