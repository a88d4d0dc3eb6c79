//! Instances to try things on, and what a command to them is made of.

use std::time::Duration;

use bytes::Bytes;
use falconer_sandbox::{Agent, CommandFate, Health, Instance, Platform, Sensor, State};
use http::Request;
use serde_json::{Value, json};

use crate::aws::{Answered, Aws, HUB};

/// The API client of Falcon whose tokens may download sensors.
pub(crate) const CLIENT: &str = "0000000000000000000000000install";
pub(crate) const SECRET: &str = "NotAnInstallSecretNotAnInstallSecretNotA";
/// Longer than any install takes.
pub(crate) const DONE: Duration = Duration::from_secs(100);

pub(crate) fn id(number: u32) -> String {
    format!("i-0f1a2b3c4d5e6{number:04}")
}

/// A Linux instance of the hub that runs, is managed and has no sensor.
pub(crate) fn instance(number: u32) -> Instance {
    Instance {
        account: HUB.to_owned(),
        region: "us-east-1".to_owned(),
        id: id(number),
        state: State::Running,
        platform: Platform::default(),
        tags: [("Name".to_owned(), format!("web-{number}"))].into(),
        agent: Agent::Online,
        sensor: None,
        command: CommandFate::Succeeds,
    }
}

pub(crate) fn with_fate(number: u32, command: CommandFate) -> Instance {
    Instance { command, ..instance(number) }
}

pub(crate) fn windows() -> Platform {
    let [kind, name, version, architecture] =
        ["Windows", "Microsoft Windows Server 2022 Datacenter", "10.0.20348", "x86_64"].map(str::to_owned);
    Platform { kind, name, version, architecture }
}

pub(crate) fn sensor(health: Health) -> Sensor {
    Sensor { version: "7.11.15000.0".to_owned(), health, reports_from: None, last_seen: None }
}

/// A sandbox whose hub has these instances.
pub(crate) fn hub_with(instances: impl IntoIterator<Item = Instance>) -> Aws {
    let aws = Aws::hub();
    instances.into_iter().for_each(|instance| aws.sandbox.put_instance(instance));
    aws
}

/// A token of the Falcon cloud that is good for half an hour.
pub(crate) async fn token(aws: &Aws) -> String {
    let request = Request::post("/falcon/oauth2/token").header("content-type", "application/x-www-form-urlencoded");
    let response = aws
        .sandbox
        .handle(request.body(Bytes::from(format!("client_id={CLIENT}&client_secret={SECRET}"))).unwrap())
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

/// What the package is given.
pub(crate) fn arguments(token: &str) -> Value {
    json!({"SSM_CS_CCID": "C1D-00", "SSM_CS_HOST": "api.crowdstrike.com", "SSM_CS_AUTH_TOKEN": token})
}

/// An input of SendCommand that installs the sensor.
pub(crate) fn install(instances: impl IntoIterator<Item = u32>, arguments: &Value) -> Value {
    json!({
        "DocumentName": "AWS-ConfigureAWSPackage",
        "InstanceIds": instances.into_iter().map(id).collect::<Vec<_>>(),
        "Parameters": {
            "action": ["Install"],
            "name": ["FalconSensor-CrowdStrike"],
            "additionalArguments": [arguments.to_string()],
        },
    })
}

/// The same with other members.
pub(crate) fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

pub(crate) async fn ssm(aws: &Aws, operation: &str, input: Value) -> Answered {
    aws.json("ssm", operation, input).await
}

/// Sends a command and answers its id.
pub(crate) async fn send(aws: &Aws, input: Value) -> String {
    let sent = ssm(aws, "SendCommand", input).await.ok();
    sent["Command"]["CommandId"].as_str().unwrap().to_owned()
}

/// Sends an install with a good token and answers its id.
pub(crate) async fn send_install(aws: &Aws, instances: impl IntoIterator<Item = u32>) -> String {
    let token = token(aws).await;
    send(aws, install(instances, &arguments(&token))).await
}

/// The command's status with its details.
pub(crate) async fn command(aws: &Aws, command: &str) -> String {
    let listed = ssm(aws, "ListCommands", json!({"CommandId": command})).await.ok();
    let found = &listed["Commands"][0];
    format!("{}/{}", found["Status"].as_str().unwrap(), found["StatusDetails"].as_str().unwrap())
}

/// The invocations, with the output of their steps.
pub(crate) async fn invocations(aws: &Aws, command: &str) -> Vec<Value> {
    let listed = ssm(aws, "ListCommandInvocations", json!({"CommandId": command, "Details": true})).await.ok();
    listed["CommandInvocations"].as_array().unwrap().clone()
}

/// The details of each invocation's status.
pub(crate) async fn details(aws: &Aws, command: &str) -> Vec<String> {
    let all = invocations(aws, command).await;
    all.iter().map(|one| one["StatusDetails"].as_str().unwrap().to_owned()).collect()
}

/// What the package's step of a command's one invocation put out.
pub(crate) async fn output(aws: &Aws, command: &str) -> String {
    let all = invocations(aws, command).await;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]["CommandPlugins"][1]["Output"].as_str().unwrap().to_owned()
}

/// The version of the sensor that an instance of the hub has, as its package has it.
pub(crate) async fn sensor_version(aws: &Aws, number: u32) -> Option<String> {
    let input = json!({"InstanceId": id(number), "TypeName": "AWS:Application"});
    let listed = ssm(aws, "ListInventoryEntries", input).await.ok();
    let mut entries = listed["Entries"].as_array().unwrap().iter();
    let sensor = entries
        .find(|entry| ["falcon-sensor", "CrowdStrike Windows Sensor"].contains(&entry["Name"].as_str().unwrap()));
    sensor.map(|entry| entry["Version"].as_str().unwrap().to_owned())
}
