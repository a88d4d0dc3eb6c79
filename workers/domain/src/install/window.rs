//! How long an install may take, since the token that it is given ends.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// When the steps of one batch end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Seconds in which an instance must fetch the command: `TimeoutSeconds` of SendCommand, at least 30
    /// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>).
    pub delivery_seconds: i32,
    /// When a command that still runs is cancelled: before its token ends.
    #[schemars(with = "String")]
    pub cancel_at: Timestamp,
}

/// A token ends too soon for an install to be begun with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token for the install is good for {left_seconds} s, and an install needs {} s: take a new one", Window::LEAST.as_secs())]
pub struct WindowTooShort {
    /// What is left of it; below zero if it has ended.
    pub left_seconds: i64,
}

impl Window {
    /// What a cancelled command is given to end before its token does: agents hear of it at their next poll.
    const MARGIN: SignedDuration = SignedDuration::from_secs(60);
    /// What the slowest instance is given for the download of the sensor, which retries for 150 s
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/custom-api-package/package/linux/install.sh>), and its
    /// installation.
    const RUN: SignedDuration = SignedDuration::from_mins(10);
    /// The shortest delivery that Systems Manager takes.
    const SHORTEST_DELIVERY: SignedDuration = SignedDuration::from_secs(30);
    /// An agent that answers fetches a command within seconds; with a batch's concurrency some instances wait for others.
    const LONGEST_DELIVERY: SignedDuration = SignedDuration::from_mins(10);
    /// The life that a token must have left.
    const LEAST: SignedDuration = SignedDuration::from_secs(60 + 600 + 30);
    /// How long after its command a new sensor may take until Falcon knows it and it has reported.
    const REPORT: SignedDuration = SignedDuration::from_mins(15);
    /// How long after its end a sensor may still be heard of.
    const LAST_WORD: SignedDuration = SignedDuration::from_mins(2);

    /// The window of a command that is sent at `now` with a token that ends at `token_ends`. What is not needed for the delivery
    /// is for the run.
    ///
    /// # Errors
    /// The token ends too soon.
    pub fn new(now: Timestamp, token_ends: Timestamp) -> Result<Self, WindowTooShort> {
        let left = token_ends.duration_since(now);
        if left < Self::LEAST {
            return Err(WindowTooShort { left_seconds: left.as_secs() });
        }
        let delivery = (left - Self::MARGIN - Self::RUN).clamp(Self::SHORTEST_DELIVERY, Self::LONGEST_DELIVERY);
        Ok(Self {
            delivery_seconds: i32::try_from(delivery.as_secs()).unwrap_or(i32::MAX),
            cancel_at: token_ends.saturating_sub(Self::MARGIN).unwrap_or(now),
        })
    }

    /// Until when Falcon is asked for the sensors of a command that ended at `ended`. The token is revoked by then: Falcon is
    /// asked with the worker's own.
    pub fn asked_until(ended: Timestamp) -> Timestamp {
        ended.saturating_add(Self::REPORT).unwrap_or(Timestamp::MAX)
    }

    /// From when on nothing is heard of a sensor that a command took away which ended at `ended`: a last word may still be under
    /// way.
    pub fn silent_from(ended: Timestamp) -> Timestamp {
        ended.saturating_add(Self::LAST_WORD).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(token_seconds: i64) -> Result<(i32, i64), WindowTooShort> {
        let now: Timestamp = "2026-01-15T10:00:00Z".parse().unwrap();
        let window = Window::new(now, now + SignedDuration::from_secs(token_seconds))?;
        Ok((window.delivery_seconds, window.cancel_at.duration_since(now).as_secs()))
    }

    #[test]
    fn delivery_and_run_fit_into_the_life_of_the_token() {
        for (token, delivery, cancel) in [(1799, 600, 1739), (1200, 540, 1140), (700, 40, 640), (690, 30, 630)] {
            assert_eq!(window(token), Ok((delivery, cancel)), "{token}");
        }
        for token in 690..1799 {
            let (delivery, cancel) = window(token).unwrap();
            assert!(delivery >= 30 && cancel < token && cancel - i64::from(delivery) >= 600, "{token}");
        }
    }

    #[test]
    fn a_token_near_its_end_begins_nothing() {
        for token in [689, 60, 0, -5] {
            assert_eq!(window(token), Err(WindowTooShort { left_seconds: token }));
        }
        let sentence = window(5).unwrap_err().to_string();
        assert!(sentence.contains("good for 5 s") && sentence.contains("needs 690 s"), "{sentence}");
    }
}
