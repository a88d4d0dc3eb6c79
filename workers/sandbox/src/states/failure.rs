//! An error inside an execution: the name that Retry and Catch match on, and what a person reads.

use serde_json::{Value, json};

/// The longest error name, in characters, that the service stores.
pub(crate) const MAX_ERROR: usize = 256;
/// The longest cause, in characters, that the service stores.
pub(crate) const MAX_CAUSE: usize = 32_768;

/// Why a state, and unless somebody handles it the execution, failed.
///
/// The reserved names and what may handle them are those of
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `Firewall.TokenConflict`, `States.Timeout`. A worker may leave it out.
    pub(crate) error: Option<String>,
    /// A sentence. A worker may leave it out.
    pub(crate) cause: Option<String>,
}

impl Failure {
    /// A failure with both of its parts.
    pub(crate) fn new(error: &str, cause: impl Into<String>) -> Self {
        Self { error: Some(error.to_owned()), cause: Some(cause.into()) }
    }

    /// `States.Runtime`: the definition and the data do not fit each other. Nothing can retry or catch it.
    pub(crate) fn runtime(cause: impl Into<String>) -> Self {
        Self::new("States.Runtime", cause)
    }

    /// `States.DataLimitExceeded`: a payload over [`super::data::MAX_PAYLOAD`] bytes.
    pub(crate) fn too_large(what: &str) -> Self {
        Self::new(
            "States.DataLimitExceeded",
            format!("{what} has a size exceeding the maximum number of bytes service limit."),
        )
    }

    /// Whether a list of error names, as ErrorEquals holds them, names this failure.
    pub(crate) fn is_named_by(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.is_named(name))
    }

    fn is_named(&self, name: &str) -> bool {
        let error = self.error.as_deref().unwrap_or_default();
        let timed_out = matches!(error, "States.Timeout" | "States.HeartbeatTimeout");
        match (name, error) {
            (_, "States.Runtime") => false,
            ("States.ALL" | "States.TaskFailed", "States.DataLimitExceeded") => false,
            ("States.ALL", _) => true,
            ("States.TaskFailed", _) => !timed_out,
            ("States.Timeout", _) => timed_out,
            _ => name == error,
        }
    }

    /// The Error Output that a Catch places with its ResultPath.
    pub(crate) fn output(&self) -> Value {
        json!({ "Error": self.error.clone().unwrap_or_default(), "Cause": self.cause.clone().unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(error: &str, name: &str) -> bool {
        Failure::new(error, "").is_named_by(&[name.to_owned()])
    }

    #[test]
    fn a_missed_heartbeat_is_also_a_timeout_but_not_the_other_way_round() {
        assert!(named("States.HeartbeatTimeout", "States.HeartbeatTimeout"));
        assert!(named("States.HeartbeatTimeout", "States.Timeout"));
        assert!(!named("States.Timeout", "States.HeartbeatTimeout"));
    }

    #[test]
    fn task_failed_names_every_failure_of_a_task_except_a_timeout() {
        assert!(named("Firewall.TokenConflict", "States.TaskFailed"));
        assert!(!named("States.Timeout", "States.TaskFailed"));
        assert!(!named("States.HeartbeatTimeout", "States.TaskFailed"));
    }

    #[test]
    fn all_names_everything_except_the_two_terminal_errors() {
        assert!(named("Anything.AtAll", "States.ALL"));
        assert!(named("States.Timeout", "States.ALL"));
        assert!(!named("States.Runtime", "States.ALL"));
        assert!(!named("States.DataLimitExceeded", "States.ALL"));
        assert!(named("States.DataLimitExceeded", "States.DataLimitExceeded"));
        assert!(!named("States.Runtime", "States.Runtime"));
    }
}
