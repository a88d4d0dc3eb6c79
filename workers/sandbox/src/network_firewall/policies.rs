//! Firewall policies: which rule groups are in force together.
//!
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_FirewallPolicy.html>.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{RuleOrder, invalid};
use super::enforcement::Versions;
use super::rule_groups::{MAX_CAPACITY, is_of, limit};
use super::{NetworkFirewall, State, check_name, earlier, list, not_found, stale_token};
use crate::constraints::Constraints;
use crate::wire::{Answer, Call, ServiceError, seconds};

/// Stateful groups of one policy, <https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>.
const MAX_GROUPS: usize = 20;

#[derive(Clone, Debug)]
pub(super) struct Policy {
    name: String,
    id: String,
    description: Option<String>,
    /// The `FirewallPolicy` structure as it was sent.
    value: Value,
    /// The rule groups, each with the time since when the policy has had it.
    pub(super) rule_groups: BTreeMap<String, Timestamp>,
    modified: Timestamp,
    pub(super) versions: Versions,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    firewall_policy_name: Option<String>,
    firewall_policy_arn: Option<String>,
    firewall_policy: Option<Value>,
    description: Option<String>,
    update_token: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    stateless_default_actions: Option<Vec<String>>,
    stateless_fragment_default_actions: Option<Vec<String>>,
    #[serde(default)]
    stateless_rule_group_references: Vec<Value>,
    #[serde(default)]
    stateful_rule_group_references: Vec<Reference>,
    #[serde(default)]
    stateful_engine_options: EngineOptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reference {
    resource_arn: String,
    priority: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EngineOptions {
    #[serde(default)]
    rule_order: RuleOrder,
}

impl Policy {
    pub(super) fn backdate(&mut self, by: SignedDuration) {
        self.modified = earlier(self.modified, by);
        self.rule_groups.values_mut().for_each(|since| *since = earlier(*since, by));
        self.versions.backdate(by);
    }
}

impl State {
    /// How many policies use a rule group.
    pub(super) fn policies_with(&self, rule_group: &str) -> usize {
        self.policies.values().filter(|policy| policy.rule_groups.contains_key(rule_group)).count()
    }
}

impl NetworkFirewall {
    pub(super) fn create_policy(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        check_name(&mut constraints, "firewallPolicyName", input.firewall_policy_name.as_ref());
        constraints.required("firewallPolicy", input.firewall_policy.as_ref()).finish()?;
        let name = input.firewall_policy_name.unwrap_or_default();
        let arn = self.arn_of(&call.caller, "firewall-policy", None, Some(&name))?;
        if state.policies.contains_key(&arn) {
            return Err(invalid("A resource with the specified name already exists"));
        }
        let now = self.clock.now();
        let value = input.firewall_policy.unwrap_or_default();
        let groups = references(state, &value)?;
        if let Some(context) = over_limit(state, &groups) {
            return Err(limit(context));
        }
        let rule_groups = groups.into_iter().map(|group| (group, now)).collect();
        let policy = Policy {
            name,
            id: self.identifiers.uuid(),
            description: input.description,
            value,
            rule_groups,
            modified: now,
            versions: Versions::first(self.identifiers.uuid(), now),
        };
        let response = response(state, &arn, &policy);
        let answer = json!({ "UpdateToken": policy.versions.token(), "FirewallPolicyResponse": response });
        if !input.dry_run {
            state.policies.insert(arn, policy);
        }
        Ok(answer)
    }

    pub(super) fn describe_policy(&self, state: &mut State, call: &Call) -> Answer {
        let (arn, policy) = self.policy(state, call)?;
        Ok(json!({
            "UpdateToken": policy.versions.token(),
            "FirewallPolicyResponse": response(state, &arn, policy),
            "FirewallPolicy": policy.value,
        }))
    }

    pub(super) fn update_policy(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("updateToken", input.update_token.as_ref())
            .required("firewallPolicy", input.firewall_policy.as_ref())
            .finish()?;
        let (arn, policy) = self.policy(state, call)?;
        if input.update_token.as_deref() != Some(policy.versions.token()) {
            return Err(stale_token());
        }
        let value = input.firewall_policy.unwrap_or_default();
        let now = self.clock.now();
        let groups = references(state, &value)?;
        if let Some(context) = over_limit(state, &groups) {
            // Unlike CreateFirewallPolicy, this operation has no LimitExceededException.
            return Err(invalid(&format!("Limit exceeded, context: {context}")));
        }
        let mut updated = policy.clone();
        updated.rule_groups = groups
            .into_iter()
            .map(|group| {
                let since = policy.rule_groups.get(&group).copied().unwrap_or(now);
                (group, since)
            })
            .collect();
        updated.value = value;
        updated.description = input.description.or(updated.description);
        updated.modified = now;
        if !input.dry_run {
            updated.versions.push(self.identifiers.uuid(), now);
        }
        let response = response(state, &arn, &updated);
        let answer = json!({ "UpdateToken": updated.versions.token(), "FirewallPolicyResponse": response });
        if !input.dry_run {
            state.policies.insert(arn, updated);
        }
        Ok(answer)
    }

    pub(super) fn list_policies(&self, state: &mut State, call: &Call) -> Answer {
        let own = state.policies.iter().filter(|(arn, _)| is_of(arn, call));
        list(call, "FirewallPolicies", own.map(|(arn, policy)| json!({ "Name": policy.name, "Arn": arn })))
    }

    fn policy<'a>(&self, state: &'a State, call: &Call) -> Result<(String, &'a Policy), ServiceError> {
        let input: Input = call.input()?;
        let (arn, name) = (input.firewall_policy_arn.as_deref(), input.firewall_policy_name.as_deref());
        let arn = self.arn_of(&call.caller, "firewall-policy", arn, name)?;
        let policy = state.policies.get(&arn).ok_or_else(|| not_found(&arn))?;
        Ok((arn, policy))
    }
}

/// The stateful rule groups that a policy names, if they go together.
fn references(state: &State, value: &Value) -> Result<BTreeSet<String>, ServiceError> {
    let content: Content = serde_json::from_value(value.clone())
        .map_err(|error| ServiceError::new("SerializationException", error.to_string()))?;
    let mut constraints = Constraints::default();
    constraints
        .required("firewallPolicy.statelessDefaultActions", content.stateless_default_actions.as_ref())
        .required(
            "firewallPolicy.statelessFragmentDefaultActions",
            content.stateless_fragment_default_actions.as_ref(),
        );
    constraints.finish()?;
    if !content.stateless_rule_group_references.is_empty() {
        return Err(invalid("The sandbox holds stateful rule groups only"));
    }
    let strict = content.stateful_engine_options.rule_order == RuleOrder::StrictOrder;
    let mut groups = BTreeSet::new();
    let mut priorities = BTreeSet::new();
    for Reference { resource_arn, priority } in content.stateful_rule_group_references {
        let group = state
            .rule_groups
            .get(&resource_arn)
            .ok_or_else(|| invalid(&format!("Referenced resource does not exist, parameter: [{resource_arn}]")))?;
        if group.content.order != content.stateful_engine_options.rule_order {
            let message = "The rule order of the policy and of its rule groups must be the same, parameter:";
            return Err(invalid(&format!("{message} [{resource_arn}]")));
        }
        match priority {
            Some(priority) if strict && priorities.insert(priority) => {}
            None if !strict => {}
            _ => {
                return Err(invalid(
                    "STRICT_ORDER needs a unique priority for each rule group, other orders need none",
                ));
            }
        }
        if !groups.insert(resource_arn) {
            return Err(invalid("A rule group stands twice in the policy"));
        }
    }
    Ok(groups)
}

/// In what the rule groups are more than one policy may have, if they are.
fn over_limit(state: &State, groups: &BTreeSet<String>) -> Option<String> {
    let (count, capacity) = (groups.len(), capacity(state, groups));
    (count > MAX_GROUPS || capacity > MAX_CAPACITY).then(|| {
        format!(
            "stateful rule groups: [{count}], at most [{MAX_GROUPS}]; stateful rules: [{capacity}], at most \
             [{MAX_CAPACITY}]"
        )
    })
}

fn capacity<'a>(state: &State, groups: impl IntoIterator<Item = &'a String>) -> i64 {
    groups.into_iter().filter_map(|group| state.rule_groups.get(group)).map(|group| group.capacity).sum()
}

fn response(state: &State, arn: &str, policy: &Policy) -> Value {
    let firewalls = state.firewalls.values().filter(|firewall| firewall.policy == arn).count();
    let mut response = json!({
        "FirewallPolicyName": policy.name,
        "FirewallPolicyArn": arn,
        "FirewallPolicyId": policy.id,
        "FirewallPolicyStatus": "ACTIVE",
        "ConsumedStatelessRuleCapacity": 0,
        "ConsumedStatefulRuleCapacity": capacity(state, policy.rule_groups.keys()),
        "NumberOfAssociations": firewalls,
        "EncryptionConfiguration": { "KeyId": "AWS_OWNED_KMS_KEY", "Type": "AWS_OWNED_KMS_KEY" },
        "LastModifiedTime": seconds(policy.modified),
    });
    if let Some(description) = &policy.description {
        response["Description"] = description.as_str().into();
    }
    response
}
