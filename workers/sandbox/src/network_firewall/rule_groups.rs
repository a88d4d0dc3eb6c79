//! Stateful rule groups and their optimistic lock.
//!
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateRuleGroup.html>.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{Content, invalid};
use super::enforcement::Versions;
use super::{NetworkFirewall, State, check_name, earlier, list, not_found, stale_token};
use crate::constraints::{Constraints, required};
use crate::wire::{Answer, Call, ServiceError, seconds};

/// Rules of one stateful group, <https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html>.
pub(super) const MAX_CAPACITY: i64 = 30_000;
/// Stateful groups of one account and region, same page.
const MAX_GROUPS: usize = 50;

#[derive(Clone, Debug)]
pub(super) struct RuleGroup {
    name: String,
    id: String,
    description: Option<String>,
    pub(super) capacity: i64,
    pub(super) content: Content,
    tags: Option<Value>,
    encryption: Value,
    modified: Timestamp,
    pub(super) versions: Versions,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    rule_group_name: Option<String>,
    rule_group_arn: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    rule_group: Option<Value>,
    rules: Option<String>,
    description: Option<String>,
    capacity: Option<i64>,
    update_token: Option<String>,
    tags: Option<Value>,
    encryption_configuration: Option<Value>,
    #[serde(default)]
    dry_run: bool,
}

impl RuleGroup {
    pub(super) fn backdate(&mut self, by: SignedDuration) {
        self.modified = earlier(self.modified, by);
        self.versions.backdate(by);
    }
}

impl Input {
    /// The sandbox holds stateful groups; without a type only an ARN tells.
    fn check_kind(&self) -> Result<(), ServiceError> {
        match self.kind.as_deref() {
            Some("STATEFUL") => Ok(()),
            Some("STATELESS" | "STATEFUL_DOMAIN" | "FIREWALL" | "IPS") => {
                Err(invalid("The sandbox holds rule groups of type STATEFUL only"))
            }
            None if self.rule_group_arn.is_some() => Ok(()),
            kind => {
                let mut constraints = Constraints::default();
                constraints.required("type", kind.as_ref()).one_of("type", kind, &["STATELESS", "STATEFUL"]).finish()
            }
        }
    }
}

impl NetworkFirewall {
    pub(super) fn create_rule_group(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        check_name(&mut constraints, "ruleGroupName", input.rule_group_name.as_ref());
        constraints.required("type", input.kind.as_ref()).required("capacity", input.capacity.as_ref()).length(
            "description",
            input.description.as_deref(),
            0,
            512,
        );
        constraints.finish()?;
        input.check_kind()?;
        let name = input.rule_group_name.unwrap_or_default();
        let arn = self.arn_of(&call.caller, "stateful-rulegroup", None, Some(&name))?;
        if state.rule_groups.contains_key(&arn) {
            return Err(invalid("A resource with the specified name already exists"));
        }
        let own =
            state.rule_groups.keys().filter(|known| known.split(':').nth(4) == Some(call.caller.account.as_str()));
        if own.count() >= MAX_GROUPS {
            return Err(limit(format!("stateful rule groups: [{MAX_GROUPS}]")));
        }
        let capacity = input.capacity.unwrap_or_default();
        if capacity > MAX_CAPACITY {
            return Err(limit(format!("stateful rule group capacity: [{capacity}], at most [{MAX_CAPACITY}]")));
        }
        if capacity < 1 {
            return Err(invalid("Capacity must be at least 1"));
        }
        let content = Content::from_request(input.rule_group, input.rules)?;
        check_capacity(&content, capacity)?;
        let now = self.clock.now();
        let group = RuleGroup {
            name,
            id: self.identifiers.uuid(),
            description: input.description,
            capacity,
            content,
            tags: input.tags,
            encryption: input.encryption_configuration.unwrap_or_else(default_encryption),
            modified: now,
            versions: Versions::first(self.identifiers.uuid(), now),
        };
        let answer = json!({ "UpdateToken": group.versions.token(), "RuleGroupResponse": response(&arn, &group, 0) });
        if !input.dry_run {
            state.rule_groups.insert(arn, group);
        }
        Ok(answer)
    }

    pub(super) fn describe_rule_group(&self, state: &mut State, call: &Call) -> Answer {
        let (arn, group) = self.rule_group(state, call)?;
        Ok(json!({
            "UpdateToken": group.versions.token(),
            "RuleGroup": group.content.value,
            "RuleGroupResponse": response(&arn, group, state.policies_with(&arn)),
        }))
    }

    pub(super) fn describe_rule_group_metadata(&self, state: &mut State, call: &Call) -> Answer {
        let (arn, group) = self.rule_group(state, call)?;
        let mut answer = json!({
            "RuleGroupArn": arn,
            "RuleGroupName": group.name,
            "Type": "STATEFUL",
            "Capacity": group.capacity,
            "LastModifiedTime": seconds(group.modified),
        });
        if let Some(description) = &group.description {
            answer["Description"] = description.as_str().into();
        }
        if let Some(options) = group.content.value.get("StatefulRuleOptions") {
            answer["StatefulRuleOptions"] = options.clone();
        }
        Ok(answer)
    }

    pub(super) fn update_rule_group(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let token = required("updateToken", input.update_token)?;
        let (arn, group) = self.rule_group(state, call)?;
        if token != group.versions.token() {
            return Err(stale_token());
        }
        let content = Content::from_request(input.rule_group, input.rules)?;
        check_capacity(&content, group.capacity)?;
        if content.order != group.content.order {
            return Err(invalid(
                "The rule order of a rule group can't be changed: send StatefulRuleOptions as they were, parameter: \
                 [StatefulRuleOptions.RuleOrder]",
            ));
        }
        let now = self.clock.now();
        let mut updated = group.clone();
        updated.content = content;
        updated.description = input.description.or(updated.description);
        updated.encryption = input.encryption_configuration.unwrap_or(updated.encryption);
        updated.modified = now;
        if !input.dry_run {
            updated.versions.push(self.identifiers.uuid(), now);
        }
        let answer = json!({
            "UpdateToken": updated.versions.token(),
            "RuleGroupResponse": response(&arn, &updated, state.policies_with(&arn)),
        });
        if !input.dry_run {
            state.rule_groups.insert(arn, updated);
        }
        Ok(answer)
    }

    pub(super) fn delete_rule_group(&self, state: &mut State, call: &Call) -> Answer {
        let (arn, group) = self.rule_group(state, call)?;
        if state.policies_with(&arn) > 0 {
            let message = "Unable to delete the object because it is still in use";
            return Err(ServiceError::new("InvalidOperationException", message));
        }
        let mut response = response(&arn, group, 0);
        response["RuleGroupStatus"] = "DELETING".into();
        state.rule_groups.remove(&arn);
        Ok(json!({ "RuleGroupResponse": response }))
    }

    pub(super) fn list_rule_groups(&self, state: &mut State, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Scope {
            scope: Option<String>,
            #[serde(rename = "Type")]
            kind: Option<String>,
        }
        let input: Scope = call.input()?;
        // The sandbox has no managed groups, and no groups of another type.
        let shown =
            input.scope.as_deref() != Some("MANAGED") && matches!(input.kind.as_deref(), None | Some("STATEFUL"));
        let own = state.rule_groups.iter().filter(|(arn, _)| shown && is_of(arn, call));
        list(call, "RuleGroups", own.map(|(arn, group)| json!({ "Name": group.name, "Arn": arn })))
    }

    /// Does what another writer would do in between: gives the group that the call names a new version.
    pub(crate) fn touch_rule_group(&self, call: &Call) {
        self.locked(|state| {
            let Ok((arn, _)) = self.rule_group(state, call) else {
                return;
            };
            if let Some(group) = state.rule_groups.get_mut(&arn) {
                group.versions.push(self.identifiers.uuid(), self.clock.now());
            }
        });
    }

    fn rule_group<'a>(&self, state: &'a State, call: &Call) -> Result<(String, &'a RuleGroup), ServiceError> {
        let input: Input = call.input()?;
        input.check_kind()?;
        let (arn, name) = (input.rule_group_arn.as_deref(), input.rule_group_name.as_deref());
        let arn = self.arn_of(&call.caller, "stateful-rulegroup", arn, name)?;
        let group = state.rule_groups.get(&arn).ok_or_else(|| not_found(&arn))?;
        Ok((arn, group))
    }
}

/// Whether a resource is of the caller's account and region.
pub(super) fn is_of(arn: &str, call: &Call) -> bool {
    let mut parts = arn.split(':').skip(3);
    parts.next() == Some(call.caller.region.as_str()) && parts.next() == Some(call.caller.account.as_str())
}

/// `LimitExceededException`.
pub(super) fn limit(context: String) -> ServiceError {
    ServiceError::new("LimitExceededException", format!("Limit exceeded, context: {context}"))
}

fn check_capacity(content: &Content, capacity: i64) -> Result<(), ServiceError> {
    if content.consumed <= capacity {
        return Ok(());
    }
    let consumed = content.consumed;
    Err(invalid(&format!("Rule group capacity exceeded, parameter: [{consumed}], context: capacity: [{capacity}]")))
}

fn default_encryption() -> Value {
    json!({ "KeyId": "AWS_OWNED_KMS_KEY", "Type": "AWS_OWNED_KMS_KEY" })
}

fn response(arn: &str, group: &RuleGroup, associations: usize) -> Value {
    let mut response = json!({
        "RuleGroupArn": arn,
        "RuleGroupName": group.name,
        "RuleGroupId": group.id,
        "Type": "STATEFUL",
        "Capacity": group.capacity,
        "RuleGroupStatus": "ACTIVE",
        "ConsumedCapacity": group.content.consumed,
        "NumberOfAssociations": associations,
        "EncryptionConfiguration": group.encryption,
        "LastModifiedTime": seconds(group.modified),
    });
    if let Some(description) = &group.description {
        response["Description"] = description.as_str().into();
    }
    if let Some(tags) = &group.tags {
        response["Tags"] = tags.clone();
    }
    response
}
