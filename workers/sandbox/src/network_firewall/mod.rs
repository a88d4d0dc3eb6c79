//! AWS Network Firewall: rule groups with their update tokens, policies, firewalls whose zones take changes over in
//! their own time, and the flows through them.
//!
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/Welcome.html>.

mod content;
mod enforcement;
mod firewalls;
mod flow_operations;
mod flows;
mod policies;
mod rule_groups;
mod suricata;
mod suricata_header;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

pub use flows::Flow;

use crate::clock::Clock;
use crate::constraints::Constraints;
use crate::faults::Faults;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::paging::page;
use crate::service::Service;
use crate::wire::{Answer, Call, Caller, ServiceError};
use content::invalid;
use firewalls::Firewall;
use flow_operations::FlowOperation;
use flows::FlowTable;
use policies::Policy;
use rule_groups::RuleGroup;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct NetworkFirewall {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    faults: Faults,
    state: Arc<Mutex<State>>,
}

type Operation = fn(&NetworkFirewall, &mut State, &Call) -> Answer;

/// Everything, by ARN.
#[derive(Debug, Default)]
struct State {
    rule_groups: BTreeMap<String, RuleGroup>,
    policies: BTreeMap<String, Policy>,
    firewalls: BTreeMap<String, Firewall>,
    flows: FlowTable,
    flow_operations: Vec<FlowOperation>,
}

impl NetworkFirewall {
    pub(crate) fn new(clock: Clock, identifiers: Identifiers, organization: Arc<Organization>, faults: Faults) -> Self {
        Self { clock, identifiers, organization, faults, state: Arc::default() }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::NetworkFirewall.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        self.locked(|state| operation(self, state, call))
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "CreateRuleGroup" => Self::create_rule_group,
            "DescribeRuleGroup" => Self::describe_rule_group,
            "DescribeRuleGroupMetadata" => Self::describe_rule_group_metadata,
            "UpdateRuleGroup" => Self::update_rule_group,
            "DeleteRuleGroup" => Self::delete_rule_group,
            "ListRuleGroups" => Self::list_rule_groups,
            "CreateFirewallPolicy" => Self::create_policy,
            "DescribeFirewallPolicy" => Self::describe_policy,
            "UpdateFirewallPolicy" => Self::update_policy,
            "ListFirewallPolicies" => Self::list_policies,
            "CreateFirewall" => Self::create_firewall,
            "DescribeFirewall" => Self::describe_firewall,
            "ListFirewalls" => Self::list_firewalls,
            "StartFlowFlush" => Self::start_flow_flush,
            "DescribeFlowOperation" => Self::describe_flow_operation,
            "ListFlowOperations" => Self::list_flow_operations,
            "ListFlowOperationResults" => Self::list_flow_operation_results,
            _ => return None,
        };
        Some(operation)
    }

    /// Makes everything that is there older, as if it had been made so much earlier.
    pub(crate) fn backdate(&self, by: SignedDuration) {
        self.locked(|state| {
            state.rule_groups.values_mut().for_each(|group| group.backdate(by));
            state.policies.values_mut().for_each(|policy| policy.backdate(by));
            state.firewalls.values_mut().for_each(|firewall| firewall.backdate(by));
            state.flows.backdate(by);
        });
    }

    /// Opens a flow through the firewall.
    pub(crate) fn open_flow(&self, flow: Flow) {
        self.locked(|state| state.flows.open(flow, self.clock.now()));
    }

    /// The flows that are open now, with their zones and ages.
    pub(crate) fn open_flows(&self) -> Vec<Value> {
        self.locked(|state| {
            let now = self.clock.now();
            self.finish_flushes(state, now);
            state.flows.describe(now)
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ARN of a resource of the caller's, which a request names by ARN or by name.
    fn arn_of(
        &self,
        caller: &Caller,
        kind: &str,
        arn: Option<&str>,
        name: Option<&str>,
    ) -> Result<String, ServiceError> {
        let named = name.map(|name| {
            self.organization.arn("network-firewall", &caller.region, &caller.account, &format!("{kind}/{name}"))
        });
        match (arn, named) {
            (Some(arn), Some(named)) if arn != named => {
                Err(invalid("The name and the ARN are not of the same resource"))
            }
            (Some(arn), _) if arn.split(':').nth(4) == Some(caller.account.as_str()) => Ok(arn.to_owned()),
            (Some(arn), _) => Err(not_found(arn)),
            (None, Some(named)) => Ok(named),
            (None, None) => Err(invalid("You must specify the ARN or the name")),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// One page of a list operation, under the name of its output's member.
fn list(call: &Call, member: &str, items: impl Iterator<Item = Value>) -> Answer {
    let input: ListInput = call.input()?;
    let mut constraints = Constraints::default();
    constraints.range("maxResults", input.max_results, 1, 100).finish()?;
    let size = input.max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(100);
    let page = page(items, size, input.next_token.as_deref()).map_err(|_| invalid("NextToken is not valid"))?;
    let mut answer = serde_json::Map::new();
    answer.insert(member.to_owned(), page.items.into());
    if let Some(next) = page.next {
        answer.insert("NextToken".to_owned(), next.into());
    }
    Ok(Value::Object(answer))
}

/// The constraint of every resource's name.
fn check_name(constraints: &mut Constraints, member: &str, name: Option<&String>) {
    let text = name.map(String::as_str);
    constraints.required(member, name).length(member, text, 1, 128).characters(
        member,
        text,
        "^[a-zA-Z0-9-]+$",
        |character| character.is_ascii_alphanumeric() || character == '-',
    );
}

fn not_found(arn: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("Resource not found, parameter: [{arn}]"))
}

fn stale_token() -> ServiceError {
    ServiceError::new("InvalidTokenException", "Update token is not valid: the resource has changed since it was read")
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
