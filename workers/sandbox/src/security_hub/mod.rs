//! AWS Security Hub: findings in the AWS Security Finding Format (Security Hub CSPM) and in OCSF (the new Security Hub),
//! custom actions, and the events of all.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html>. The hub account is the administrator: it
//! sees and updates the findings of its members, and its bus gets their events too.

mod action_targets;
mod conditions;
mod criteria;
mod finding;
mod findings;
mod format;
mod hub;
mod import;
mod members;
mod ocsf;
mod results;
mod search;
mod update;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::clock::Clock;
use crate::events::{Event, EventBridge};
use crate::organization::Organization;
use crate::service::Service;
use crate::wire::{Answer, Call, Caller, ServiceError};
use action_targets::ActionTarget;
use findings::Findings;
use hub::Hub;
use members::Members;
use ocsf::OcsfRecord;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct SecurityHub {
    clock: Clock,
    organization: Arc<Organization>,
    events: EventBridge,
    members: Members,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// By account and region.
    hubs: BTreeMap<(String, String), Hub>,
    findings: Findings,
    /// By `metadata.uid`.
    ocsf_findings: BTreeMap<String, OcsfRecord>,
    /// By ARN.
    action_targets: BTreeMap<String, ActionTarget>,
}

impl SecurityHub {
    pub(crate) fn new(clock: Clock, organization: Arc<Organization>, events: EventBridge) -> Self {
        Self { clock, organization, events, members: Members::default(), state: Arc::default() }
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        self.locked(|state| {
            if call.operation == "EnableSecurityHub" {
                return self.enable(state, call);
            }
            if let Some(operation) = ocsf::operation(&call.operation) {
                self.check_enabled(state, &call.caller).map_err(ocsf::not_enabled)?;
                return operation(self, state, call);
            }
            self.check_enabled(state, &call.caller)?;
            match call.operation.as_str() {
                "DescribeHub" => self.describe_hub(state, call),
                "GetAdministratorAccount" => self.get_administrator_account(call),
                "CreateMembers" => self.create_members(state, call),
                "GetMembers" => self.get_members(call),
                "ListMembers" => self.list_members(call),
                "DescribeOrganizationConfiguration" => self.describe_organization_configuration(call),
                "BatchImportFindings" => self.import(state, call),
                "BatchUpdateFindings" => self.update(state, call),
                "GetFindings" => self.get_findings(state, call),
                "CreateActionTarget" => self.create_action_target(state, call),
                "DescribeActionTargets" => self.describe_action_targets(state, call),
                "UpdateActionTarget" => self.update_action_target(state, call),
                "DeleteActionTarget" => self.delete_action_target(state, call),
                other => Err(Service::SecurityHub.unknown_operation(other)),
            }
        })
    }

    /// Emits one event for a finding that was imported or updated.
    /// <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html>
    fn emit_imported(&self, finding: &Value) {
        let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default();
        let resource = format!("{}/{}", text("ProductArn"), text("Id"));
        let place = (text("AwsAccountId"), text("Region"));
        self.emit("Security Hub Findings - Imported", place, resource, finding);
    }

    /// Emits an event with one finding of this account and region: on the account's bus, and on the administrator's if it looks
    /// after the account.
    fn emit(&self, detail_type: &str, (owner, region): (&str, &str), resource: String, finding: &Value) {
        let resources = vec![resource];
        let administrator = self.members.hold(owner, region).then_some(self.organization.hub.as_str());
        let buses = [Some(owner), administrator];
        for account in buses.into_iter().flatten() {
            let event = self.events.event(account, region, "aws.securityhub", detail_type);
            let detail = json!({ "findings": [finding] });
            self.events.publish(&Event { resources: resources.clone(), detail, ..event });
        }
    }

    /// Whether a caller sees the findings of an account and region.
    fn sees(&self, caller: &Caller, (account, region): (&str, &str)) -> bool {
        let administers = || caller.account == self.organization.hub && self.members.hold(account, region);
        region == caller.region && (caller.account == account || administers())
    }

    /// Every finding in ASFF by its place and id.
    pub(crate) fn list(&self) -> Value {
        self.locked(|state| {
            let keys = state.findings.all().map(|(key, _)| key);
            keys.map(|key| json!({ "account": key.account, "region": key.region, "id": key.id })).collect()
        })
    }

    fn locked<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `InvalidInputException`.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidInputException", message)
}

/// The value of a required member.
fn given<T>(name: &str, value: Option<T>) -> Result<T, ServiceError> {
    value.ok_or_else(|| invalid(format!("Invalid request: {name} is required")))
}
