//! A sensor is installed where it is missing, Falcon hears of it, and nothing secret is left behind.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::time::Duration;

use falconer_cli::execution::Ending;
use falconer_sandbox::{Agent, CommandFate, Instance, Platform, State};
use falconer_tests::fleet::{EAST, MEMBER, OTHER, healthy, instance};
use falconer_tests::house::House;
use serde_json::{Value, json};

async fn house_with(instances: impl IntoIterator<Item = Instance>) -> House {
    let house = House::open().await;
    house.clear_fleet().await;
    instances.into_iter().for_each(|instance| house.sandbox.put_instance(instance));
    house
}

fn asked_for(numbers: &[u64]) -> Value {
    let ids: Vec<String> = numbers.iter().map(|number| instance(*number).id).collect();
    json!({ "accountId": MEMBER, "region": EAST, "instances": ids, "reason": "case 42" })
}

async fn installed(house: &House, input: Value) -> Ending {
    let ending = house.run_of("install-sensor", &input).await;
    assert!(ending.succeeded(), "{ending:#?}");
    ending
}

/// The outcome of each instance by the last digits of its id: `installed`, or the error's name, or the reason.
fn outcomes(ending: &Ending) -> Vec<(u64, String)> {
    let places = ending.output["report"]["places"].as_array().unwrap();
    let results = places.iter().flat_map(|place| place["results"].as_array().unwrap());
    let read = |result: &Value| {
        let number = u64::from_str_radix(result["instance"].as_str().unwrap().trim_start_matches("i-"), 16).unwrap();
        let text = |name: &str| result.get(name).and_then(Value::as_str);
        let told = match text("outcome").unwrap() {
            "failed" => text("error"),
            "skipped" => text("verdict").or(text("reason")),
            other => Some(other),
        };
        (number, told.unwrap().to_owned())
    };
    let mut outcomes: Vec<_> = results.map(read).collect();
    outcomes.sort();
    outcomes
}

#[tokio::test(start_paused = true)]
async fn a_missing_sensor_is_installed_reports_and_its_finding_is_archived() {
    let house = house_with([instance(1)]).await;
    house.run_of("check-compliance", &json!({})).await;
    // The check asks for what it found missing.
    let ending = house.endings_of("install-sensor").await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(outcomes(&ending), [(1, "installed".to_owned())]);
    assert!(house.sensor_findings(MEMBER).await.is_empty());
    assert!(house.notifications().await.is_empty());
    let check = house.run_of("check-compliance", &json!({})).await;
    assert_eq!(check.output["summary"]["instances"], json!({ "healthy": 1 }));
}

#[tokio::test(start_paused = true)]
async fn each_instance_ends_once_with_its_own_reason() {
    let fated = |number, command| Instance { command, ..instance(number) };
    let bottlerocket =
        Platform { name: "Bottlerocket".to_owned(), version: "1.19.5".to_owned(), ..Platform::default() };
    let house = house_with([
        instance(1),
        healthy(2),
        fated(3, CommandFate::SucceedsWithoutSensor),
        fated(4, CommandFate::Fails),
        fated(5, CommandFate::GoesOffline),
        fated(6, CommandFate::DiesInTheMiddle),
        fated(7, CommandFate::Undeliverable),
        fated(8, CommandFate::TimesOut),
        fated(9, CommandFate::Terminated),
        Instance { agent: Agent::None, ..instance(10) },
        Instance { platform: bottlerocket, ..instance(11) },
        Instance { tags: [("falconer:exclude".to_owned(), String::new())].into(), ..instance(12) },
        Instance { state: State::Stopped, ..instance(13) },
    ])
    .await;
    let ending = installed(&house, asked_for(&(1..=14).collect::<Vec<_>>())).await;
    let wanted = [
        (1, "installed"),
        (2, "alreadyThere"),
        (3, "Sensor.NotReporting"),
        (4, "Ssm.CommandFailed"),
        (5, "Ssm.ExecutionTimedOut"),
        (6, "Ssm.ExecutionTimedOut"),
        (7, "Ssm.Undeliverable"),
        (8, "Ssm.ExecutionTimedOut"),
        (9, "Instance.Terminated"),
        (10, "unmanaged"),
        (11, "unsupportedPlatform"),
        (12, "excluded"),
        (13, "unmanaged"),
        (14, "notRecorded"),
    ];
    let wanted: Vec<(u64, String)> = wanted.iter().map(|(number, outcome)| (*number, (*outcome).to_owned())).collect();
    assert_eq!(outcomes(&ending), wanted, "{:#}", ending.output["report"]);
    assert_eq!(house.good_tokens_of_installs().await, 0);
    assert_eq!(house.notifications().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failed_install_is_not_tried_again_by_itself_until_its_wait_is_over_unless_a_person_asks() {
    let broken = Instance { command: CommandFate::Fails, ..instance(1) };
    let house = house_with([broken]).await;
    let automatic = || {
        let mut input = asked_for(&[1]);
        input["automatic"] = json!(true);
        input
    };
    // Its finding stands, and remembers.
    house.run_of("check-compliance", &json!({ "accountId": MEMBER, "region": EAST })).await;
    house.endings_of("install-sensor").await;
    let commands = house.calls("ssm.SendCommand").await;
    assert_eq!(commands, 1);
    let held_back = installed(&house, automatic()).await;
    assert_eq!(outcomes(&held_back), [(1, "triedBefore".to_owned())]);
    assert_eq!(house.calls("ssm.SendCommand").await, commands);
    installed(&house, asked_for(&[1])).await;
    assert_eq!(house.calls("ssm.SendCommand").await, commands + 1);
    tokio::time::sleep(std::time::Duration::from_secs(3 * 3600)).await;
    installed(&house, automatic()).await;
    assert_eq!(house.calls("ssm.SendCommand").await, commands + 2);
}

#[tokio::test(start_paused = true)]
async fn while_paused_nothing_is_installed_by_itself_and_a_person_may() {
    let house = house_with([instance(1)]).await;
    house.delete_switch().await;
    let mut automatic = asked_for(&[1]);
    automatic["automatic"] = json!(true);
    let ending = installed(&house, automatic).await;
    assert!(ending.output["paused"].is_string(), "{}", ending.output);
    assert_eq!(house.calls("ssm.SendCommand").await, 0);
    assert_eq!(outcomes(&installed(&house, asked_for(&[1])).await), [(1, "installed".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn falcon_may_require_installation_tokens() {
    let house = house_with([instance(1)]).await;
    house.control("PUT", "falcon/settings", json!({ "tokensRequired": true })).await;
    assert_eq!(outcomes(&installed(&house, asked_for(&[1])).await), [(1, "installed".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn without_a_valid_installation_token_nothing_is_sent_and_it_is_said_why() {
    let house = house_with([instance(1)]).await;
    house.control("PUT", "falcon/settings", json!({ "tokensRequired": true, "installationToken": null })).await;
    let ending = installed(&house, asked_for(&[1])).await;
    assert_eq!(outcomes(&ending), [(1, "Install.NotAuthorized".to_owned())]);
    assert_eq!(house.calls("ssm.SendCommand").await, 0);
    assert_eq!(house.good_tokens_of_installs().await, 0);
}

#[tokio::test(start_paused = true)]
async fn two_accounts_and_three_kinds_of_sensors_are_so_many_commands() {
    let windows: Platform = serde_json::from_value(json!({
        "kind": "Windows", "name": "Microsoft Windows Server 2022 Datacenter", "version": "10.0.20348", "architecture": "x86_64",
    }))
    .unwrap();
    let arm = Platform { architecture: "arm64".to_owned(), ..Platform::default() };
    let house = house_with([
        instance(1),
        Instance { platform: windows, ..instance(2) },
        Instance { platform: arm, ..instance(3) },
        Instance { account: OTHER.to_owned(), ..instance(4) },
    ])
    .await;
    let whole = |account| json!({ "accountId": account, "region": EAST, "reason": "rollout" });
    let all = |numbers: &[u64]| numbers.iter().map(|number| (*number, "installed".to_owned())).collect::<Vec<_>>();
    assert_eq!(outcomes(&installed(&house, whole(MEMBER)).await), all(&[1, 2, 3]));
    assert_eq!(outcomes(&installed(&house, whole(OTHER)).await), all(&[4]));
    assert_eq!(house.calls("ssm.SendCommand").await, 4);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_in_the_middle_costs_no_second_command_and_leaves_no_token() {
    for seconds in [1, 3, 10, 30, 60, 90, 120] {
        let mut house = house_with([instance(1)]).await;
        let states = house.states();
        let input = asked_for(&[1]).to_string();
        let arn = falconer_cli::execution::start(&states, "install-sensor", &input).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
        house.kill_worker().await;
        house.start_worker("");
        let ending = house.endings_of("install-sensor").await.remove(0);
        assert!(ending.succeeded(), "{seconds} s, {arn}: {ending:#?}");
        assert_eq!(outcomes(&ending), [(1, "installed".to_owned())], "{seconds} s");
        assert_eq!(house.calls("ssm.SendCommand").await, 1, "{seconds} s");
        assert_eq!(house.good_tokens_of_installs().await, 0, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_takes_a_sensor_away() {
    let house = house_with([healthy(1)]).await;
    let mut input = asked_for(&[1]);
    input["action"] = json!("uninstall");
    let ending = installed(&house, input).await;
    assert_eq!(outcomes(&ending), [(1, "uninstalled".to_owned())], "{:#}", ending.output["report"]);
}

#[tokio::test(start_paused = true)]
async fn the_custom_action_installs_on_the_findings_instance() {
    let house = house_with([instance(1)]).await;
    house.delete_switch().await;
    house.run_of("check-compliance", &json!({})).await;
    let finding = house.sensor_findings(MEMBER).await.remove(0);
    let before = house.endings_of("install-sensor").await.len();
    house.choose_with("falconerInstall", &json!({ "Id": finding.id(), "ProductArn": finding.product_arn() })).await;
    let endings = house.endings_of("install-sensor").await;
    let chosen = &endings[before];
    assert_eq!(outcomes(chosen), [(1, "installed".to_owned())], "{chosen:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_next_check_after_its_wait_has_a_failed_install_tried_again() {
    let house = house_with([Instance { command: CommandFate::Fails, ..instance(1) }]).await;
    let check = json!({ "accountId": MEMBER, "region": EAST });
    house.run_of("check-compliance", &check).await;
    house.endings_of("install-sensor").await;
    house.sandbox.put_instance(instance(1));
    house.run_of("check-compliance", &check).await;
    house.endings_of("install-sensor").await;
    assert_eq!(house.calls("ssm.SendCommand").await, 1, "its wait is not over");
    tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    house.run_of("check-compliance", &check).await;
    house.endings_of("install-sensor").await;
    assert_eq!(house.calls("ssm.SendCommand").await, 2);
    assert!(house.sensor_findings(MEMBER).await.is_empty());
}

/// A house that uses CrowdStrike's own document, in whose member this instance and the document's credentials are.
async fn house_with_the_document(instance: Instance) -> House {
    let house = House::with("[install]\nmethod = \"automation-document\"\n").await;
    house.clear_fleet().await;
    house.sandbox.put_instance(instance);
    let member = aws_sdk_ssm::Client::new(&house.as_account(MEMBER));
    for (name, value) in [
        ("Cloud", "us-1"),
        ("ClientId", "0000000000000000000000000install"),
        ("ClientSecret", "NotAnInstallSecretNotAnInstallSecretNotA"),
    ] {
        let put = member.put_parameter().name(format!("/CrowdStrike/Falcon/{name}")).value(value);
        put.r#type(aws_sdk_ssm::types::ParameterType::SecureString).send().await.unwrap();
    }
    house
}

#[tokio::test(start_paused = true)]
async fn crowdstrikes_own_document_installs_with_what_the_account_keeps_for_it() {
    let house = house_with_the_document(instance(1)).await;
    let ending = installed(&house, asked_for(&[1])).await;
    assert_eq!(outcomes(&ending), [(1, "installed".to_owned())], "{:#}", ending.output["report"]);
    assert_eq!(house.calls("ssm.StartAutomationExecution").await, 1);
    assert_eq!(house.calls("ssm.PutParameter").await, 3, "the account's own: the hub keeps no secret for it");
}

#[tokio::test(start_paused = true)]
async fn crowdstrikes_own_document_is_stopped_when_its_time_is_over() {
    let house = house_with_the_document(Instance { command: CommandFate::DiesInTheMiddle, ..instance(1) }).await;
    let ending = installed(&house, asked_for(&[1])).await;
    assert_eq!(outcomes(&ending), [(1, "Ssm.ExecutionTimedOut".to_owned())], "{:#}", ending.output["report"]);
    assert_eq!(house.calls("ssm.StopAutomationExecution").await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_is_terminated_after_the_plan_keeps_no_other_from_its_sensor() {
    let house = house_with([instance(1), instance(2)]).await;
    house.fault(json!({ "operation": "falcon.Ccid", "fault": "delay:10000", "times": 1 })).await;
    let terminated = async {
        while house.calls("falcon.Ccid").await == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        house.sandbox.put_instance(Instance { state: State::Terminated, ..instance(2) });
    };
    let (ending, ()) = tokio::join!(installed(&house, asked_for(&[1, 2])), terminated);
    let results = [(1, "installed".to_owned()), (2, "Instance.Terminated".to_owned())];
    assert_eq!(outcomes(&ending), results, "{:#}", ending.output["report"]);
    assert_eq!(house.calls("ssm.SendCommand").await, 2, "to both, and then to the one that is known");
}
