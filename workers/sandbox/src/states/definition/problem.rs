//! What is wrong with a definition.

use std::cell::RefCell;
use std::fmt;

/// One reason why a definition is refused, in the form that ValidateStateMachineDefinition gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// `SCHEMA_VALIDATION_FAILED`
    pub(crate) code: &'static str,
    /// A sentence.
    pub(crate) message: String,
    /// `/States/Block/Next`
    pub(crate) location: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} at {}", self.code, self.message, self.location)
    }
}

/// The problems found so far: readers of all depths add to it.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Adds a problem.
    pub(super) fn report(&self, code: &'static str, message: &str, location: &str) {
        let location = if location.is_empty() { "/" } else { location };
        self.0.borrow_mut().push(Problem { code, message: message.to_owned(), location: location.to_owned() });
    }

    /// All that was found.
    pub(super) fn into_list(self) -> Vec<Problem> {
        self.0.into_inner()
    }
}
