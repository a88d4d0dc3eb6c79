//! Custom rules: PutConfigRule, DescribeConfigRules, DeleteConfigRule.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html>. A rule's Lambda function is not run: the
//! control endpoint shows the event that it would get.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::compliance::Evaluated;
use super::{Config, State, bad_token, invalid, key, own, served};
use crate::constraints::Constraints;
use crate::paging::page;
use crate::wire::{Answer, Call, ServiceError};

/// Rules of a page.
const PAGE: usize = 25;
/// Names of one call.
const MAX_NAMES: usize = 25;
/// Characters of a rule's parameters.
const MAX_PARAMETERS: usize = 1024;

/// What triggers a rule: members of the model's enumeration.
const MESSAGE_TYPES: [&str; 4] = [
    "ConfigurationItemChangeNotification",
    "ConfigurationSnapshotDeliveryCompleted",
    "ScheduledNotification",
    "OversizedConfigurationItemChangeNotification",
];

/// A custom rule with a Lambda function.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) arn: String,
    /// `config-rule-0a1b2c`
    pub(super) id: String,
    /// The members of the model's `ConfigRule` as they were put, without those that Config itself gives.
    put: Map<String, Value>,
    /// By resource type and id.
    pub(super) evaluated: BTreeMap<(String, String), Evaluated>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    #[serde(default)]
    config_rule_names: Vec<String>,
    next_token: Option<String>,
}

impl Rule {
    /// JSON text: the parameters that its function gets.
    pub(super) fn parameters(&self) -> &str {
        self.put.get("InputParameters").and_then(Value::as_str).unwrap_or("{}")
    }

    /// Whether messages of this type trigger it.
    pub(super) fn hears(&self, message_type: &str) -> bool {
        let details = self.put.get("Source").and_then(|source| source["SourceDetails"].as_array());
        details.is_some_and(|details| details.iter().any(|detail| detail["MessageType"] == message_type))
    }

    fn describe(&self) -> Value {
        let mut described = Value::Object(self.put.clone());
        described["ConfigRuleArn"] = self.arn.as_str().into();
        described["ConfigRuleId"] = self.id.as_str().into();
        described["ConfigRuleState"] = "ACTIVE".into();
        described
    }
}

impl Config {
    /// A rule that is put again keeps what was evaluated for it.
    pub(super) fn put_rule(&self, state: &mut State, call: &Call) -> Answer {
        served(call, &["ConfigRule"])?;
        let mut constraints = Constraints::default();
        let sent = call.input.get("ConfigRule");
        constraints.required("configRule", sent).finish()?;
        let wrong_type = || ServiceError::new("SerializationException", "ConfigRule must be a structure");
        let put = sent.and_then(Value::as_object).ok_or_else(wrong_type)?.clone();
        let name = check(&put)?;
        if !self.place(state, &call.caller).has_recorder() {
            let message = "Configuration Recorder is not available to put config rule.";
            return Err(ServiceError::new("NoAvailableConfigurationRecorderException", message));
        }
        let key = key(&call.caller, &name);
        match state.rules.get_mut(&key) {
            Some(rule) => rule.put = put,
            None => {
                let id = format!("config-rule-{}", self.identifiers.base32(6).to_lowercase());
                let resource = format!("config-rule/{id}");
                let arn = self.organization.arn("config", &call.caller.region, &call.caller.account, &resource);
                state.rules.insert(key, Rule { arn, id, put, evaluated: BTreeMap::new() });
            }
        }
        Ok(json!({}))
    }
}

pub(super) fn describe(state: &State, call: &Call) -> Answer {
    let Described { config_rule_names: names, next_token } = call.input()?;
    served(call, &["ConfigRuleNames", "NextToken"])?;
    Constraints::default().entries("configRuleNames", Some(names.len()), 0, MAX_NAMES).finish()?;
    if let Some(name) = names.iter().find(|name| !state.rules.contains_key(&key(&call.caller, name))) {
        return Err(no_such_rule(name));
    }
    let wanted = own(&state.rules, &call.caller)
        .filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name))
        .map(|(_, rule)| rule.describe());
    let page = page(wanted, PAGE, next_token.as_deref()).map_err(bad_token)?;
    let mut answer = json!({ "ConfigRules": page.items });
    if let Some(next) = page.next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

/// What was evaluated for the rule is gone with it.
pub(super) fn delete(state: &mut State, call: &Call) -> Answer {
    let name = name_of(call)?;
    state.rules.remove(&key(&call.caller, &name)).ok_or_else(|| no_such_rule(&name))?;
    Ok(json!({}))
}

/// `ConfigRuleName` of a call.
pub(super) fn name_of(call: &Call) -> Result<String, ServiceError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct OfRule {
        config_rule_name: Option<String>,
    }
    let name = call.input::<OfRule>()?.config_rule_name;
    let mut constraints = Constraints::default();
    constraints.required("configRuleName", name.as_ref()).length("configRuleName", name.as_deref(), 1, 128).finish()?;
    Ok(name.unwrap_or_default())
}

pub(super) fn no_such_rule(name: &str) -> ServiceError {
    let message =
        format!("The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name");
    ServiceError::new("NoSuchConfigRuleException", message)
}

/// The name of a rule that can be.
fn check(rule: &Map<String, Value>) -> Result<String, ServiceError> {
    const SERVED: [&str; 6] =
        ["ConfigRuleName", "Description", "Scope", "Source", "InputParameters", "MaximumExecutionFrequency"];
    if let Some(member) = rule.keys().find(|member| !SERVED.contains(&member.as_str())) {
        return Err(invalid(format!("The sandbox does not serve {member} of a rule")));
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let name = text(rule.get("ConfigRuleName"));
    let parameters = text(rule.get("InputParameters"));
    let source = rule.get("Source");
    let owner = text(source.and_then(|source| source.get("Owner")));
    let mut constraints = Constraints::default();
    constraints
        .length("configRule.configRuleName", name.as_deref(), 1, 128)
        .length("configRule.inputParameters", parameters.as_deref(), 1, MAX_PARAMETERS)
        .required("configRule.source", source)
        .required("configRule.source.owner", owner.as_ref())
        .one_of("configRule.source.owner", owner.as_deref(), &["CUSTOM_LAMBDA", "AWS", "CUSTOM_POLICY"]);
    let details = source.and_then(|source| source["SourceDetails"].as_array()).cloned().unwrap_or_default();
    for detail in &details {
        let message_type = detail["MessageType"].as_str();
        constraints.one_of("configRule.source.sourceDetails.messageType", message_type, &MESSAGE_TYPES);
    }
    constraints.finish()?;
    if owner.as_deref() != Some("CUSTOM_LAMBDA") {
        return Err(invalid("The sandbox has custom rules with a Lambda function only"));
    }
    if text(source.and_then(|source| source.get("SourceIdentifier"))).is_none() || details.is_empty() {
        return Err(invalid("A custom rule needs SourceIdentifier, its function's ARN, and SourceDetails"));
    }
    if parameters.is_some_and(|text| serde_json::from_str::<Map<String, Value>>(&text).is_err()) {
        return Err(invalid("InputParameters must be the text of a JSON object"));
    }
    name.ok_or_else(|| invalid("A new rule needs ConfigRuleName"))
}
