//! A new account is protected before anyone logs in: Control Tower's events, a person's start, and what comes of each step.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use falconer_tests::house::House;
use serde_json::{Value, json};

const RUNBOOK: &str = "onboard-account";
const NEW: &str = "123412341234";

const CONFIG: &str = "[onboarding]\nconfig_bucket = \"falconer-config\"\nrule_function = \"arn:aws:lambda:us-east-1:111122223333:function:falconer-sensor\"\n";

#[tokio::test(start_paused = true)]
async fn an_account_that_control_tower_makes_is_protected() {
    let house = House::with(CONFIG).await;
    house.control("POST", "accounts", json!({ "account": NEW, "name": "payments", "roleAfterSeconds": 600 })).await;
    let event = json!({ "event": "CreateManagedAccount", "account": NEW, "state": "SUCCEEDED" });
    house.control("POST", "control-tower", event).await;
    let endings = house.endings_of(RUNBOOK).await;
    panic!("{endings:#?} {:#?}", house.notifications().await);
}
