//! The runbooks as they are committed under statemachines/, built into the binary.

use falconer_activities::registry;
use falconer_sandbox::{Activity, Deployment, StateMachine, Trigger, When};
use serde::Deserialize;
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
pub const RUNBOOKS: [Runbook; 1] = [runbook!("contain-finding")];

/// A file of statemachines/triggers/.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Triggers {
    /// The EventBridge rules that start the runbook.
    pub rules: Vec<TriggerRule>,
}

/// One EventBridge rule.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TriggerRule {
    /// The rule's name.
    pub name: String,
    /// What it lets through, for a person.
    pub description: String,
    /// The event pattern.
    pub event_pattern: Value,
}

/// Everything that a stack would deploy: the activities, the state machines, the rules.
///
/// # Errors
/// A trigger file that cannot be read, which a test excludes.
pub fn deployment() -> serde_json::Result<Deployment> {
    let activities = registry::contracts().into_iter().map(|contract| Activity { name: contract.name.to_owned() });
    let mut deployment = Deployment { activities: activities.collect(), ..Deployment::default() };
    for runbook in RUNBOOKS {
        let name = runbook.slug.to_owned();
        deployment.state_machines.push(StateMachine { name: name.clone(), definition: runbook.definition.to_owned() });
        let Triggers { rules } = serde_json::from_str(runbook.triggers)?;
        deployment.triggers.extend(rules.into_iter().map(|rule| Trigger {
            name: rule.name,
            when: When::Event(rule.event_pattern.to_string()),
            input: None,
            state_machine: name.clone(),
        }));
    }
    Ok(deployment)
}
