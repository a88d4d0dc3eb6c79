//! Fail: an error on purpose.

use serde_json::Value;

use crate::states::data::Scope;
use crate::states::definition::{FailPart, FailText};
use crate::states::failure::Failure;

/// The failure that the state stands for.
pub(super) fn failure(text: &FailText, scope: Scope<'_>) -> Result<Failure, Failure> {
    Ok(Failure { error: part(text.error.as_ref(), scope)?, cause: part(text.cause.as_ref(), scope)? })
}

fn part(part: Option<&FailPart>, scope: Scope<'_>) -> Result<Option<String>, Failure> {
    match part {
        None => Ok(None),
        Some(FailPart::Text(text)) => Ok(Some(text.clone())),
        Some(FailPart::Expression(expression)) => match expression.value(scope)? {
            Value::String(text) => Ok(Some(text)),
            other => Err(Failure::runtime(format!("ErrorPath and CausePath must give a string, not '{other}'."))),
        },
    }
}
