//! Whether Security Hub is on in an account: EnableSecurityHub, DescribeHub.

use std::collections::btree_map::Entry;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{SecurityHub, State, invalid};
use crate::wire::{Answer, Call, Caller, ServiceError};

/// What generates the findings of controls unless somebody says otherwise.
pub(super) const DEFAULT_GENERATOR: &str = "SECURITY_CONTROL";

#[derive(Debug)]
pub(super) struct Hub {
    arn: String,
    subscribed: Timestamp,
    generator: String,
}

impl SecurityHub {
    pub(super) fn enable(&self, state: &mut State, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Input {
            control_finding_generator: Option<String>,
        }
        let input: Input = call.input()?;
        let generator = input.control_finding_generator.unwrap_or_else(|| DEFAULT_GENERATOR.to_owned());
        if !matches!(generator.as_str(), "STANDARD_CONTROL" | "SECURITY_CONTROL") {
            return Err(invalid("ControlFindingGenerator must be STANDARD_CONTROL or SECURITY_CONTROL"));
        }
        let Caller { account, region, .. } = &call.caller;
        if !self.switch_on(state, account, region, &generator) {
            let message = "Account is already subscribed to Security Hub";
            return Err(ServiceError::new("ResourceConflictException", message));
        }
        Ok(json!({}))
    }

    /// Whether it was off until now.
    pub(super) fn switch_on(&self, state: &mut State, account: &str, region: &str, generator: &str) -> bool {
        let Entry::Vacant(place) = state.hubs.entry((account.to_owned(), region.to_owned())) else {
            return false;
        };
        let arn = self.organization.arn("securityhub", region, account, "hub/default");
        place.insert(Hub { arn, subscribed: self.clock.now(), generator: generator.to_owned() });
        true
    }

    pub(super) fn describe_hub(&self, state: &State, call: &Call) -> Answer {
        let Caller { account, region, .. } = &call.caller;
        let asked = call.input.get("HubArn").and_then(serde_json::Value::as_str);
        let hub = state.hubs.get(&(account.clone(), region.clone()));
        let hub = hub
            .filter(|hub| asked.is_none_or(|asked| asked == hub.arn))
            .ok_or_else(|| ServiceError::new("ResourceNotFoundException", "The hub does not exist"))?;
        Ok(json!({
            "HubArn": hub.arn,
            "SubscribedAt": format!("{:.3}", hub.subscribed),
            "AutoEnableControls": true,
            "ControlFindingGenerator": hub.generator,
        }))
    }

    /// What every other operation asks first.
    pub(super) fn check_enabled(&self, state: &State, caller: &Caller) -> Result<(), ServiceError> {
        if state.hubs.contains_key(&(caller.account.clone(), caller.region.clone())) {
            return Ok(());
        }
        let message = format!("Account {} is not subscribed to AWS Security Hub", caller.account);
        Err(ServiceError::new("InvalidAccessException", message))
    }
}
