//! Bringing activities, state machines and triggers in, as a stack would.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::organization::Organization;
use crate::seed;
use crate::service::Service;
use crate::services::Services;
use crate::wire::{Answer, Call, Caller, ServiceError};

/// What a stack deploys.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// The activities that definitions name.
    pub activities: Vec<Activity>,
    /// The state machines, which may name the activities.
    pub state_machines: Vec<StateMachine>,
    /// The rules, which start the state machines.
    pub triggers: Vec<Trigger>,
    /// The pipes, which start them too.
    pub pipes: Vec<Pipe>,
}

/// A Step Functions activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// `BlockIndicators`.
    pub name: String,
}

/// A state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateMachine {
    /// `contain-finding`.
    pub name: String,
    /// Amazon States Language; `${BlockIndicators}` stands for the ARN of the activity of that name,
    /// `${check-compliance}` for that of the state machine, `${NotificationTopicArn}` for that of the seeded topic,
    /// `${SnsPublishArn}` and `${StartExecutionArn}` for the service integrations, and `${AWS::Partition}` and the like
    /// for the hub's.
    pub definition: String,
}

/// An EventBridge rule with a state machine as its target.
///
/// In its pattern and its input `${AWS::Partition}`, `${AWS::Region}` and `${AWS::AccountId}` stand for the hub's, and
/// `${BlockIndicators}` for the ARN of that activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The rule's name.
    pub name: String,
    /// What fires the rule.
    pub when: When,
    /// The name of the hub's event bus that it listens to; without it, the default one.
    pub bus: Option<String>,
    /// The name of the state machine that the rule starts.
    pub state_machine: String,
    /// JSON that the state machine gets in place of the event.
    pub input: Option<String>,
}

/// What fires a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Events that match this pattern.
    Event(String),
    /// The sandbox's clock: `rate(5 minutes)`, `cron(0 10 * * ? *)`.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html>
    Schedule(String),
}

/// An EventBridge pipe that reads the firewall's alert log, by way of CloudWatch Logs and Kinesis, and gives a state machine the
/// list of the records that it gathered.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipe {
    /// The pipe's name.
    pub name: String,
    /// The name of the state machine that the pipe starts.
    pub state_machine: String,
    /// Records of one execution at most, 1 to 10,000; a batch ends sooner where its input would grow beyond 262,144 bytes.
    pub batch_size: u32,
    /// How long the first record of a batch waits for others, up to 300 whole seconds.
    pub batching_window: Duration,
}

/// What a deployment made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// Activity names with their ARNs.
    pub activities: BTreeMap<String, String>,
    /// State machine names with their ARNs.
    pub state_machines: BTreeMap<String, String>,
}

/// A part of a deployment that was refused.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The service did not take it.
    #[error("{what}: {code}: {message}")]
    Refused {
        /// `state machine contain-finding`.
        what: String,
        /// The service's error.
        code: String,
        /// What the service says.
        message: String,
    },
    /// A `${…}` that stands for nothing, or a trigger's or pipe's state machine that is not part of the deployment.
    #[error("{what} names {name}, which the deployment does not have")]
    Unknown {
        /// `trigger contain-finding-imported`.
        what: String,
        /// What was not found.
        name: String,
    },
}

pub(crate) async fn deploy(services: &Services, deployment: &Deployment) -> Result<Deployed, DeployError> {
    let organization = &services.organization;
    let mut deployed = Deployed::default();
    let mut placeholders = pseudo_parameters(organization);
    for Activity { name } in &deployment.activities {
        let answer = call(services, Service::StepFunctions, "CreateActivity", json!({ "name": name })).await;
        let arn = arn(answer, "activityArn", || format!("activity {name}"))?;
        placeholders.insert(name.clone(), arn.clone());
        deployed.activities.insert(name.clone(), arn);
    }
    // A definition may name a state machine that is deployed after it.
    for StateMachine { name, .. } in &deployment.state_machines {
        placeholders.insert(name.clone(), machine_arn(organization, name));
    }
    for machine in &deployment.state_machines {
        let arn = deploy_machine(services, machine, &placeholders).await?;
        deployed.state_machines.insert(machine.name.clone(), arn);
    }
    for trigger in &deployment.triggers {
        deploy_trigger(services, trigger, &placeholders, &deployed).await?;
    }
    for pipe in &deployment.pipes {
        deploy_pipe(services, pipe, &deployed)?;
    }
    Ok(deployed)
}

async fn deploy_machine(
    services: &Services,
    machine: &StateMachine,
    placeholders: &BTreeMap<String, String>,
) -> Result<String, DeployError> {
    let what = || format!("state machine {}", machine.name);
    let definition = fill(&machine.definition, placeholders, what)?;
    let organization = &services.organization;
    let role = organization.arn("iam", "", &organization.hub, "role/falconer-states");
    let input = json!({ "name": machine.name, "definition": definition, "roleArn": role });
    let created = call(services, Service::StepFunctions, "CreateStateMachine", input).await;
    if !created.as_ref().is_err_and(|error| error.code == "StateMachineAlreadyExists") {
        return arn(created, "stateMachineArn", what);
    }
    let arn = machine_arn(organization, &machine.name);
    let input = json!({ "stateMachineArn": arn, "definition": definition, "roleArn": role });
    call(services, Service::StepFunctions, "UpdateStateMachine", input)
        .await
        .map_err(|error| refused(what(), error))?;
    Ok(arn)
}

fn machine_arn(organization: &Organization, name: &str) -> String {
    organization.arn("states", &organization.region, &organization.hub, &format!("stateMachine:{name}"))
}

async fn deploy_trigger(
    services: &Services,
    trigger: &Trigger,
    placeholders: &BTreeMap<String, String>,
    deployed: &Deployed,
) -> Result<(), DeployError> {
    let what = || format!("trigger {}", trigger.name);
    let mut rule = match &trigger.when {
        When::Event(pattern) => json!({ "Name": trigger.name, "EventPattern": fill(pattern, placeholders, what)? }),
        When::Schedule(expression) => json!({ "Name": trigger.name, "ScheduleExpression": expression }),
    };
    let target = target(deployed, &trigger.state_machine, what)?;
    let organization = &services.organization;
    let role = organization.arn("iam", "", &organization.hub, "role/falconer-events");
    let mut target = json!({ "Id": trigger.state_machine, "Arn": target, "RoleArn": role });
    if let Some(input) = &trigger.input {
        target["Input"] = fill(input, placeholders, what)?.into();
    }
    let mut targets = json!({ "Rule": trigger.name, "Targets": [target] });
    if let Some(bus) = &trigger.bus {
        (rule["EventBusName"], targets["EventBusName"]) = (bus.as_str().into(), bus.as_str().into());
    }
    for (operation, input) in [("PutRule", rule), ("PutTargets", targets)] {
        let answer = call(services, Service::EventBridge, operation, input).await;
        answer.map_err(|error| refused(what(), error))?;
    }
    Ok(())
}

fn deploy_pipe(services: &Services, pipe: &Pipe, deployed: &Deployed) -> Result<(), DeployError> {
    let what = || format!("pipe {}", pipe.name);
    let target = target(deployed, &pipe.state_machine, what)?;
    let put = services.pipes.put(&pipe.name, target, pipe.batch_size, pipe.batching_window);
    put.map_err(|error| refused(what(), error))
}

/// The ARN of the state machine that something starts.
fn target<'a>(deployed: &'a Deployed, machine: &str, what: impl Fn() -> String) -> Result<&'a str, DeployError> {
    let target = deployed.state_machines.get(machine).map(String::as_str);
    target.ok_or_else(|| DeployError::Unknown { what: what(), name: machine.to_owned() })
}

/// A call of the hub's own, which is not counted and meets no fault.
async fn call(services: &Services, service: Service, operation: &str, input: Value) -> Answer {
    let Organization { hub, region, .. } = &*services.organization;
    let arn = services.organization.arn("iam", "", hub, "user/sandbox");
    let caller = Caller { account: hub.clone(), region: region.clone(), arn };
    services.call(service, Call { caller, operation: operation.to_owned(), input }).await
}

fn arn(answer: Answer, member: &str, what: impl Fn() -> String) -> Result<String, DeployError> {
    let answer = answer.map_err(|error| refused(what(), error))?;
    Ok(answer.get(member).and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn refused(what: String, error: ServiceError) -> DeployError {
    DeployError::Refused { what, code: error.code, message: error.message }
}

fn pseudo_parameters(organization: &Organization) -> BTreeMap<String, String> {
    let Organization { partition, region, hub, .. } = organization;
    let topic = organization.arn("sns", region, hub, seed::TOPIC);
    let publish = organization.arn("states", "", "", "sns:publish");
    let start = organization.arn("states", "", "", "states:startExecution");
    let values = [
        ("AWS::Partition", partition),
        ("AWS::Region", region),
        ("AWS::AccountId", hub),
        ("NotificationTopicArn", &topic),
        ("SnsPublishArn", &publish),
        ("StartExecutionArn", &start),
    ];
    values.map(|(name, value)| (name.to_owned(), value.clone())).into()
}

/// The text with every `${name}` replaced.
fn fill(text: &str, values: &BTreeMap<String, String>, what: impl Fn() -> String) -> Result<String, DeployError> {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        let value = values.get(name).ok_or_else(|| DeployError::Unknown { what: what(), name: name.to_owned() })?;
        filled.push_str(value);
        filled.push_str(rest);
    }
    Ok(filled)
}
