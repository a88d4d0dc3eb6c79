//! Five hundred instances of which each tenth meets another misfortune: every one is accounted for, and nothing secret is left.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::collections::BTreeMap;

use falconer_sandbox::{Agent, CommandFate, Instance};
use falconer_tests::fleet::{EAST, MEMBER, instance};
use falconer_tests::house::House;
use falconer_tests::log_book::LogBook;
use serde_json::{Value, json};

/// What becomes of the instance with a number.
type Fated = fn(u64) -> Instance;

/// The misfortunes, and how an instance that meets one ends.
fn misfortunes() -> [(Fated, &'static str); 10] {
    [
        (|n| Instance { command: CommandFate::SucceedsWithoutSensor, ..instance(n) }, "Sensor.NotReporting"),
        (|n| Instance { command: CommandFate::Fails, ..instance(n) }, "Ssm.CommandFailed"),
        (|n| Instance { command: CommandFate::GoesOffline, ..instance(n) }, "Ssm.ExecutionTimedOut"),
        (|n| Instance { command: CommandFate::DiesInTheMiddle, ..instance(n) }, "Ssm.ExecutionTimedOut"),
        (|n| Instance { command: CommandFate::Undeliverable, ..instance(n) }, "Ssm.Undeliverable"),
        (|n| Instance { command: CommandFate::TimesOut, ..instance(n) }, "Ssm.ExecutionTimedOut"),
        (|n| Instance { command: CommandFate::Terminated, ..instance(n) }, "Instance.Terminated"),
        (|n| Instance { agent: Agent::None, ..instance(n) }, "unmanaged"),
        (instance, "installed"),
        (instance, "installed"),
    ]
}

async fn house_of_five_hundred() -> House {
    let house = House::open().await;
    house.clear_fleet().await;
    for number in 1..=500 {
        let (fated, _) = misfortunes()[usize::try_from(number % 10).unwrap()];
        house.sandbox.put_instance(fated(number));
    }
    house.require_installation_tokens().await;
    house
}

#[tokio::test(start_paused = true)]
async fn of_five_hundred_instances_each_ends_once_and_no_secret_is_left() {
    let logs = LogBook::open();
    let house = house_of_five_hundred().await;
    // Falcon is slow to let in, and throttles, now and then.
    house.fault(json!({ "operation": "falcon.*", "fault": "throttle", "chance": 0.05 })).await;
    house.fault(json!({ "operation": "ssm.ListCommandInvocations", "fault": "throttle", "chance": 0.2 })).await;
    let input = json!({ "accountId": MEMBER, "region": EAST, "reason": "rollout" });
    let ending = house.run_of("install-sensor", &input).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    let mut instances = Vec::new();
    for result in ending.output["report"]["places"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|place| place["results"].as_array().unwrap())
    {
        let text = |name: &str| result.get(name).and_then(Value::as_str);
        let told = match text("outcome").unwrap() {
            "failed" => text("error"),
            "skipped" => text("verdict"),
            other => Some(other),
        };
        *outcomes.entry(told.unwrap().to_owned()).or_default() += 1;
        instances.push(result["instance"].clone());
    }
    let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
    misfortunes().iter().for_each(|(_, end)| *wanted.entry((*end).to_owned()).or_default() += 50);
    assert_eq!(outcomes, wanted);
    instances.sort_by_key(ToString::to_string);
    instances.dedup();
    assert_eq!(instances.len(), 500);
    assert_eq!(house.good_tokens_of_installs().await, 0);
    assert_eq!(house.parameters_of_installs().await, Vec::<String>::new());
    assert!(!house.commands().await.is_empty(), "what was given to commands is what is searched for");
    for runbook in ["check-compliance", "install-sensor"] {
        assert_eq!(house.secrets_told(runbook).await, Vec::<String>::new(), "{runbook}");
    }
    let logs = logs.text();
    assert!(logs.contains("AuthorizeInstall"), "nothing was logged where secrets are handled");
    assert_eq!(house.secrets_in(&logs).await, Vec::<String>::new(), "logs");
}
