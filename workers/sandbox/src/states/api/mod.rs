//! The operations, by the resource they are about, and what they have in common.
//!
//! Shapes, limits and errors are those of
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html>.

mod activities;
mod definitions;
mod executions;
mod history;
mod machines;
mod tags;
mod tasks;

use serde_json::{Value, json};

use super::data::MAX_PAYLOAD;
use crate::constraints::Constraints;
use crate::paging;
use crate::wire::{Answer, ServiceError};

/// The longest name of an activity, a state machine or an execution, in characters.
const MAX_NAME: usize = 80;
/// The size of a page that sets none, and the largest.
const PAGE: (i64, i64) = (100, 1_000);

/// Checks a name.
///
/// # Errors
/// `InvalidName`
fn check_name(name: &str) -> Result<(), ServiceError> {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>{}[]?*\"#%\\^|~`$&,;:/".contains(c);
    if name.is_empty() || name.chars().count() > MAX_NAME || name.contains(forbidden) {
        return Err(ServiceError::new("InvalidName", format!("Invalid Name: '{name}'")));
    }
    Ok(())
}

/// Checks the size of a payload, which counts in bytes of UTF-8.
///
/// # Errors
/// `ValidationException`
fn check_size(member: &str, payload: &str) -> Result<(), ServiceError> {
    if payload.len() > MAX_PAYLOAD {
        let message = format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less \
             than or equal to {MAX_PAYLOAD}"
        );
        return Err(ServiceError::new("ValidationException", message));
    }
    Ok(())
}

/// Refuses a member that the sandbox does not act on, rather than letting it go without effect.
///
/// # Errors
/// `ValidationException`
fn refuse(member: &str, is_set: bool) -> Result<(), ServiceError> {
    if is_set {
        let message = format!("The sandbox's Step Functions does not support the member '{member}'");
        return Err(ServiceError::new("ValidationException", message));
    }
    Ok(())
}

/// One page of a list, as an answer with `nextToken` if there is more.
///
/// # Errors
/// `ValidationException` for a page size out of range, `InvalidToken`.
fn paged(
    member: &str,
    items: impl Iterator<Item = Value>,
    max_results: Option<i64>,
    next_token: Option<&str>,
) -> Answer {
    Constraints::default().range("maxResults", max_results, 0, PAGE.1).finish()?;
    let size = max_results.filter(|size| *size > 0).unwrap_or(PAGE.0);
    let page = paging::page(items, usize::try_from(size).unwrap_or_default(), next_token)
        .map_err(|_| ServiceError::new("InvalidToken", "Invalid Token: 'Invalid token'"))?;
    let mut answer = json!({ member: page.items });
    if let Some(next) = page.next {
        answer["nextToken"] = json!(next);
    }
    Ok(answer)
}

/// Whether a listed ARN belongs to the caller's account and region.
fn is_of(arn: &super::arn::Arn, caller: &crate::wire::Caller) -> bool {
    arn.account == caller.account && arn.region == caller.region
}
