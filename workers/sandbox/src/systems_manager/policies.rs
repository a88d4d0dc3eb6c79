//! Policies of parameters.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html>. The sandbox has the one that
//! acts, `Expiration`; the two that only notify are refused.

use jiff::Timestamp;
use serde_json::Value;

use super::invalid;
use crate::wire::ServiceError;

/// What a PutParameter does to the policies that the parameter has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// "All existing policies are preserved until you send new policies or an empty policy."
    Keep,
    Remove,
    Expire(Timestamp),
}

/// # Errors
/// `ValidationException` for what is no list of policies, `InvalidPolicyTypeException`, `InvalidPolicyAttributeException`,
/// `PoliciesLimitExceededException`.
pub(super) fn read(text: Option<&str>, now: Timestamp) -> Result<Change, ServiceError> {
    let Some(text) = text else { return Ok(Change::Keep) };
    let policies = match serde_json::from_str(text) {
        Ok(Value::Array(policies)) => policies,
        Ok(Value::Object(members)) if members.is_empty() => Vec::new(),
        _ => return Err(invalid("Policies must be a JSON array")),
    };
    match policies.as_slice() {
        [] => Ok(Change::Remove),
        [policy] => expiration(policy, now).map(Change::Expire),
        _ => {
            Err(ServiceError::new("PoliciesLimitExceededException", "The sandbox takes one policy for each parameter."))
        }
    }
}

fn expiration(policy: &Value, now: Timestamp) -> Result<Timestamp, ServiceError> {
    if policy["Type"] != "Expiration" || policy["Version"] != "1.0" {
        let message = "The sandbox has the policy Expiration, Version 1.0, only.";
        return Err(ServiceError::new("InvalidPolicyTypeException", message));
    }
    let at = policy["Attributes"]["Timestamp"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    at.filter(|at| now < *at).ok_or_else(|| {
        let message = "The attribute Timestamp of an Expiration must be a time to come, as 2018-12-02T21:34:33.000Z.";
        ServiceError::new("InvalidPolicyAttributeException", message)
    })
}
