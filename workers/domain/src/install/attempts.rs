//! What stands on an instance's finding about installs that failed.
//!
//! It stands in `UserDefinedFields`, since AWS keeps the finding anyway and people see it there. Analysts may write there too,
//! so that nothing in it is taken for certain.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::failure::Failure;
use crate::note::set_fields;

/// How many installs failed in a row.
pub const FAILURES_FIELD: &str = "falconerInstallFailures";
/// When the last one did, in RFC 3339.
pub const FAILED_AT_FIELD: &str = "falconerInstallFailedAt";
/// The name of its error.
pub const ERROR_FIELD: &str = "falconerInstallError";

/// The installs that failed since one last went well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    failures: u32,
    failed_at: Option<Timestamp>,
    error: Option<String>,
}

/// How long an install is not tried again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    first: SignedDuration,
    most: SignedDuration,
}

/// An attempt that nobody asked for comes too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldBack {
    pub(super) failed_at: Timestamp,
    pub(super) until: Timestamp,
    pub(super) error: Option<String>,
}

impl BackOff {
    /// Doubled from `first` to `most` hours.
    pub(super) fn hours(first: u32, most: u32) -> Self {
        Self { first: SignedDuration::from_hours(first.into()), most: SignedDuration::from_hours(most.into()) }
    }

    fn after(self, failures: u32) -> SignedDuration {
        let doubled = 2_i32.checked_pow(failures.saturating_sub(1)).and_then(|times| self.first.checked_mul(times));
        doubled.map_or(self.most, |wait| wait.min(self.most))
    }
}

impl Attempts {
    /// Reads the finding's user-defined fields. A time that cannot be read, or that is still to come, holds nothing back: a slip
    /// of a pen must not keep an instance without its sensor.
    pub fn read(fields: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| fields.get(name).map(|text| text.trim());
        let failed_at = text(FAILED_AT_FIELD).and_then(|time| time.parse().ok());
        let counted: Option<u32> = text(FAILURES_FIELD).and_then(|number| number.parse().ok());
        Self {
            failures: counted.unwrap_or_default().max(u32::from(failed_at.is_some())),
            failed_at,
            error: text(ERROR_FIELD).filter(|error| !error.is_empty()).map(str::to_owned),
        }
    }

    /// How many failed.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// When the last one did, if the finding says it.
    pub fn failed_at(&self) -> Option<Timestamp> {
        self.failed_at
    }

    /// The name of its error, if the finding says it. Analysts may write there too: show it, never use it.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Until when an install that nobody asked for is not tried again; `None` if it may be tried now.
    pub fn held_back_until(&self, back_off: BackOff, now: Timestamp) -> Option<Timestamp> {
        self.held_back(back_off, now).map(|held_back| held_back.until)
    }

    /// The fields after one failure more, with everybody else's as they are: Security Hub replaces them as a whole
    /// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html>). The time comes first where
    /// there is no room for all.
    pub fn failed(fields: &BTreeMap<String, String>, now: Timestamp, error: Failure) -> BTreeMap<String, String> {
        let failures = Self::read(fields).failures.saturating_add(1);
        let mut fields = fields.clone();
        let ours = [
            (FAILED_AT_FIELD, format!("{now:.0}")),
            (FAILURES_FIELD, failures.to_string()),
            (ERROR_FIELD, error.name().to_owned()),
        ];
        set_fields(&mut fields, ours);
        fields
    }

    /// The fields after an install that went well.
    pub fn cleared(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let ours = [FAILURES_FIELD, FAILED_AT_FIELD, ERROR_FIELD];
        let others = fields.iter().filter(|(name, _)| !ours.contains(&name.as_str()));
        others.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Whether an install failed, and may by itself be tried again.
    pub fn are_due(&self, back_off: BackOff, now: Timestamp) -> bool {
        self.failures > 0 && self.held_back(back_off, now).is_none()
    }

    /// Whether an attempt that nobody asked for comes too early.
    pub(super) fn held_back(&self, back_off: BackOff, now: Timestamp) -> Option<HeldBack> {
        let failed_at = self.failed_at.filter(|failed_at| *failed_at <= now)?;
        let until = failed_at.saturating_add(back_off.after(self.failures)).unwrap_or(Timestamp::MAX);
        (now < until).then(|| HeldBack { failed_at, until, error: self.error.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-15T10:00:00Z".parse().unwrap()
    }

    fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn until(fields: &BTreeMap<String, String>, now: Timestamp) -> Option<Timestamp> {
        Attempts::read(fields).held_back(BackOff::hours(1, 24), now).map(|held| held.until)
    }

    #[test]
    fn the_wait_doubles_with_every_failure_up_to_the_most() {
        let mut standing = BTreeMap::new();
        for hours in [1, 2, 4, 8, 16, 24, 24] {
            standing = Attempts::failed(&standing, now(), Failure::NotReporting);
            let again = now() + SignedDuration::from_hours(hours);
            assert_eq!(until(&standing, now()), Some(again));
            assert_eq!(until(&standing, again - SignedDuration::from_secs(1)), Some(again));
            assert_eq!(until(&standing, again), None);
        }
        standing.insert(FAILURES_FIELD.to_owned(), u32::MAX.to_string());
        assert_eq!(until(&standing, now()), Some(now() + SignedDuration::from_hours(24)));
        let more = Attempts::failed(&standing, now(), Failure::NotReporting);
        assert_eq!(more[FAILURES_FIELD], u32::MAX.to_string());
    }

    #[test]
    fn others_fields_stay_whatever_happens() {
        let others = fields(&[("ticket", "17"), ("falconerState", "Failed")]);
        let failed = Attempts::failed(&others, now(), Failure::DeliveryTimedOut);
        let mut expected = others.clone();
        expected.extend(fields(&[
            (FAILURES_FIELD, "1"),
            (FAILED_AT_FIELD, "2026-01-15T10:00:00Z"),
            (ERROR_FIELD, "Ssm.DeliveryTimedOut"),
        ]));
        assert_eq!(failed, expected);
        assert_eq!(Attempts::cleared(&failed), others);
    }

    #[test]
    fn of_a_full_finding_no_field_of_others_is_given_up() {
        let full: BTreeMap<String, String> = (0..49).map(|n| (format!("theirs-{n}"), "x".to_owned())).collect();
        let failed = Attempts::failed(&full, now(), Failure::NotReporting);
        assert_eq!((failed.len(), failed.contains_key(FAILED_AT_FIELD)), (50, true));
        assert!(until(&failed, now()).is_some());
    }

    #[test]
    fn what_analysts_write_there_is_read_as_far_as_it_makes_sense() {
        let hours = |hours| Some(now() + SignedDuration::from_hours(hours));
        for (failures, failed_at, expected) in [
            ("1", "2026-01-15T10:00:00Z", hours(1)),
            (" 2 ", " 2026-01-15T10:00:00Z ", hours(2)),
            ("many", "2026-01-15T10:00:00Z", hours(1)),
            ("-3", "2026-01-15T10:00:00Z", hours(1)),
            ("0", "2026-01-15T10:00:00Z", hours(1)),
            ("3", "yesterday", None),
            ("3", "", None),
            ("3", "2199-01-01T00:00:00Z", None),
            ("3", "-009999-01-01T00:00:00Z", None),
        ] {
            let standing = fields(&[(FAILURES_FIELD, failures), (FAILED_AT_FIELD, failed_at)]);
            assert_eq!(until(&standing, now()), expected, "{failures} {failed_at}");
        }
        assert_eq!(until(&BTreeMap::new(), now()), None);
    }
}
