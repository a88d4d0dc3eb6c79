//! The service's limits, each with the page that sets it, and the cut that keeps a text within one.

use std::time::Duration;

/// Bytes (UTF-8) of a task's output.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html>
pub(crate) const OUTPUT_BYTES: usize = 262_144;

/// Characters of a failure's error name.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html>
pub(crate) const ERROR_CHARACTERS: usize = 256;

/// Characters of a failure's cause. Same page as [`ERROR_CHARACTERS`].
pub(crate) const CAUSE_CHARACTERS: usize = 32_768;

/// Characters of a worker's name, at least one.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html>
pub(crate) const WORKER_NAME_CHARACTERS: usize = 80;

/// Open polls that the service takes for one activity, all workers together, before it answers
/// `ActivityWorkerLimitExceeded`.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub(crate) const POLLERS_MOST: usize = 1_000;

/// The largest `HeartbeatSeconds` of a state.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html>
pub(crate) const HEARTBEAT_SECONDS_MOST: u64 = 99_999_999;

/// How long a poll may take: the service holds it for 60 s and asks clients to wait at least 65; five more bear a slow
/// network.
/// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html>
pub(crate) const POLL_TIMEOUT: Duration = Duration::from_secs(70);

/// How long one heartbeat or report may take before it counts as unanswered; a healthy answer takes milliseconds.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The beginning of `text`, at most `characters` long, never cut inside a character.
///
/// The service counts UTF-16 code units or code points depending on whom one asks: this counts code units, the
/// smaller cut, so that both agree.
pub(crate) fn cut(text: &str, characters: usize) -> &str {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > characters {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_within_the_limit_is_kept_whole() {
        assert_eq!(cut("näher", 5), "näher");
    }

    #[test]
    fn a_text_over_the_limit_is_cut_between_characters() {
        assert_eq!(cut("näher", 2), "nä");
        assert_eq!(cut("a🦅b", 2), "a", "a character of two code units does not fit into one");
        assert_eq!(cut("a🦅b", 3), "a🦅");
    }
}
