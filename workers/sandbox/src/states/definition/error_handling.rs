//! Reads `Retry` and `Catch`.
//!
//! Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.

use std::time::Duration;

use super::fields::Fields;
use super::model::{Catcher, Jitter, Retrier};
use super::state;

/// `MaxDelaySeconds` must be less than this.
const MAX_DELAY: Duration = Duration::from_secs(31_622_400);

/// The error names that begin with `States.`; all others of that kind are reserved.
const RESERVED: [&str; 17] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

/// Reads `Retry`.
pub(super) fn retriers(fields: &Fields<'_>) -> Vec<Retrier> {
    let entries = fields.objects("Retry");
    let last = entries.len().saturating_sub(1);
    entries.iter().enumerate().filter_map(|(index, entry)| retrier(entry, index == last)).collect()
}

/// Reads `Catch`.
pub(super) fn catchers(fields: &Fields<'_>) -> Vec<Catcher> {
    let entries = fields.objects("Catch");
    let last = entries.len().saturating_sub(1);
    entries.iter().enumerate().filter_map(|(index, entry)| catcher(entry, index == last)).collect()
}

fn retrier(entry: &Fields<'_>, last: bool) -> Option<Retrier> {
    let errors = errors(entry, last);
    let interval = entry.seconds("IntervalSeconds", 1).unwrap_or(Duration::from_secs(1));
    let longest = entry.seconds("MaxDelaySeconds", 1);
    if longest.is_some_and(|longest| longest <= interval || longest >= MAX_DELAY) {
        entry.wrong("MaxDelaySeconds", "must be greater than IntervalSeconds and less than 31622400");
    }
    let jitter = match entry.text("JitterStrategy") {
        Some("FULL") => Jitter::Full,
        Some("NONE") | None => Jitter::None,
        Some(_) => {
            entry.wrong("JitterStrategy", "must be 'FULL' or 'NONE'");
            Jitter::None
        }
    };
    let attempts = entry.number("MaxAttempts", 0).unwrap_or(3);
    let backoff = entry.rate("BackoffRate").unwrap_or(2.0);
    entry.refuse_others();
    Some(Retrier { errors: errors?, interval, attempts, backoff, longest, jitter })
}

fn catcher(entry: &Fields<'_>, last: bool) -> Option<Catcher> {
    let errors = errors(entry, last);
    let result = state::placement(entry);
    let next = entry.required_text("Next");
    entry.refuse_others();
    Some(Catcher { errors: errors?, result, next: next?.to_owned() })
}

fn errors(entry: &Fields<'_>, last: bool) -> Option<Vec<String>> {
    let names = entry.texts("ErrorEquals")?;
    if names.iter().any(|name| name == "States.ALL") && (names.len() > 1 || !last) {
        entry.wrong("ErrorEquals", "may hold 'States.ALL' only by itself, and only in the last entry");
    }
    for name in names.iter().filter(|name| name.starts_with("States.") && !RESERVED.contains(&name.as_str())) {
        entry.wrong("ErrorEquals", &format!("holds '{name}', but error names with the prefix 'States.' are reserved"));
    }
    Some(names)
}
