//! What a rule starts: PutTargets, RemoveTargets, ListTargetsByRule.
//!
//! A target is a state machine and gets the whole event, or a constant in its place: what Falconer's triggers do, and
//! nothing else is served.
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html>.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::rules::{bad_token, with_next};
use super::{EventBridge, RuleKey};
use crate::constraints::{Constraints, required};
use crate::paging::page;
use crate::wire::{Answer, Call, ServiceError};

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
const MAX_TARGETS_PER_RULE: usize = 5;
/// Characters of a constant input.
const MAX_INPUT: usize = 8192;

/// A state machine that a rule starts.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) arn: String,
    /// Whose permissions start it. AWS demands one for a state machine; the sandbox has no permissions to check.
    role: String,
    /// JSON text that it gets in place of the event.
    pub(super) input: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfRule {
    rule: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    targets: Vec<Value>,
    #[serde(default)]
    ids: Vec<String>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl EventBridge {
    pub(super) fn put_targets(&self, call: &Call) -> Answer {
        let input: OfRule = call.input()?;
        let mut constraints = Constraints::default();
        constraints.entries("targets", Some(input.targets.len()), 1, 100).finish()?;
        let targets = input.targets.iter().map(target).collect::<Result<Vec<_>, _>>()?;
        self.with_rule(&self.rule_key(call)?, |rule| {
            let mut all = rule.targets.clone();
            all.extend(targets);
            if all.len() > MAX_TARGETS_PER_RULE {
                let message = "The requested resource exceeds the maximum number allowed: 5 targets per rule";
                return Err(ServiceError::new("LimitExceededException", message));
            }
            rule.targets = all;
            Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
        })
    }

    pub(super) fn remove_targets(&self, call: &Call) -> Answer {
        let input: OfRule = call.input()?;
        let mut constraints = Constraints::default();
        constraints.entries("ids", Some(input.ids.len()), 1, 100).finish()?;
        self.with_rule(&self.rule_key(call)?, |rule| {
            let missing = input.ids.iter().filter(|id| rule.targets.remove(*id).is_none()).map(|id| {
                let message = format!("Target {id} does not exist.");
                json!({ "TargetId": id, "ErrorCode": "ResourceNotFoundException", "ErrorMessage": message })
            });
            let missing: Vec<_> = missing.collect();
            Ok(json!({ "FailedEntryCount": missing.len(), "FailedEntries": missing }))
        })
    }

    fn rule_key(&self, call: &Call) -> Result<RuleKey, ServiceError> {
        let OfRule { rule, event_bus_name, .. } = call.input()?;
        Ok((self.own_bus(event_bus_name.as_deref(), &call.caller)?, required("rule", rule)?))
    }

    pub(super) fn list_targets(&self, call: &Call) -> Answer {
        let input: OfRule = call.input()?;
        let mut constraints = Constraints::default();
        constraints.range("limit", input.limit, 1, 100).finish()?;
        let size = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(100);
        self.with_rule(&self.rule_key(call)?, |rule| {
            let targets = rule.targets.iter().map(|(id, target)| describe(id, target));
            let page = page(targets, size, input.next_token.as_deref()).map_err(bad_token)?;
            Ok(with_next(json!({ "Targets": page.items }), page.next))
        })
    }
}

/// A target and its id, if it asks for nothing that the sandbox would leave undone.
fn target(value: &Value) -> Result<(String, Target), ServiceError> {
    let text = |name: &str| match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ServiceError::new("SerializationException", format!("{name} of a target must be a string"))),
    };
    let id = required("targets.member.id", text("Id")?)?;
    let arn = required("targets.member.arn", text("Arn")?)?;
    let refuse = |problem: String| Err(ServiceError::new("ValidationException", problem));
    let parts: Vec<&str> = arn.split(':').collect();
    if !matches!(parts.as_slice(), ["arn", _, "states", _, _, "stateMachine", _]) {
        return refuse(format!("Target {id}: the sandbox starts state machines only, not {arn}"));
    }
    const SERVED: [&str; 4] = ["Id", "Arn", "RoleArn", "Input"];
    let unserved = value.as_object().and_then(|members| members.keys().find(|name| !SERVED.contains(&name.as_str())));
    if let Some(name) = unserved {
        return refuse(format!("Target {id}: the sandbox gives the whole event or Input; {name} is not served"));
    }
    let Some(role) = text("RoleArn")? else {
        return refuse(format!("RoleArn is required for target {arn}."));
    };
    let input = text("Input")?;
    let mut constraints = Constraints::default();
    constraints.length("targets.member.input", input.as_deref(), 0, MAX_INPUT).finish()?;
    if input.as_deref().is_some_and(|text| serde_json::from_str::<IgnoredAny>(text).is_err()) {
        return refuse(format!("JSON syntax error in input for target {id}."));
    }
    Ok((id, Target { arn, role, input }))
}

fn describe(id: &str, target: &Target) -> Value {
    let mut described = json!({ "Id": id, "Arn": target.arn, "RoleArn": target.role });
    if let Some(input) = &target.input {
        described["Input"] = input.as_str().into();
    }
    described
}
