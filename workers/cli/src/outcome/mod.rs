//! What an execution did, out of its output.

mod accounts;
mod blocks;
mod hunts;
mod sensors;

use crate::execution::Ending;
use crate::paint::{BAD, paint};

pub(crate) use self::blocks::any_not_held;

/// Prints a line for each thing that was done or not done, and for the failure if there is one.
pub(crate) fn tell(ending: &Ending) {
    blocks::tell(ending);
    sensors::tell(ending);
    hunts::tell(ending);
    accounts::tell(ending);
    if let Some(error) = &ending.error {
        anstream::println!("  {} {error}: {}", paint(BAD, "failed"), ending.cause.as_deref().unwrap_or_default());
    }
}
