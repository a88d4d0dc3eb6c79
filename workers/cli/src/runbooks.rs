//! The runbooks as they are committed under statemachines/, built into the binary.

use std::time::Duration;

use falconer_activities::registry;
use falconer_sandbox::{Activity, Deployment, Pipe, StateMachine, Trigger, When};
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::Value;

/// A state machine and what starts it.
#[derive(Clone, Copy, Debug)]
pub struct Runbook {
    /// The slug, which is the state machine's name.
    pub slug: &'static str,
    /// statemachines/`<slug>`.asl.json: `${BlockIndicators}` stands for that activity's ARN.
    pub definition: &'static str,
    /// statemachines/triggers/`<slug>`.json: `${AWS::Region}` and the like stand for where it is deployed.
    pub triggers: &'static str,
}

macro_rules! runbook {
    ($slug:literal) => {
        Runbook {
            slug: $slug,
            definition: include_str!(concat!("../../../statemachines/", $slug, ".asl.json")),
            triggers: include_str!(concat!("../../../statemachines/triggers/", $slug, ".json")),
        }
    };
}

/// Every runbook.
pub const RUNBOOKS: [Runbook; 8] = [
    runbook!("contain-finding"),
    runbook!("release-block"),
    runbook!("expire-blocks"),
    runbook!("check-compliance"),
    runbook!("install-sensor"),
    runbook!("onboard-account"),
    runbook!("refresh-hunt-list"),
    runbook!("report-hits"),
];

/// A file of statemachines/triggers/.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Triggers {
    /// The EventBridge rules that start the runbook.
    #[serde(default)]
    pub rules: Vec<TriggerRule>,
    /// The EventBridge pipes that start it.
    #[serde(default)]
    pub pipes: Vec<TriggerPipe>,
}

/// One EventBridge rule: it waits for events, or for a time.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TriggerRule {
    /// The rule's name.
    pub name: String,
    /// What it lets through, for a person.
    pub description: String,
    /// The event pattern; the execution's input is the event.
    pub event_pattern: Option<Value>,
    /// The event bus that the pattern listens to, `falconer` for what members send; without it, the default one.
    pub event_bus_name: Option<String>,
    /// `rate(15 minutes)` or a `cron(…)`.
    pub schedule: Option<String>,
    /// The execution's input at that time.
    pub input: Option<Value>,
}

/// One EventBridge pipe: it hands on records of the firewall's alert log, which CloudWatch Logs puts into a stream of Kinesis.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TriggerPipe {
    /// The pipe's name.
    pub name: String,
    /// What it hands on, for a person.
    pub description: String,
    /// Records of one execution at most.
    pub batch_size: u32,
    /// How long the first of them waits for others.
    pub batching_window_seconds: u64,
}

impl TriggerPipe {
    fn into_pipe(self, state_machine: &str) -> Pipe {
        Pipe {
            name: self.name,
            state_machine: state_machine.to_owned(),
            batch_size: self.batch_size,
            batching_window: Duration::from_secs(self.batching_window_seconds),
        }
    }
}

impl TriggerRule {
    fn into_trigger(self, state_machine: &str) -> serde_json::Result<Trigger> {
        let when = match (self.event_pattern, self.schedule, &self.event_bus_name) {
            (Some(pattern), None, _) => When::Event(pattern.to_string()),
            (None, Some(schedule), None) => When::Schedule(schedule),
            _ => {
                let form = "either eventPattern, with or without eventBusName, or schedule";
                return Err(serde_json::Error::custom(format!("{}: {form}", self.name)));
            }
        };
        let input = self.input.map(|input| input.to_string());
        let state_machine = state_machine.to_owned();
        Ok(Trigger { name: self.name, when, bus: self.event_bus_name, state_machine, input })
    }
}

/// Everything that a stack would deploy: the activities, the state machines, the rules and pipes.
///
/// # Errors
/// A trigger file that cannot be read, which a test excludes.
pub fn deployment() -> serde_json::Result<Deployment> {
    let activities = registry::names().into_iter().map(|name| Activity { name: name.to_owned() });
    let mut deployment = Deployment { activities: activities.collect(), ..Deployment::default() };
    for runbook in RUNBOOKS {
        let name = runbook.slug.to_owned();
        deployment.state_machines.push(StateMachine { name: name.clone(), definition: runbook.definition.to_owned() });
        let Triggers { rules, pipes } = serde_json::from_str(runbook.triggers)?;
        deployment.pipes.extend(pipes.into_iter().map(|pipe| pipe.into_pipe(&name)));
        for rule in rules {
            deployment.triggers.push(rule.into_trigger(&name)?);
        }
    }
    Ok(deployment)
}
