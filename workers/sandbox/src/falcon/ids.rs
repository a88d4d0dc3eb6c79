//! Ids in a request's body.

use super::refused;
use crate::wire::{Call, ServiceError};

/// The ids in this member.
///
/// # Errors
/// 400 where there are none, more than `most`, or others than strings.
pub(super) fn ids<'a>(call: &'a Call, member: &str, most: usize) -> Result<Vec<&'a str>, ServiceError> {
    let ids = call.input["body"][member].as_array().filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| refused(400, format!("{member} must be provided")))?;
    if ids.len() > most {
        return Err(refused(400, format!("At most {most} {member} can be provided")));
    }
    let ids = ids.iter().map(|id| id.as_str().ok_or_else(|| refused(400, format!("{member} must be strings"))));
    ids.collect()
}
