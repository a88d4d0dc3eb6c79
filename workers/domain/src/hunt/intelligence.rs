//! One record of Falcon Intelligence, and what of it can be hunted.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Confidence, Details, Label};
use crate::guard::{Admitted, Guard};
use crate::indicator::{Indicator, IndicatorType};

/// What is read of a record of `GET /intel/combined/indicators/v1`
/// (<https://github.com/CrowdStrike/falconpy/wiki/Intel>).
#[derive(Clone, Copy, Debug, Default)]
pub struct IntelRecord<'a> {
    /// The text that is said to be bad.
    pub indicator: &'a str,
    /// What it is: `domain`, `ip_address`, `ip_address_block`, `url`, `hash_sha256`, …
    pub kind: &'a str,
    /// Whether Falcon has taken it back.
    pub deleted: bool,
    /// `high`, `medium`, `low` or `unverified`.
    pub malicious_confidence: &'a str,
    /// When Falcon wrote it last, in seconds of the epoch.
    pub last_updated: i64,
    /// Who uses it.
    pub actors: &'a [String],
    /// Which malware uses it.
    pub malware_families: &'a [String],
    /// Where CrowdStrike has written of it.
    pub reports: &'a [String],
}

/// How many records of a hunt cannot be hunted, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Hashes, URLs and whatever else no packet shows by itself.
    pub other_types: usize,
    /// Addresses and networks of a hunt that asks for domains only.
    pub addresses: usize,
    /// Falcon has taken them back.
    pub deleted: usize,
    /// No record at all, or not what their type says: no name, no address.
    pub malformed: usize,
    /// The guard does not admit them: what everybody needs would be reported all day.
    pub refused: usize,
    /// They name an indicator that another record names too.
    pub repeated: usize,
}

/// One indicator that a hunt looks for.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) indicator: Admitted,
    pub(super) details: Details,
    /// The exact time, by which entries are ranked.
    pub(super) updated: Timestamp,
}

impl IntelRecord<'_> {
    /// The record's entry; without one it is counted in `skipped`.
    pub(super) fn entry(&self, guard: &Guard, addresses: bool, skipped: &mut Skipped) -> Option<Entry> {
        let mut leave_out = |count: fn(&mut Skipped) -> &mut usize| {
            *count(skipped) += 1;
            None
        };
        let kind = match self.kind {
            "domain" => IndicatorType::Domain,
            "ip_address" => IndicatorType::Ip,
            "ip_address_block" => IndicatorType::Network,
            _ => return leave_out(|skipped| &mut skipped.other_types),
        };
        if kind != IndicatorType::Domain && !addresses {
            return leave_out(|skipped| &mut skipped.addresses);
        }
        if self.deleted {
            return leave_out(|skipped| &mut skipped.deleted);
        }
        let Ok(indicator) = Indicator::parse(kind, self.indicator) else {
            return leave_out(|skipped| &mut skipped.malformed);
        };
        let Ok(indicator) = guard.admit(indicator) else {
            return leave_out(|skipped| &mut skipped.refused);
        };
        let updated = self.updated();
        Some(Entry { indicator, details: self.details(updated), updated })
    }

    /// A time that is none counts as the oldest: the indicator is none the worse for it.
    fn updated(&self) -> Timestamp {
        Timestamp::from_second(self.last_updated.max(0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn details(&self, updated: Timestamp) -> Details {
        let first = |texts: &[String]| texts.iter().find_map(|text| Label::of(text));
        Details {
            updated: updated.to_zoned(TimeZone::UTC).date(),
            confidence: Confidence::from_word(self.malicious_confidence).unwrap_or(Confidence::Unverified),
            actor: first(self.actors),
            malware: first(self.malware_families),
            report: first(self.reports),
        }
    }
}
