//! Whether Security Hub is on in an account: EnableSecurityHub, DescribeHub.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{SecurityHub, State, invalid};
use crate::wire::{Answer, Call, Caller, ServiceError};

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
        let generator = input.control_finding_generator.unwrap_or_else(|| "SECURITY_CONTROL".to_owned());
        if !matches!(generator.as_str(), "STANDARD_CONTROL" | "SECURITY_CONTROL") {
            return Err(invalid("ControlFindingGenerator must be STANDARD_CONTROL or SECURITY_CONTROL"));
        }
        let Caller { account, region, .. } = &call.caller;
        let key = (account.clone(), region.clone());
        if state.hubs.contains_key(&key) {
            let message = "Account is already subscribed to Security Hub";
            return Err(ServiceError::new("ResourceConflictException", message));
        }
        let arn = self.organization.arn("securityhub", region, account, "hub/default");
        state.hubs.insert(key, Hub { arn, subscribed: self.clock.now(), generator });
        Ok(json!({}))
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
