//! What the API clients of Falcon may do, and what they may not.

use falconer_domain::doctor::{Health, Subject};
use falconer_tests::house::House;
use serde_json::json;

use crate::visit::{HUB, UNREGISTERED, Visit, assert_told};

const HUNTING: &str = "[hunt.lists.bear]\nfilter = \"actors:'BEAR'\"\n";

#[tokio::test(start_paused = true)]
async fn a_scope_that_is_missing_is_named_as_the_console_calls_it() {
    for (operation, about, health, scope) in [
        ("Hosts", "hosts", Health::Broken, "Hosts: Read"),
        ("UpdatePolicies", "sensor update policies", Health::Broken, "Sensor update policies: Read"),
        ("Alerts", "alerts", Health::Broken, "Alerts: Read"),
        ("Indicators", "indicators", Health::Broken, "Indicators (Falcon Intelligence): Read"),
        ("CloudAccounts", "cloud registration", Health::Broken, "Cloud security AWS registration: Read"),
        ("EventStreams", "event streams", Health::Note, "Event streams: Read"),
        ("Ccid", "sensor download", Health::Broken, "Sensor Download: Read"),
        ("TokenSettings", "installation tokens", Health::Broken, "Installation Tokens: Read"),
    ] {
        let house = House::without_a_worker().await;
        house.fault(json!({ "operation": format!("falcon.{operation}"), "fault": "error:403" })).await;
        let visit = Visit::to_all(&house, HUNTING).await;
        assert_told(visit.named(Subject::Scope, about), health, "Falcon does not allow", &format!("scope \"{scope}\""));
        let troubled = visit.0.iter().filter(|check| check.subject == Subject::Scope && !check.diagnosis.is_ok());
        assert_eq!(troubled.count(), 1, "{operation} costs no other");
        let asked = visit.0.iter().filter(|check| check.subject == Subject::Registration).count();
        assert_eq!(asked > 0, operation != "CloudAccounts", "what Falcon refuses for one account it refuses for all");
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_falcon_does_not_take_are_tried_once() {
    let house = House::without_a_worker().await;
    house.fault(json!({ "operation": "falcon.Token", "fault": "error:403" })).await;
    let visit = Visit::to_all(&house, "").await;
    for key in ["falcon.credentials", "falcon.install_credentials"] {
        let client = visit.named(Subject::ApiClient, key);
        assert_told(client, Health::Broken, "POST /oauth2/token", "API clients and keys");
    }
    assert_eq!(house.calls("falcon.Token").await, 2, "once each, however many accounts and scopes there are");
    assert!(!visit.0.iter().any(|check| matches!(check.subject, Subject::Scope | Subject::Registration)));
}

#[tokio::test(start_paused = true)]
async fn without_credentials_what_cannot_work_is_noted() {
    let house = House::without_a_worker().await;
    let nowhere = format!("{UNREGISTERED}[falcon]\ncredentials = \"/nowhere\"\n");
    let visit = Visit::to_all(&house, &nowhere).await;
    let client = visit.named(Subject::ApiClient, "falcon.credentials");
    assert_told(client, Health::Broken, "\"/nowhere\"", "ssm:GetParameter");
}

#[tokio::test(start_paused = true)]
async fn an_install_client_that_may_do_more_is_told() {
    let house = House::without_a_worker().await;
    let shared = "/aws/reference/secretsmanager/falconer/falcon";
    let visit = Visit::to_all(&house, &format!("{UNREGISTERED}[falcon]\ninstall_credentials = \"{shared}\"\n")).await;
    let excess = visit.of(HUB, Subject::Excess);
    assert_told(excess, Health::Broken, "hosts, sensor update policies, alerts too", "and no other");
    let missing = visit.named(Subject::Scope, "sensor download");
    assert_told(missing, Health::Broken, "Falcon does not allow", "Sensor Download: Read");
}

#[tokio::test(start_paused = true)]
async fn a_demanded_installation_token_that_is_missing_is_told() {
    let house = House::without_a_worker().await;
    let settings = json!({ "tokensRequired": true, "installationToken": null });
    house.control("PUT", "falcon/settings", settings).await;
    let visit = Visit::to_all(&house, UNREGISTERED).await;
    let tokens = visit.named(Subject::Scope, "installation tokens");
    assert_told(tokens, Health::Broken, "has none that is valid", "Create one in the Falcon console");
}

#[tokio::test(start_paused = true)]
async fn no_secret_is_told() {
    let house = House::without_a_worker().await;
    house.require_installation_tokens().await;
    let well = Visit::to_all(&house, HUNTING).await;
    house.fault(json!({ "operation": "falcon.*", "fault": "error:403" })).await;
    let broken = Visit::to_all(&house, HUNTING).await;
    let said = format!("{:?} {:?}", well.0, broken.0);
    assert_eq!(house.secrets_in(&said).await, Vec::<String>::new());
    assert!(!said.contains("falconer-sandbox"), "the external id: {said}");
}
