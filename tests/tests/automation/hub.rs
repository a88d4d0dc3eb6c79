//! From the hub's document to an execution, and back to what the document says of it.

use std::io::Write;
use std::process::{Command, Stdio};

use falconer_domain::install::{Asker, InstallRequest};
use falconer_domain::policy::{Pause, Switch};
use falconer_sandbox::{CommandFate, Instance};
use falconer_tests::fleet::{EAST, MEMBER, instance};
use falconer_tests::house::House;
use serde_json::{Value, json};

use crate::INSTANCE;
use crate::document::{Document, Given};

fn given(automatic: &'static str) -> Given {
    Given::from([
        ("AutomationAssumeRole", "arn:aws:iam::111122223333:role/start-install-sensor"),
        ("StateMachineArn", "arn:aws:states:us-east-1:111122223333:stateMachine:install-sensor"),
        ("AccountId", MEMBER),
        ("Region", EAST),
        ("InstanceId", INSTANCE),
        ("Reason", "CHG-42 (ana@example.com)"),
        ("Automatic", automatic),
    ])
}

/// The execution's input that the document makes.
fn input(automatic: &'static str) -> Value {
    let inputs = Document::hub().inputs("installSensor", &given(automatic));
    serde_json::from_str(inputs["input"].as_str().unwrap()).unwrap()
}

/// What a step of `aws:executeScript` answers, or the exception with which it fails.
pub(crate) fn run(step: &Value, payload: &Value) -> Result<Value, String> {
    let (script, handler) = (step["inputs"]["Script"].as_str().unwrap(), step["inputs"]["Handler"].as_str().unwrap());
    let program = format!("{script}\n\nimport json, sys\nprint(json.dumps({handler}(json.load(sys.stdin), None)))\n");
    let mut python = Command::new("python3");
    python.args(["-c", &program]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut python = python.spawn().unwrap();
    python.stdin.take().unwrap().write_all(payload.to_string().as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    if output.status.success() {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

/// What the document says of an execution with this output.
fn told(output: &Value) -> Result<Value, String> {
    run(Document::hub().step("tell"), &json!({ "output": output.to_string() }))
}

/// A house in which the instance has no sensor, and in which this becomes of a command.
async fn house(command: CommandFate) -> House {
    let house = House::open().await;
    house.clear_fleet().await;
    house.sandbox.put_instance(Instance { id: INSTANCE.to_owned(), command, ..instance(1) });
    house
}

#[test]
fn the_runbook_understands_what_the_document_asks() {
    for (automatic, asker) in [("false", Asker::Person), ("true", Asker::Automatic)] {
        let request = InstallRequest::read(&input(automatic)).unwrap();
        assert_eq!((request.asker, request.reason.as_str()), (asker, "CHG-42 (ana@example.com)"));
        assert_eq!(request.targets[0].place.to_string(), format!("{MEMBER}/{EAST}"));
        let instances = request.targets[0].instances.as_ref().unwrap();
        assert_eq!(instances.iter().map(|id| id.as_str()).collect::<Vec<_>>(), [INSTANCE]);
    }
}

#[test]
fn an_automation_starts_one_execution_however_often_its_step_runs() {
    let inputs = Document::hub().inputs("installSensor", &given("false"));
    let name = inputs["name"].as_str().unwrap();
    assert_eq!(name, "automation-73c8eef8-f4ee-4a05-820c-e354fEXAMPLE");
    assert!(name.len() <= 80, "Step Functions takes no longer name");
}

#[test]
fn the_document_outlasts_the_state_machine() {
    let definition = include_str!("../../../statemachines/install-sensor.asl.json");
    let definition: Value = serde_json::from_str(definition).unwrap();
    let document = Document::hub();
    let patience = document.step("installSensor")["timeoutSeconds"].as_u64().unwrap();
    assert!(patience > definition["TimeoutSeconds"].as_u64().unwrap());
}

#[tokio::test(start_paused = true)]
async fn the_document_ends_well_when_falcon_hears_of_the_sensor() {
    let house = house(CommandFate::default()).await;
    let ending = house.run_of("install-sensor", &input("false")).await;
    assert!(ending.succeeded(), "{ending:#?}");
    assert_eq!(told(&ending.output).unwrap(), json!({ "sentence": "1 instance: 1 installed." }));
}

#[tokio::test(start_paused = true)]
async fn the_document_fails_with_the_instances_error_although_the_execution_went_well() {
    let house = house(CommandFate::SucceedsWithoutSensor).await;
    let ending = house.run_of("install-sensor", &input("false")).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let failure = told(&ending.output).unwrap_err();
    assert!(failure.contains("Sensor.NotReporting: "), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn the_document_fails_with_the_reason_of_a_pause() {
    let house = house(CommandFate::default()).await;
    let pause = Pause { since: "2026-01-15T10:00:00Z".parse().unwrap(), reason: "case 42".to_owned() };
    house.set_switch(&Switch::Paused(pause)).await;
    let ending = house.run_of("install-sensor", &input("true")).await;
    assert!(ending.succeeded(), "{ending:#?}");
    let failure = told(&ending.output).unwrap_err();
    assert!(failure.contains("automatic acts are paused"), "{failure}");
}
