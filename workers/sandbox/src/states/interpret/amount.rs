//! Whole numbers that a definition holds, or finds in the input with one of its `…Path` fields.

use crate::states::data::Scope;
use crate::states::definition::{Amount, MAX_SECONDS};
use crate::states::failure::Failure;

/// The number, which must be at least `least`.
///
/// # Errors
/// `States.Runtime` if the path gives something else.
pub(super) fn amount(wanted: &Amount, least: u64, scope: Scope<'_>) -> Result<u64, Failure> {
    let path = match wanted {
        Amount::Fixed(number) => return Ok(*number),
        Amount::Path(path) => path,
    };
    let value = path.value(scope)?;
    value.as_u64().filter(|number| (least..=MAX_SECONDS).contains(number)).ok_or_else(|| {
        let path = path.text();
        Failure::runtime(format!("The path '{path}' must give a whole number from {least} on, not '{value}'."))
    })
}
