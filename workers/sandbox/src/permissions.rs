//! What a role may do, where somebody has said so. Every other caller may do everything.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;

use crate::service::Service;
use crate::services::Services;
use crate::sts::Role;
use crate::wire::{Call, ServiceError};

/// A role's policy, as far as it names actions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    /// The role's name.
    role: String,
    /// `network-firewall:DescribeRuleGroup`: whole names, without patterns.
    allow: BTreeSet<String>,
}

/// The policies, by the roles' names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permissions(Arc<Mutex<HashMap<String, BTreeSet<String>>>>);

impl Policy {
    /// Limits the role of this name, in whichever account; in the hub there is one from now on, which the hub may assume.
    pub(crate) fn put(self, services: &Services) {
        let hub = &services.organization.hub;
        services.sts.put(Role {
            arn: services.organization.arn("iam", "", hub, &format!("role/{}", self.role)),
            account: hub.clone(),
            external_id: None,
            there_from: Timestamp::MIN,
        });
        let mut policies = services.permissions.0.lock().unwrap_or_else(PoisonError::into_inner);
        policies.insert(self.role, self.allow);
    }
}

impl Permissions {
    /// What the service answers to a session whose role may not do this.
    pub(crate) fn refusal(&self, service: Service, call: &Call) -> Option<ServiceError> {
        let (_, session) = call.caller.arn.split_once(":assumed-role/")?;
        let (role, _) = session.split_once('/')?;
        let action = service.action(&call.operation)?;
        let policies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_refused = !policies.get(role)?.contains(&action);
        is_refused.then(|| service.denied(format!("User: {} is not authorized to perform: {action}", call.caller.arn)))
    }
}
