//! Automation: CrowdStrike's own document.

use std::time::Duration;

use falconer_sandbox::{Agent, CommandFate, Instance};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::aws::{Aws, MEMBER};
use crate::nodes::{CLIENT, DONE, SECRET, details, hub_with, id, instance, sensor_version, ssm, with_fate};

/// The parameters that the document reads its API client from.
async fn with_client(instances: impl IntoIterator<Item = Instance>) -> Aws {
    let aws = hub_with(instances);
    for (name, value) in [("Cloud", "api.crowdstrike.com"), ("ClientId", CLIENT), ("ClientSecret", SECRET)] {
        let name = format!("/CrowdStrike/Falcon/{name}");
        ssm(&aws, "PutParameter", json!({"Name": name, "Value": value, "Type": "SecureString"})).await.ok();
    }
    aws
}

fn starting(parameters: Value) -> Value {
    json!({"DocumentName": "CrowdStrike-FalconSensorDeploy", "Parameters": parameters})
}

async fn start(aws: &Aws, instances: &[u32]) -> String {
    let ids: Vec<_> = instances.iter().copied().map(id).collect();
    let started = ssm(aws, "StartAutomationExecution", starting(json!({"InstanceIds": ids}))).await.ok();
    started["AutomationExecutionId"].as_str().unwrap().to_owned()
}

async fn get(aws: &Aws, execution: &str) -> Value {
    let answer = ssm(aws, "GetAutomationExecution", json!({"AutomationExecutionId": execution})).await.ok();
    answer["AutomationExecution"].clone()
}

fn steps(execution: &Value) -> Vec<&str> {
    let steps = execution["StepExecutions"].as_array().unwrap();
    steps.iter().map(|step| step["StepStatus"].as_str().unwrap()).collect()
}

/// Whether the token that the first step put out still installs the sensor on instance 1, which has none.
async fn is_good(aws: &Aws, execution: &Value) -> bool {
    let token = execution["StepExecutions"][0]["Outputs"]["falconOauthToken"][0].as_str().unwrap();
    let command = crate::nodes::send(aws, crate::nodes::install([1], &crate::nodes::arguments(token))).await;
    sleep(DONE).await;
    details(aws, &command).await == ["Success"]
}

#[tokio::test(start_paused = true)]
async fn the_document_installs_on_what_is_active_and_gives_its_token_back() {
    let lost = Instance { agent: Agent::ConnectionLost, ..instance(2) };
    let aws = with_client([instance(1), lost]).await;
    let execution = start(&aws, &[1, 2]).await;
    sleep(Duration::from_secs(6)).await;
    let running = get(&aws, &execution).await;
    assert_eq!(steps(&running), ["Success", "Success", "InProgress", "Pending"]);
    assert_eq!(running["CurrentStepName"], "ExecuteDistributorPackage");
    sleep(DONE * 2).await;
    let ended = get(&aws, &execution).await;
    assert_eq!((&ended["AutomationExecutionStatus"], steps(&ended)), (&json!("Success"), vec!["Success"; 4]));
    let message = ended["Outputs"]["HandlePreqrequisites.message"][0].as_str().unwrap();
    assert!(message.contains(&format!("skipped: {}", id(2))), "{message}");
    assert!(sensor_version(&aws, 1).await.is_some());
    let package = &ended["StepExecutions"][2]["Outputs"];
    let command = package["CommandId"][0].as_str().unwrap();
    assert_eq!(details(&aws, command).await, ["Success"]);
    assert!(package["Output"][0].as_str().unwrap().contains("installed successfully"));
    assert!(!ended.to_string().contains(SECRET), "{ended}");
    aws.sandbox.put_instance(instance(1));
    assert!(!is_good(&aws, &ended).await, "the token was given back");
}

#[tokio::test(start_paused = true)]
async fn without_an_active_instance_the_document_succeeds_and_does_nothing() {
    let aws = with_client([]).await;
    let execution = start(&aws, &[7]).await;
    sleep(DONE).await;
    let ended = get(&aws, &execution).await;
    assert_eq!(steps(&ended), ["Success", "Success", "Pending", "Success"]);
    assert_eq!(ended["AutomationExecutionStatus"], "Success");
    assert!(
        ended["Outputs"]["HandlePreqrequisites.message"][0].as_str().unwrap().contains("No instances in the ACTIVE")
    );
}

#[tokio::test(start_paused = true)]
async fn a_failed_install_fails_the_execution_and_names_no_instance() {
    let aws = with_client([instance(1), with_fate(2, CommandFate::Fails)]).await;
    let execution = start(&aws, &[1, 2]).await;
    sleep(DONE * 2).await;
    let ended = get(&aws, &execution).await;
    assert_eq!(steps(&ended), ["Success", "Success", "Failed", "Failed"]);
    assert_eq!(ended["AutomationExecutionStatus"], "Failed");
    assert!(ended["FailureMessage"].as_str().unwrap().contains("ExecuteDistributorPackage"));
    let package = &ended["StepExecutions"][2];
    assert!(!package.to_string().contains(&id(2)), "{package}");
    assert_eq!(details(&aws, package["Outputs"]["CommandId"][0].as_str().unwrap()).await, ["Success", "Failed"]);
}

#[tokio::test(start_paused = true)]
async fn without_its_api_client_the_first_step_fails() {
    let aws = hub_with([instance(1)]);
    let execution = start(&aws, &[1]).await;
    sleep(DONE).await;
    let ended = get(&aws, &execution).await;
    assert_eq!(steps(&ended), ["Failed", "Pending", "Pending", "Pending"]);
    assert_eq!(ended["FailureMessage"], "Parameter /CrowdStrike/Falcon/Cloud not found.");
}

#[tokio::test(start_paused = true)]
async fn the_api_client_may_be_in_secrets_manager() {
    let aws = hub_with([instance(1)]);
    let value = json!({"ClientId": CLIENT, "ClientSecret": SECRET, "Cloud": "c"});
    let secret = json!({
        "Name": "/CrowdStrike/Falcon/Distributor", "SecretString": value.to_string(),
        "ClientRequestToken": "0".repeat(36),
    });
    aws.json("secretsmanager", "CreateSecret", secret).await.ok();
    let parameters = json!({"InstanceIds": [id(1)], "SecretStorageMethod": ["SecretsManager"]});
    let started = ssm(&aws, "StartAutomationExecution", starting(parameters)).await.ok();
    sleep(DONE * 2).await;
    let ended = get(&aws, started["AutomationExecutionId"].as_str().unwrap()).await;
    assert_eq!(ended["AutomationExecutionStatus"], "Success", "{ended}");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_execution_cancels_its_command_and_keeps_its_token() {
    let aws = with_client([instance(1)]).await;
    let execution = start(&aws, &[1]).await;
    sleep(Duration::from_secs(20)).await;
    let stop = async || ssm(&aws, "StopAutomationExecution", json!({"AutomationExecutionId": execution})).await;
    stop().await.ok();
    assert_eq!(stop().await.error(), "400 InvalidAutomationStatusUpdateException");
    sleep(DONE).await;
    let ended = get(&aws, &execution).await;
    assert_eq!(steps(&ended), ["Success", "Success", "Cancelled", "Pending"]);
    assert_eq!(ended["AutomationExecutionStatus"], "Cancelled");
    assert_eq!(sensor_version(&aws, 1).await, None);
    assert!(is_good(&aws, &ended).await, "the step that revokes it did not run");
}

#[tokio::test(start_paused = true)]
async fn what_automation_does_not_take_is_refused_by_its_error() {
    let aws = with_client([instance(1)]).await;
    let named = json!({"InstanceIds": [id(1)]});
    let also = |name: &str, value: &str| json!({"InstanceIds": [id(1)], name: [value]});
    let invalid = "400 InvalidAutomationExecutionParametersException";
    for (input, expected) in [
        (json!({"DocumentName": "AWS-StopEC2Instance"}), "400 AutomationDefinitionNotFoundException"),
        (json!({"DocumentName": null}), "400 ValidationException"),
        (starting(json!({"Action": ["Install"]})), invalid),
        (starting(json!({"InstanceIds": ["web-1"]})), invalid),
        (starting(also("Action", "install")), invalid),
        (starting(also("Colour", "red")), invalid),
        (starting(json!({"InstanceIds": (0..51).map(id).collect::<Vec<_>>()})), "400 ValidationException"),
    ] {
        assert_eq!(ssm(&aws, "StartAutomationExecution", input.clone()).await.error(), expected, "{input}");
    }
    let mut twice = starting(named);
    twice["ClientToken"] = "00000000-0000-4000-8000-000000000000".into();
    let first = ssm(&aws, "StartAutomationExecution", twice.clone()).await.ok();
    assert_eq!(ssm(&aws, "StartAutomationExecution", twice.clone()).await.ok(), first);
    twice["Parameters"] = also("Action", "Uninstall");
    assert_eq!(ssm(&aws, "StartAutomationExecution", twice).await.error(), "400 IdempotentParameterMismatch");
    for operation in ["GetAutomationExecution", "StopAutomationExecution"] {
        let answer = ssm(&aws.of(MEMBER), operation, first.clone()).await;
        assert_eq!(answer.error(), "400 AutomationExecutionNotFoundException");
    }
}
