//! What a rule group holds: read from a request, checked, counted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::suricata;
use super::suricata_header::Names;
use crate::wire::ServiceError;

/// Bytes of a group's rules, <https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>.
const MAX_RULES_BYTES: usize = 2_000_000;

/// In which order the engine runs rules. A policy takes only groups of its own order.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RuleOrder {
    #[default]
    DefaultActionOrder,
    StrictOrder,
}

/// A group's content as it was sent, with what was learned in checking it.
#[derive(Clone, Debug)]
pub(super) struct Content {
    /// The `RuleGroup` structure, whole, as the next DescribeRuleGroup shows it.
    pub(super) value: Value,
    pub(super) order: RuleOrder,
    /// How many rules of the capacity it uses.
    pub(super) consumed: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RuleGroup {
    #[serde(default)]
    rule_variables: RuleVariables,
    #[serde(default)]
    reference_sets: ReferenceSets,
    rules_source: Option<RulesSource>,
    #[serde(default)]
    stateful_rule_options: StatefulRuleOptions,
}

#[derive(Default, Deserialize)]
struct RuleVariables {
    #[serde(default, rename = "IPSets")]
    ip_sets: BTreeMap<String, Value>,
    #[serde(default, rename = "PortSets")]
    port_sets: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
struct ReferenceSets {
    #[serde(default, rename = "IPSetReferences")]
    ip_set_references: BTreeMap<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatefulRuleOptions {
    #[serde(default)]
    rule_order: RuleOrder,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RulesSource {
    rules_string: Option<String>,
    rules_source_list: Option<RulesSourceList>,
    stateful_rules: Option<Vec<Value>>,
    stateless_rules_and_custom_actions: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RulesSourceList {
    targets: Vec<String>,
    target_types: Vec<String>,
}

impl Content {
    /// Content from either form of a request. A bare text of rules brings no variables and no order of rules along:
    /// what the group had of them is gone, as it is in AWS.
    ///
    /// # Errors
    /// `InvalidRequestException` or `ValidationException`, saying what is wrong.
    pub(super) fn from_request(group: Option<Value>, rules: Option<String>) -> Result<Self, ServiceError> {
        match (group, rules) {
            (Some(group), None) => Self::of_group(group),
            (None, Some(rules)) => Self::of_group(json!({ "RulesSource": { "RulesString": rules } })),
            (Some(_), Some(_)) => Err(invalid("You must provide either RuleGroup or Rules, but not both")),
            (None, None) => Err(invalid("You must provide either RuleGroup or Rules")),
        }
    }

    fn of_group(value: Value) -> Result<Self, ServiceError> {
        let group: RuleGroup = serde_json::from_value(value.clone())
            .map_err(|error| ServiceError::new("SerializationException", error.to_string()))?;
        let source = group.rules_source.ok_or_else(|| {
            let message = "1 validation error detected: Value null at 'ruleGroup.rulesSource' failed to satisfy \
                           constraint: Member must not be null";
            ServiceError::new("ValidationException", message)
        })?;
        let order = group.stateful_rule_options.rule_order;
        let mut names = Names::default();
        names.addresses.extend(group.rule_variables.ip_sets.into_keys());
        names.ports.extend(group.rule_variables.port_sets.into_keys());
        names.references.extend(group.reference_sets.ip_set_references.into_keys());
        let consumed = consumed(&source, &names, order)?;
        let consumed = i64::try_from(consumed).unwrap_or(i64::MAX);
        Ok(Self { value, order, consumed })
    }
}

fn consumed(source: &RulesSource, names: &Names, order: RuleOrder) -> Result<usize, ServiceError> {
    if source.stateless_rules_and_custom_actions.is_some() {
        return Err(invalid("A stateful rule group holds no stateless rules"));
    }
    match (&source.rules_string, &source.rules_source_list, &source.stateful_rules) {
        (Some(text), None, None) if text.len() > MAX_RULES_BYTES => {
            let message = format!(
                "1 validation error detected: Value '…' at 'ruleGroup.rulesSource.rulesString' failed to satisfy \
                 constraint: Member must have length less than or equal to {MAX_RULES_BYTES}"
            );
            Err(ServiceError::new("ValidationException", message))
        }
        (Some(text), None, None) => {
            suricata::count(text, names, order == RuleOrder::StrictOrder).map_err(|error| invalid(&error.to_string()))
        }
        (None, Some(list), None) if list.target_types.is_empty() => Err(invalid("RulesSourceList has no TargetTypes")),
        (None, Some(list), None) => Ok(list.targets.len() * list.target_types.len()),
        (None, None, Some(rules)) => Ok(rules.len()),
        _ => Err(invalid("RulesSource must have exactly one of RulesString, RulesSourceList and StatefulRules")),
    }
}

/// `InvalidRequestException`.
pub(super) fn invalid(message: &str) -> ServiceError {
    ServiceError::new("InvalidRequestException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_rules_bring_no_order_along() {
        let rules = "drop ip any any -> any any (sid:1;)".to_owned();
        let content = Content::from_request(None, Some(rules)).unwrap();
        assert_eq!((content.order, content.consumed), (RuleOrder::DefaultActionOrder, 1));
        assert!(content.value.get("StatefulRuleOptions").is_none());
    }

    #[test]
    fn a_domain_list_counts_once_for_each_kind_of_traffic() {
        let list = json!({"RulesSource": {"RulesSourceList": {
            "Targets": [".evil.example", "bad.example"], "TargetTypes": ["TLS_SNI", "HTTP_HOST"],
            "GeneratedRulesType": "DENYLIST"}}});
        assert_eq!(Content::from_request(Some(list), None).unwrap().consumed, 4);
    }

    #[test]
    fn rules_of_more_than_two_million_bytes_are_refused() {
        let text = format!("#{}", "x".repeat(2_000_000));
        assert_eq!(Content::from_request(None, Some(text)).unwrap_err().code, "ValidationException");
        let text = format!("#{}", "x".repeat(1_999_999));
        assert!(Content::from_request(None, Some(text)).is_ok());
    }

    #[test]
    fn a_variable_of_the_group_may_be_used_in_its_rules() {
        let rules = "drop tcp $OURS any -> any $WEB (sid:1;)";
        let group = |variables: Value| json!({"RuleVariables": variables, "RulesSource": {"RulesString": rules}});
        let both =
            json!({"IPSets": {"OURS": {"Definition": ["10.0.0.0/8"]}}, "PortSets": {"WEB": {"Definition": ["443"]}}});
        assert!(Content::from_request(Some(group(both)), None).is_ok());
        assert!(Content::from_request(Some(group(json!({}))), None).is_err());
    }
}
