//! What a finding says of its blocks, read again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::text::{self, BLOCKED, GO_ON, MINUTE, OVER, REPORTED, STILL, UNTIL};
use super::{BLOCKED_FIELD, EXPIRES_FIELD};
use crate::finding::{NOTE_OPENING, STATE_FIELD, State};
use crate::indicator::Indicator;

/// What a finding says that it has in force. Others may have written it: it names nothing that the ledger is not asked
/// about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What is blocked, as far as it is listed.
    pub blocked: Vec<Indicator>,
    /// When the first of it ends, to the minute if it comes from a comment; `None` if nobody can read it.
    pub until: Option<Timestamp>,
}

impl Told {
    /// Reads a finding's user-defined fields. `None` if they do not say that something is in force.
    pub fn in_fields(fields: &BTreeMap<String, String>) -> Option<Self> {
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let state = State::from_token(field(STATE_FIELD))?;
        let told = Self { blocked: text::listed(field(BLOCKED_FIELD)), until: field(EXPIRES_FIELD).parse().ok() };
        state.holds_blocks().then_some(told)
    }

    /// Reads Falconer's comment on a finding in OCSF, which has no user-defined fields. `None` if it is not Falconer's, or
    /// does not say that something is in force.
    pub fn in_comment(comment: &str) -> Option<Self> {
        let (_, what) = comment.strip_prefix(NOTE_OPENING)?.split_once(": ")?;
        let at_first = [BLOCKED, REPORTED].into_iter().find_map(|opening| what.strip_prefix(opening));
        let ended = [OVER, GO_ON].into_iter().any(|opening| what.starts_with(opening));
        let in_the_end = || what.split_once(STILL).filter(|_| ended).map(|(_, held)| held);
        let (listed, end) = at_first.or_else(in_the_end)?.split_once(UNTIL)?;
        Some(Self { blocked: text::listed(listed), until: minute(end) })
    }

    /// Whether something of it may be over. A comment says the minute within which it ends.
    pub fn may_be_over(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now.duration_since(until).as_mins() >= 1)
    }
}

/// The time at the beginning of a text, as a note writes it.
fn minute(text: &str) -> Option<Timestamp> {
    const LENGTH: usize = "2026-01-16 10:00 UTC".len();
    let time = DateTime::strptime(MINUTE, text.get(..LENGTH)?).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}
