//! Whether Step Functions has the activities and state machines of this version.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sfn::Client;
use falconer_activities::doctor::in_time;
use falconer_activities::registry;
use falconer_domain::doctor::{Check, Diagnosis, Subject};
use falconer_domain::place::AccountId;
use futures_util::future;
use serde_json::Value;

use crate::aws::AwsCallError;
use crate::runbooks::RUNBOOKS;

const DEPLOY: &str = "Deploy this version of Falconer.";

/// Looks at both.
pub(super) async fn examine(client: &Client, hub: AccountId) -> [Check; 2] {
    let told = |told: Result<Diagnosis, AwsCallError>| {
        told.unwrap_or_else(|error| {
            Diagnosis::unknown(
                &error.to_string(),
                "Whoever runs this needs states:ListActivities, ListStateMachines and DescribeStateMachine.",
            )
        })
    };
    let activities = in_time(async { told(activities(client).await) });
    let machines = in_time(async { told(state_machines(client).await) });
    let (activities, machines) = future::join(activities, machines).await;
    [("activities", activities), ("state machines", machines)]
        .map(|(name, diagnosis)| Check::of_account(hub, Subject::Deployment, diagnosis).named(name))
}

async fn activities(client: &Client) -> Result<Diagnosis, AwsCallError> {
    let mut deployed = BTreeSet::new();
    let mut pages = client.list_activities().into_paginator().items().send();
    while let Some(activity) = pages.next().await {
        deployed.insert(activity.map_err(|error| AwsCallError::new("ListActivities", &error))?.name);
    }
    let wanted = registry::names();
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !deployed.contains(*name)).collect();
    Ok(if missing.is_empty() {
        Diagnosis::ok(&format!("All {} are there.", wanted.len()))
    } else {
        lacking(missing.len(), wanted.len(), &missing)
    })
}

async fn state_machines(client: &Client) -> Result<Diagnosis, AwsCallError> {
    let mut deployed = BTreeMap::new();
    let mut pages = client.list_state_machines().into_paginator().items().send();
    while let Some(machine) = pages.next().await {
        let machine = machine.map_err(|error| AwsCallError::new("ListStateMachines", &error))?;
        deployed.insert(machine.name, machine.state_machine_arn);
    }
    let missing: Vec<&str> =
        RUNBOOKS.iter().map(|runbook| runbook.slug).filter(|slug| !deployed.contains_key(*slug)).collect();
    if !missing.is_empty() {
        return Ok(lacking(missing.len(), RUNBOOKS.len(), &missing));
    }
    let mut others = Vec::new();
    for runbook in RUNBOOKS {
        let Some(arn) = deployed.get(runbook.slug) else { continue };
        let machine = client.describe_state_machine().state_machine_arn(arn).send().await;
        let machine = machine.map_err(|error| AwsCallError::new("DescribeStateMachine", &error))?;
        if !is_of(runbook.definition, &machine.definition) {
            others.push(runbook.slug);
        }
    }
    Ok(if others.is_empty() {
        Diagnosis::ok(&format!("All {} are there, as this version has them.", RUNBOOKS.len()))
    } else {
        Diagnosis::note(
            &format!("{} of {} are not as this version has them: {}.", others.len(), RUNBOOKS.len(), others.join(", ")),
            "While a deployment is under way that is well. After it, deploy this version, or use the command of the version that is deployed.",
        )
    })
}

fn lacking(missing: usize, of: usize, names: &[&str]) -> Diagnosis {
    Diagnosis::broken(&format!("{missing} of {of} are missing: {}.", names.join(", ")), DEPLOY)
}

/// Whether a definition is ours, in which `${…}` stands for what only a deployment knows.
fn is_of(ours: &str, deployed: &str) -> bool {
    match (serde_json::from_str(ours), serde_json::from_str(deployed)) {
        (Ok(ours), Ok(deployed)) => is_like(&ours, &deployed),
        _ => false,
    }
}

fn is_like(ours: &Value, deployed: &Value) -> bool {
    match (ours, deployed) {
        (Value::Object(ours), Value::Object(deployed)) => {
            ours.len() == deployed.len()
                && ours.iter().all(|(name, value)| deployed.get(name).is_some_and(|other| is_like(value, other)))
        }
        (Value::Array(ours), Value::Array(deployed)) => {
            ours.len() == deployed.len() && ours.iter().zip(deployed).all(|(one, other)| is_like(one, other))
        }
        (Value::String(ours), Value::String(_)) if ours.contains("${") => true,
        _ => ours == deployed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_ours_whatever_a_deployment_put_into_it_and_nothing_else() {
        let ours = r#"{"States": {"A": {"Resource": "${CheckRole}", "Retry": [{"ErrorEquals": ["X"]}]}}}"#;
        let deployed = ours.replace("${CheckRole}", "arn:aws:states:us-east-1:111122223333:activity:CheckRole");
        assert!(is_of(ours, &deployed));
        for other in [
            deployed.replace("\"X\"", "\"Y\""),
            deployed.replace("[\"X\"]", "[\"X\", \"Y\"]"),
            deployed.replace("\"A\"", "\"B\""),
            deployed.replace("\"Resource\"", "\"End\": true, \"Resource\""),
            "no JSON".to_owned(),
        ] {
            assert!(!is_of(ours, &other), "{other}");
        }
    }
}
