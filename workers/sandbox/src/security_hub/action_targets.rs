//! Custom actions, and a person who chooses one.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_CreateActionTarget.html>; events:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{SecurityHub, State, given, invalid};
use crate::events::Event;
use crate::paging::page;
use crate::wire::{Answer, Call, ServiceError};

/// Characters of a name, and of an id.
const MAX_LENGTH: usize = 20;
/// Findings that the console sends to one custom action at once.
const MAX_CHOSEN: usize = 20;

#[derive(Clone, Debug)]
pub(super) struct ActionTarget {
    name: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    name: Option<String>,
    description: Option<String>,
    id: Option<String>,
    action_target_arn: Option<String>,
    action_target_arns: Option<Vec<String>>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

impl SecurityHub {
    pub(super) fn create_action_target(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let name = checked_name(given("Name", input.name)?)?;
        let description = given("Description", input.description)?;
        let id = given("Id", input.id)?;
        if id.is_empty() || id.len() > MAX_LENGTH || !id.chars().all(|character| character.is_ascii_alphanumeric()) {
            return Err(invalid(format!("Id must have 1 to {MAX_LENGTH} alphanumeric characters")));
        }
        let caller = &call.caller;
        let arn = self.organization.arn("securityhub", &caller.region, &caller.account, &format!("action/custom/{id}"));
        if state.action_targets.contains_key(&arn) {
            let message = format!("Action target {arn} already exists");
            return Err(ServiceError::new("ResourceConflictException", message));
        }
        state.action_targets.insert(arn.clone(), ActionTarget { name, description });
        Ok(json!({ "ActionTargetArn": arn }))
    }

    pub(super) fn describe_action_targets(&self, state: &State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let own = self.organization.arn("securityhub", &call.caller.region, &call.caller.account, "action/custom/");
        if let Some(missing) =
            input.action_target_arns.iter().flatten().find(|arn| !state.action_targets.contains_key(*arn))
        {
            return Err(not_found(missing));
        }
        let wanted = |arn: &String| input.action_target_arns.as_ref().is_none_or(|arns| arns.contains(arn));
        let described = state.action_targets.iter().filter(|(arn, _)| arn.starts_with(&own) && wanted(arn)).map(
            |(arn, target)| json!({ "ActionTargetArn": arn, "Name": target.name, "Description": target.description }),
        );
        let size = input.max_results.unwrap_or(100);
        if !(1..=100).contains(&size) {
            return Err(invalid("MaxResults must be between 1 and 100"));
        }
        let page = page(described, size, input.next_token.as_deref()).map_err(|_| invalid("NextToken is not valid"))?;
        let mut answer = json!({ "ActionTargets": page.items });
        if let Some(next) = page.next {
            answer["NextToken"] = next.into();
        }
        Ok(answer)
    }

    pub(super) fn update_action_target(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let arn = self.own_target(call, input.action_target_arn)?;
        let target = state.action_targets.get_mut(&arn).ok_or_else(|| not_found(&arn))?;
        if let Some(name) = input.name {
            target.name = checked_name(name)?;
        }
        if let Some(description) = input.description {
            target.description = description;
        }
        Ok(json!({}))
    }

    pub(super) fn delete_action_target(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let arn = self.own_target(call, input.action_target_arn)?;
        state.action_targets.remove(&arn).ok_or_else(|| not_found(&arn))?;
        Ok(json!({ "ActionTargetArn": arn }))
    }

    /// Somebody at the console chooses findings and a custom action: one event for each finding. Gives the events' ids.
    ///
    /// # Errors
    /// What is wrong with the choice, as a sentence.
    pub(crate) fn choose(&self, action: &str, findings: &[Value]) -> Result<Vec<String>, String> {
        self.locked(|state| {
            let target =
                state.action_targets.get(action).ok_or_else(|| format!("there is no custom action {action}"))?;
            if findings.is_empty() || findings.len() > MAX_CHOSEN {
                return Err(format!("choose between 1 and {MAX_CHOSEN} findings"));
            }
            let mut parts = action.split(':').skip(3);
            let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let chosen = findings.iter().map(|identifier| {
                let name = |member: &str| identifier[member].as_str().unwrap_or_default();
                let mut keys = state.findings.named(name("ProductArn"), name("Id"));
                let record = keys.find(|key| key.region == region).and_then(|key| state.findings.get(key));
                record.map(|record| &record.finding).ok_or_else(|| format!("there is no finding {identifier}"))
            });
            let chosen = chosen.collect::<Result<Vec<_>, _>>()?;
            let ids = chosen.into_iter().map(|finding| {
                let event =
                    self.events.event(account, region, "aws.securityhub", "Security Hub Findings - Custom Action");
                let detail = json!({
                    "actionName": target.name,
                    "actionDescription": target.description,
                    "findings": [finding],
                });
                let event = Event { resources: vec![action.to_owned()], detail, ..event };
                self.events.publish(&event);
                event.id
            });
            Ok(ids.collect())
        })
    }

    fn own_target(&self, call: &Call, arn: Option<String>) -> Result<String, ServiceError> {
        let arn = given("ActionTargetArn", arn)?;
        let own = self.organization.arn("securityhub", &call.caller.region, &call.caller.account, "action/custom/");
        if arn.starts_with(&own) { Ok(arn) } else { Err(not_found(&arn)) }
    }
}

fn checked_name(name: String) -> Result<String, ServiceError> {
    if name.trim().is_empty() || name.chars().count() > MAX_LENGTH {
        return Err(invalid(format!("Name must have 1 to {MAX_LENGTH} characters")));
    }
    Ok(name)
}

fn not_found(arn: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("Action target {arn} is not found"))
}
