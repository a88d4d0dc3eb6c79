//! The runbooks as they are committed under statemachines/, built into the binary.

use falconer_activities::registry;
use falconer_sandbox::{Activity, Deployment, StateMachine, Trigger, When};
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
pub const RUNBOOKS: [Runbook; 5] = [
    runbook!("contain-finding"),
    runbook!("release-block"),
    runbook!("expire-blocks"),
    runbook!("check-compliance"),
    runbook!("install-sensor"),
];

/// A file of statemachines/triggers/.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Triggers {
    /// The EventBridge rules that start the runbook.
    pub rules: Vec<TriggerRule>,
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

/// Everything that a stack would deploy: the activities, the state machines, the rules.
///
/// # Errors
/// A trigger file that cannot be read, which a test excludes.
pub fn deployment() -> serde_json::Result<Deployment> {
    let activities = registry::names().into_iter().map(|name| Activity { name: name.to_owned() });
    let mut deployment = Deployment { activities: activities.collect(), ..Deployment::default() };
    for runbook in RUNBOOKS {
        let name = runbook.slug.to_owned();
        deployment.state_machines.push(StateMachine { name: name.clone(), definition: runbook.definition.to_owned() });
        let Triggers { rules } = serde_json::from_str(runbook.triggers)?;
        for rule in rules {
            deployment.triggers.push(rule.into_trigger(&name)?);
        }
    }
    Ok(deployment)
}
