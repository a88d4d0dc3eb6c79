//! What a check came to: small enough that those of a thousand places travel together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::note::Notification;

/// Failures that are told one by one; the rest is counted.
const MOST_FAILURES: usize = 20;

/// Characters of a failure's cause.
const LONGEST_CAUSE: usize = 200;

/// What a check of one place, or of many, came to. Members without a value are left out, and may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct Summary {
    /// Instances by verdict.
    #[serde(skip_serializing_if = "Tally::is_empty")]
    pub instances: Tally,
    /// Evaluations that AWS Config took.
    #[serde(skip_serializing_if = "is_zero")]
    pub evaluations: u64,
    /// Findings that are new, or say something new.
    #[serde(skip_serializing_if = "is_zero")]
    pub findings_written: u64,
    /// Findings that are over.
    #[serde(skip_serializing_if = "is_zero")]
    pub findings_archived: u64,
    /// What could not be done, at most 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
    /// Further failures.
    #[serde(skip_serializing_if = "is_zero")]
    pub failures_left_out: u64,
}

/// A part of a check that could not be done; the other parts were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// `444455556666/us-east-1`.
    pub place: String,
    /// The error's name, as on the operator's page.
    pub error: String,
    /// What happened, at most 200 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cause: String,
}

impl Failure {
    /// A failure, with its cause cut to what travels.
    pub fn new(place: impl ToString, error: &str, cause: &str) -> Self {
        let cut = cause.char_indices().nth(LONGEST_CAUSE).map_or(cause.len(), |(end, _)| end);
        Self { place: place.to_string(), error: error.to_owned(), cause: cause[..cut].to_owned() }
    }
}

impl Summary {
    /// Adds one failure.
    pub fn fail(&mut self, failure: Failure) {
        if self.failures.len() < MOST_FAILURES {
            self.failures.push(failure);
        } else {
            self.failures_left_out += 1;
        }
    }

    /// Adds what another check came to.
    pub fn add(&mut self, other: Self) {
        self.instances.add(&other.instances);
        self.evaluations += other.evaluations;
        self.findings_written += other.findings_written;
        self.findings_archived += other.findings_archived;
        other.failures.into_iter().for_each(|failure| self.fail(failure));
        self.failures_left_out += other.failures_left_out;
    }

    /// What people must be told: that something could not be done, and what; `None` if everything was.
    pub fn notification(&self, execution: &str) -> Option<Notification> {
        let failures = self.failures.len() as u64 + self.failures_left_out;
        if failures == 0 {
            return None;
        }
        let mut message = format!("Falconer could not do everything while it checked {}.\n", self.instances.sentence());
        for Failure { place, error, cause } in &self.failures {
            message.push_str(&format!("\n{place}: {error}\n  {cause}\n"));
        }
        if self.failures_left_out > 0 {
            message.push_str(&format!("\nand {} more.\n", self.failures_left_out));
        }
        message.push_str(&format!(
            "\nWhat to do stands in runbooks/check-compliance under each name.\nExecution: {execution}\n"
        ));
        Some(Notification { subject: "Falconer: a check of the fleet is incomplete".to_owned(), message })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(number: usize) -> Summary {
        let mut summary = Summary { evaluations: 2, ..Summary::default() };
        for _ in 0..number {
            summary.fail(Failure::new("444455556666/us-east-1", "Account.AccessDenied", &"ü".repeat(500)));
        }
        summary
    }

    #[test]
    fn however_many_checks_fail_their_sum_is_small_and_counts_them_all() {
        let mut sum = Summary::default();
        (0..1000).for_each(|_| sum.add(failed(21)));
        assert_eq!(sum.failures.len() as u64 + sum.failures_left_out, 21_000);
        assert_eq!(sum.evaluations, 2_000);
        assert!(serde_json::to_string(&sum).unwrap().len() < 16_000);
    }

    #[test]
    fn a_check_without_a_word_to_say_is_two_bytes() {
        assert_eq!(serde_json::to_string(&Summary::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Summary>("{}").unwrap(), Summary::default());
    }
}
