//! Choice: the first rule that holds decides.

use crate::states::data::Scope;
use crate::states::definition::Choice;
use crate::states::failure::Failure;

/// The name of the state to go on with.
pub(super) fn decide<'a>(choice: &'a Choice, scope: Scope<'_>) -> Result<&'a str, Failure> {
    for (rule, next) in &choice.rules {
        if rule.holds(scope)? {
            return Ok(next);
        }
    }
    choice
        .default
        .as_deref()
        .ok_or_else(|| Failure::new("States.NoChoiceMatched", "No choice rule matched, and the state has no Default."))
}
