//! The input of the runbook `check-compliance`: the event of a Config rule, or what a person or a schedule wrote.
//!
//! ```json
//! {}
//! {"accountId": "444455556666", "region": "us-east-1"}
//! {"accountId": "444455556666", "region": "us-east-1", "instances": ["i-0f1a2b3c4d5e6f701"], "dryRun": true}
//! ```

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::instance::InstanceId;
use crate::place::{AccountId, Place, Region};
use crate::request::InvalidRequest;
use crate::request::form::{optional, refuse_unknown};

const FIELDS: [&str; 4] = ["accountId", "region", "instances", "dryRun"];

/// More than these are a whole account: name that.
pub(crate) const MOST_INSTANCES: usize = 500;

/// What an instance's configuration, and its inventory, are called in Config. Both have the instance's id.
const RECORDED: [&str; 2] = ["AWS::EC2::Instance", "AWS::SSM::ManagedInstanceInventory"];

/// What is to be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckRequest {
    /// Which instances.
    pub scope: Scope,
    /// The call of a Config rule that waits for evaluations; without one, only findings are written.
    pub rule: Option<RuleCall>,
    /// Whether only to tell the verdicts.
    pub dry_run: bool,
}

/// Which instances are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Scope {
    /// All of the organization.
    All,
    /// All of an account, in one region or in each.
    Account {
        /// The account.
        account: AccountId,
        /// The region, if only one is meant.
        region: Option<Region>,
    },
    /// These.
    Instances {
        /// Where they are.
        place: Place,
        /// Their ids.
        ids: BTreeSet<InstanceId>,
    },
}

/// A Config rule that called, and how it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleCall {
    /// By which Config knows the answer. It is good for this rule, account and region.
    pub token: String,
    /// Instances that no longer exist, or that the rule no longer looks at.
    pub gone: BTreeSet<InstanceId>,
}

impl CheckRequest {
    /// Reads an execution's input.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(input: &Value) -> Result<Self, InvalidRequest> {
        let form = input.as_object().ok_or_else(|| {
            InvalidRequest::field(
                "input",
                "it must be an object: {} for all instances, or with `accountId`, `region`, `instances`",
            )
        })?;
        if form.contains_key("invokingEvent") { called_by_rule(input) } else { written(form) }
    }
}

fn written(form: &Map<String, Value>) -> Result<CheckRequest, InvalidRequest> {
    refuse_unknown(form, &FIELDS, "")?;
    let account = optional::<AccountId>(form, "accountId", "a text of twelve digits")?;
    let region = optional::<Region>(form, "region", "a region such as `eu-central-1`")?;
    let ids = optional::<BTreeSet<InstanceId>>(form, "instances", "a list of ids such as `i-0f1a2b3c4d5e6f701`")?;
    let scope = match (account, region, ids) {
        (None, None, None) => Scope::All,
        (Some(account), region, None) => Scope::Account { account, region },
        (Some(account), Some(region), Some(ids)) => {
            Scope::Instances { place: Place { account, region }, ids: some_of_them(ids)? }
        }
        (None, _, _) => return Err(InvalidRequest::field("accountId", "name the account that the rest is about")),
        (_, None, _) => return Err(InvalidRequest::field("region", "name the region of the instances")),
    };
    let dry_run = optional(form, "dryRun", "`true` or `false`")?.unwrap_or_default();
    Ok(CheckRequest { scope, rule: None, dry_run })
}

/// The ids, if there are some and not too many.
pub(crate) fn some_of_them(ids: BTreeSet<InstanceId>) -> Result<BTreeSet<InstanceId>, InvalidRequest> {
    if (1..=MOST_INSTANCES).contains(&ids.len()) {
        return Ok(ids);
    }
    let problem =
        format!("there must be 1 to {MOST_INSTANCES} ids; leave the list out for the whole account and region");
    Err(InvalidRequest::field("instances", problem))
}

/// The event that Config sends to a custom rule
/// (<https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html>).
fn called_by_rule(event: &Value) -> Result<CheckRequest, InvalidRequest> {
    let place = place_of_rule(event)?;
    let token = event["resultToken"].as_str().filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| {
        InvalidRequest::field("resultToken", "it must be the text that Config sends with a rule's event")
    })?;
    let invoking: Value = event["invokingEvent"]
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| InvalidRequest::field("invokingEvent", "it must be JSON in a text, as Config sends it"))?;
    let item = [&invoking["configurationItem"], &invoking["configurationItemSummary"]]
        .into_iter()
        .find(|item| item.is_object());
    let (scope, gone) = match item {
        // A schedule or a snapshot: everything that the rule looks at.
        None => (Scope::Account { account: place.account, region: Some(place.region) }, BTreeSet::new()),
        Some(item) => {
            let id = BTreeSet::from([instance_of(item)?]);
            let is_gone =
                event["eventLeftScope"] == true || item["configurationItemStatus"].as_str().is_some_and(is_over);
            let (ids, gone) = if is_gone { (BTreeSet::new(), id) } else { (id, BTreeSet::new()) };
            (Scope::Instances { place, ids }, gone)
        }
    };
    Ok(CheckRequest { scope, rule: Some(RuleCall { token: token.to_owned(), gone }), dry_run: false })
}

/// `arn:aws:config:us-east-1:444455556666:config-rule/config-rule-0123456`: only the ARN says the region.
fn place_of_rule(event: &Value) -> Result<Place, InvalidRequest> {
    let arn = event["configRuleArn"].as_str().unwrap_or_default();
    let parts: Vec<&str> = arn.split(':').collect();
    let place = match parts.as_slice() {
        ["arn", _, "config", region, account, _] => region.parse().ok().zip(account.parse().ok()),
        _ => None,
    };
    let (region, account) =
        place.ok_or_else(|| InvalidRequest::field("configRuleArn", "it must be the ARN of a Config rule"))?;
    if event["accountId"].as_str().and_then(|id| id.parse().ok()) != Some(account) {
        return Err(InvalidRequest::field("accountId", "it must be the account of configRuleArn"));
    }
    Ok(Place { account, region })
}

fn instance_of(item: &Value) -> Result<InstanceId, InvalidRequest> {
    if !item["resourceType"].as_str().is_some_and(|kind| RECORDED.contains(&kind)) {
        let problem = format!("the rule must look at {} only", RECORDED.join(" and "));
        return Err(InvalidRequest::field("invokingEvent.configurationItem.resourceType", problem));
    }
    let id = item["resourceId"].as_str().unwrap_or_default();
    id.parse().map_err(|error| InvalidRequest::field("invokingEvent.configurationItem.resourceId", error))
}

/// <https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html>
fn is_over(status: &str) -> bool {
    matches!(status, "ResourceDeleted" | "ResourceDeletedNotRecorded" | "ResourceNotRecorded")
}

#[cfg(test)]
mod tests;
