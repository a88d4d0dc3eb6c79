//! Findings of Falcon that name no indicator: the alert behind the finding does.

use falconer_tests::findings::falcon;
use falconer_tests::house::House;
use serde_json::{Value, json};

const ALERT: &str = "00000000000000000000000000000c1d:ind:00000000000000000000000000005e45:1-41002-1";
const SECRET: &str = "NotASecretNotASecretNotASecretNotASecret";

/// A finding as Falcon's gateway wrote them before it named indicators.
fn without_indicator(id: &str) -> Value {
    let mut finding = falcon(id, "domain", "unused.example");
    finding["ProductFields"] = json!({});
    finding
}

fn of_alert(alert: &str) -> Value {
    without_indicator(&format!("crowdstrike:crowdstrike-falcon:{alert}"))
}

#[tokio::test(start_paused = true)]
async fn the_alert_behind_a_finding_says_what_to_block() {
    let house = House::open().await;
    let finding = of_alert(ALERT);
    house.import(&finding).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert_eq!(house.told(finding["Id"].as_str().unwrap()).await.0, "Blocked");
}

#[tokio::test(start_paused = true)]
async fn a_finding_of_2020_is_looked_up_by_its_detection_and_its_customer() {
    let house = House::open().await;
    let detection = "ldt:a1a045e2bcf04aa8bd91803573874c9d:4297552959";
    let customer = "797bcd0bf5ae4f39a2b770ff52517125";
    let alert = json!({
        "composite_id": format!("{customer}:{detection}"), "ioc_type": "domain", "ioc_value": "old.example",
        "network_accesses": [{ "remote_address": "10.0.0.2" }],
    });
    house.control("POST", "falcon/alerts", alert).await;
    let mut finding = without_indicator(&format!("i-006191f26af245a50{detection}"));
    finding["SourceUrl"] =
        json!(format!("https://falcon.crowdstrike.com/activity/detections/detail/a1/4?_cid={customer}"));
    house.import(&finding).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["old.example"]);
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_falcon_does_not_have_is_said_on_the_finding_and_blocks_nothing() {
    let house = House::open().await;
    let finding = of_alert("00c1d:ind:5e45:unknown");
    house.import(&finding).await;
    house.success().await;
    let (state, note) = house.told(finding["Id"].as_str().unwrap()).await;
    assert_eq!(state, "NothingToBlock");
    assert!(note.contains("Falcon has no alert of this id"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn findings_that_name_their_indicators_never_ask_falcon() {
    let house = House::open().await;
    house.import(&falcon("falcon-1", "domain", "evil.example")).await;
    house.success().await;
    assert_eq!((house.calls("falcon.Alerts").await, house.calls("falcon.Token").await), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn many_findings_ask_with_one_token() {
    let house = House::open().await;
    for number in 0..20 {
        house.import(&of_alert(&format!("00c1d:ind:5e45:{number}"))).await;
    }
    house.import(&of_alert(ALERT)).await;
    house.endings().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert_eq!(house.calls("falcon.Token").await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_falcon_is_waited_for_and_one_that_is_down_is_a_named_failure_that_a_second_run_repairs() {
    let house = House::open().await;
    house.fault(json!({ "operation": "falcon.Alerts", "fault": "throttle", "times": 2 })).await;
    house.import(&of_alert(ALERT)).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);

    let house = House::open().await;
    house.fault(json!({ "operation": "falcon.*", "fault": "drop" })).await;
    let finding = of_alert(ALERT);
    house.import(&finding).await;
    assert_eq!(house.failure().await.error.as_deref(), Some("Falcon.Unavailable"));
    assert_eq!(house.told(finding["Id"].as_str().unwrap()).await.0, "Failed");
    house.control("DELETE", "faults", Value::Null).await;
    house.choose(&finding).await;
    house.endings().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_cannot_be_read_are_named_and_never_shown() {
    let house = House::with("[falcon]\ncredentials = \"/falconer/nowhere\"\n").await;
    house.import(&of_alert(ALERT)).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Falcon.AccessDenied"), "{ending:#?}");
    assert!(ending.cause.as_ref().unwrap().contains("/falconer/nowhere"), "{ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_secret_is_in_no_history_note_or_notification() {
    let house = House::open().await;
    house.fault(json!({ "operation": "falcon.Alerts", "fault": "error:403" })).await;
    let finding = of_alert(ALERT);
    house.import(&finding).await;
    let ending = house.failure().await;
    assert_eq!(ending.error.as_deref(), Some("Falcon.AccessDenied"), "{ending:#?}");
    let mut told = format!(
        "{ending:?} {:?} {:?}",
        house.finding(finding["Id"].as_str().unwrap()).await,
        house.notifications().await
    );
    for execution in house.executions().await {
        let history = house.states().get_execution_history().execution_arn(execution).send().await.unwrap();
        told.push_str(&format!("{history:?}"));
    }
    assert!(!told.contains(SECRET));
}
