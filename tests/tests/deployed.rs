//! What is deployed is what is tested: the synthesized template of the hub, loaded by the sandbox. `make deployed` synthesizes it first.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use falconer_cli::execution::Ending;
use falconer_cli::runbooks;
use falconer_sandbox::{Deployment, When};
use falconer_tests::findings::{falcon, guardduty_connection, guardduty_port_probe, ocsf_connection};
use falconer_tests::fleet::{MEMBER, finding_of_a_missing_sensor, instance};
use falconer_tests::house::House;
use falconer_tests::newcomers::{NEWCOMER, ONBOARDING_CONFIG};
use falconer_tests::template::{Template, placeholders};
use serde_json::{Value, json};

fn deployment() -> Deployment {
    Template::of_the_hub().deployment()
}

async fn house() -> House {
    House::with_deployment(&deployment(), ONBOARDING_CONFIG).await
}

/// Definitions as the sandbox has them, by name.
async fn definitions(deployment: &Deployment) -> BTreeMap<String, Value> {
    let house = House::with_deployment(deployment, "").await;
    let states = house.states();
    let mut definitions = BTreeMap::new();
    for machine in states.list_state_machines().send().await.unwrap().state_machines {
        let described =
            states.describe_state_machine().state_machine_arn(machine.state_machine_arn).send().await.unwrap();
        definitions.insert(described.name, serde_json::from_str(&described.definition).unwrap());
    }
    definitions
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the synthesized template: `make deployed`"]
async fn every_definition_of_the_template_is_the_houses_with_every_placeholder_filled() {
    let template = deployment();
    for machine in &template.state_machines {
        assert_eq!(placeholders(&machine.definition), Vec::<String>::new(), "{}", machine.name);
    }
    let (template, house) = (definitions(&template).await, definitions(&runbooks::deployment().unwrap()).await);
    for (name, definition) in &house {
        assert!(template.get(name) == Some(definition), "{name} is another");
    }
    assert_eq!(template.len(), house.len());
}

#[test]
#[ignore = "needs the synthesized template: `make deployed`"]
fn every_activity_trigger_and_pipe_of_the_house_is_in_the_template_and_no_other() {
    let (template, house) = (deployment(), runbooks::deployment().unwrap());
    let here = |pattern: &str| {
        let pattern = pattern.replace("${AWS::AccountId}", "111122223333").replace("${AWS::Region}", "us-east-1");
        serde_json::from_str::<Value>(&pattern.replace("${AWS::Partition}", "aws")).unwrap().to_string()
    };
    let of = |deployment: &Deployment| -> BTreeSet<String> {
        let activities = deployment.activities.iter().map(|activity| activity.name.clone());
        let triggers = deployment.triggers.iter().map(|trigger| {
            let when = match &trigger.when {
                When::Event(pattern) => here(pattern),
                When::Schedule(schedule) => schedule.clone(),
            };
            format!("{} {when} {:?} {} {:?}", trigger.name, trigger.bus, trigger.state_machine, trigger.input)
        });
        let pipes = deployment.pipes.iter().map(|pipe| format!("{pipe:?}"));
        activities.chain(triggers).chain(pipes).collect()
    };
    assert_eq!(of(&template), of(&house));
}

/// How many executions each runbook has.
async fn started(house: &House) -> BTreeMap<&'static str, usize> {
    let mut started = BTreeMap::new();
    for runbook in runbooks::RUNBOOKS {
        let executions = house.executions_of(runbook.slug).await.len();
        if executions > 0 {
            started.insert(runbook.slug, executions);
        }
    }
    started
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the synthesized template: `make deployed`"]
async fn each_event_starts_exactly_the_runbooks_that_it_should() {
    let resolved = |mut finding: Value| {
        finding["Workflow"] = json!({ "Status": "RESOLVED" });
        finding
    };
    let annotated = |mut finding: Value| {
        finding["UserDefinedFields"] = json!({ "falconerState": "BLOCKED" });
        finding
    };
    let foreign = |mut finding: Value| {
        finding["ProductArn"] = "arn:aws:securityhub:us-east-1::product/aws/inspector".into();
        finding
    };
    let finding = || guardduty_connection("f-1", "198.51.100.7");
    let tower = |event, state| json!({ "event": event, "account": NEWCOMER, "state": state });
    let organizations = |event| json!({ "event": event, "account": NEWCOMER });
    let contain: &[_] = &["contain-finding"];
    let (install, onboard): (&[_], &[_]) = (&["install-sensor"], &["onboard-account"]);
    for (path, event, expected) in [
        ("findings", finding(), contain),
        ("findings", falcon("f-2", "domain", "evil.example"), contain),
        ("findings", guardduty_port_probe("f-3", &["198.51.100.8"]), contain),
        ("findings", resolved(finding()), &[]),
        ("findings", annotated(finding()), &[]),
        ("findings", foreign(finding()), &[]),
        ("findings", finding_of_a_missing_sensor(1), install),
        ("findings", ocsf_connection("u-1", "198.51.100.9"), contain),
        ("control-tower", tower("CreateManagedAccount", "SUCCEEDED"), onboard),
        ("control-tower", tower("UpdateManagedAccount", "FAILED"), onboard),
        ("control-tower", json!({ "event": "CreateManagedAccount", "account": NEWCOMER, "apiCall": true }), &[]),
        ("organizations", organizations("CloseAccount"), onboard),
        ("organizations", organizations("RemoveAccountFromOrganization"), onboard),
        ("organizations", organizations("MoveAccount"), &[]),
        ("organizations", organizations("CloseAccountResult"), &[]),
    ] {
        // Nobody works, so that nothing but the event starts anything.
        let house = House::deploying(&deployment()).await;
        house.control("POST", path, event.clone()).await;
        let started: Vec<_> = started(&house).await.into_keys().collect();
        assert_eq!(started, expected, "{path} {event}");
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the synthesized template: `make deployed`"]
async fn each_custom_action_starts_its_runbook() {
    for (action, expected) in [
        ("falconerBlock", "contain-finding"),
        ("falconerRelease", "release-block"),
        ("falconerInstall", "install-sensor"),
    ] {
        let house = House::deploying(&deployment()).await;
        let mut finding = guardduty_connection("f-1", "198.51.100.7");
        finding["Workflow"] = json!({ "Status": "NOTIFIED" });
        house.import(&finding).await;
        house.choose_with(action, &finding).await;
        assert_eq!(started(&house).await, BTreeMap::from([(expected, 1)]), "{action}");
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the synthesized template: `make deployed`"]
async fn a_finding_becomes_a_block_and_its_annotation_starts_nothing() {
    let house = house().await;
    house.import(&falcon("f-1", "domain", "evil.example")).await;
    house.success().await;
    assert_eq!(house.blocked().await, ["evil.example"]);
    assert_eq!(house.told("f-1").await.0, "Blocked");
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(started(&house).await.get("contain-finding"), Some(&1));
    // It is taken back, and a schedule takes what is over.
    house.choose_with("falconerRelease", &falcon("f-1", "domain", "evil.example")).await;
    assert!(house.endings_of("release-block").await.iter().all(Ending::succeeded));
    assert!(house.blocked().await.is_empty());
    tokio::time::sleep(Duration::from_secs(900)).await;
    assert!(!house.executions_of("expire-blocks").await.is_empty());
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the synthesized template: `make deployed`"]
async fn a_check_has_the_sensors_installed_that_it_finds_missing() {
    let house = house().await;
    house.clear_fleet().await;
    (1..=3).for_each(|number| house.sandbox.put_instance(instance(number)));
    assert!(house.run_of("check-compliance", &json!({})).await.succeeded());
    let endings = house.endings_of("install-sensor").await;
    assert_eq!(endings[0].output["report"]["counts"]["installed"], 3, "{endings:#?}");
    assert!(house.sensor_findings(MEMBER).await.is_empty());
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the synthesized template: `make deployed`"]
async fn a_new_account_is_protected() {
    let house = house().await;
    house.add_account(NEWCOMER, json!({ "roleAfterSeconds": 300 })).await;
    house.control_tower_creates(NEWCOMER).await;
    let ending = house.endings_of("onboard-account").await.remove(0);
    assert!(ending.succeeded(), "{ending:#?}");
}
