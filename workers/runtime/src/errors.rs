//! Error names: the only thing a state machine can decide on.
//!
//! Step Functions has no flag for "do not retry": a state's `Retry` lists names, so the name is the classification.

use std::convert::Infallible;

use serde::Serialize;

/// Whether a failed task is worth repeating with the same input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Worth retrying: the state machine's `Retry` lists this name.
    Transient,
    /// Not worth retrying: the same input fails again.
    Terminal,
}

/// One error name with its class, as it stands in a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorName {
    /// `Area.Problem`, both in PascalCase; what a state's `ErrorEquals` matches.
    pub name: &'static str,
    /// Whether a retry can help.
    pub class: Class,
    /// One sentence for the person who reads the contract.
    pub meaning: &'static str,
}

impl ErrorName {
    /// A name that is worth retrying.
    pub const fn transient(name: &'static str, meaning: &'static str) -> Self {
        Self { name, class: Class::Transient, meaning }
    }

    /// A name that a retry cannot help.
    pub const fn terminal(name: &'static str, meaning: &'static str) -> Self {
        Self { name, class: Class::Terminal, meaning }
    }
}

/// The error of an activity: an ordinary error that knows its name.
///
/// The error's `Display` text becomes the failure's cause, cut at 32,768 characters. Sources are not added: the error
/// itself decides what leaves the process.
pub trait ActivityError: std::error::Error + Send + Sync + 'static {
    /// Every name that [`name`](Self::name) can answer. Names of the runtime ([`RUNTIME_ERRORS`]) need not be listed.
    const NAMES: &'static [ErrorName];

    /// This error's name: one of [`NAMES`](Self::NAMES), or of the runtime's. Any other is reported as
    /// `Worker.UndeclaredError`, because no state machine can be prepared for it.
    fn name(&self) -> &'static str;

    /// Whether the same may go through later, as [`NAMES`](Self::NAMES) says of its name.
    fn is_transient(&self) -> bool {
        Self::NAMES.iter().any(|known| known.name == self.name() && known.class == Class::Transient)
    }
}

/// For an activity that cannot fail.
impl ActivityError for Infallible {
    const NAMES: &'static [ErrorName] = &[];

    fn name(&self) -> &'static str {
        match *self {}
    }
}

/// The input is not JSON, or not what the activity takes. An activity uses it too, for input that only its own rules
/// refuse.
pub const INPUT_INVALID: ErrorName = ErrorName::terminal(
    "Input.Invalid",
    "The input is not JSON, or not of the activity's input type; the cause names the field.",
);

pub(crate) const OUTPUT_TOO_LARGE: ErrorName = ErrorName::terminal(
    "Worker.OutputTooLarge",
    "The output is larger than the 262,144 bytes that Step Functions takes.",
);

pub(crate) const OUTPUT_INVALID: ErrorName = ErrorName::terminal(
    "Worker.OutputInvalid",
    "The output cannot be written as JSON, or Step Functions refused it as invalid.",
);

pub(crate) const PANICKED: ErrorName =
    ErrorName::terminal("Worker.Panicked", "The activity panicked: a bug; the cause holds the message.");

pub(crate) const SHUTTING_DOWN: ErrorName =
    ErrorName::transient("Worker.ShuttingDown", "The worker is stopping and hands the task back for another worker.");

pub(crate) const UNDECLARED_ERROR: ErrorName = ErrorName::terminal(
    "Worker.UndeclaredError",
    "The activity failed with a name that its contract does not hold: a bug; the cause says which.",
);

/// The names that the runtime itself reports: part of every contract.
pub const RUNTIME_ERRORS: &[ErrorName] =
    &[INPUT_INVALID, OUTPUT_TOO_LARGE, OUTPUT_INVALID, PANICKED, SHUTTING_DOWN, UNDECLARED_ERROR];

/// The declaration of `name` in what an activity with the errors `E` may report.
pub(crate) fn declared<E: ActivityError>(name: &str) -> Option<ErrorName> {
    E::NAMES.iter().chain(RUNTIME_ERRORS).find(|declared| declared.name == name).copied()
}
