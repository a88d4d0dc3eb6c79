//! What a finding is told: its note, for people, and its user-defined fields, for queries. A finding in OCSF has no such
//! fields, and the note stands in its comment. And what people are sent when something waits for them.

mod approval;
mod expiry;
mod outcome;
mod text;
mod told;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::extract::Remark;
use crate::finding::{NOTE_OPENING, STATE_FIELD, State};
use crate::guard::Refusal;
use crate::indicator::Indicator;
use crate::ledger::Held;

pub use approval::{Approval, Notification};
pub use expiry::Expiry;
pub use outcome::{Outcome, Reserved};
pub use told::Told;

/// `Note.UpdatedBy` of what Falconer writes.
pub const AUTHOR: &str = "falconer";
/// The longest `Note.Text`
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Note.html>), and the longest comment
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html>). Counted in UTF-16 units,
/// which is never less than what the service counts.
pub const MAX_NOTE: usize = 512;
/// What is blocked, with commas between.
pub const BLOCKED_FIELD: &str = "falconerBlocked";
/// When the first of the blocks ends, in RFC 3339.
pub const EXPIRES_FIELD: &str = "falconerExpires";
/// The execution that did it.
pub const EXECUTION_FIELD: &str = "falconerExecution";

/// The most user-defined fields of a finding, and the longest value
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>). A key may have 128
/// characters, and may come from others.
const MAX_FIELDS: usize = 50;
const MAX_FIELD_VALUE: usize = 1024;

/// All that there is to tell of one finding.
#[derive(Clone, Debug)]
pub struct Annotation<'a> {
    /// When it is told.
    pub at: Timestamp,
    /// The execution's ARN.
    pub execution: &'a str,
    /// How it went.
    pub outcome: Outcome<'a>,
    /// What the guard refused.
    pub refused: &'a [Refusal],
    /// What in the finding could not be blocked.
    pub remarks: &'a [Remark],
    /// How many further remarks there were.
    pub remarks_left_out: usize,
}

impl Annotation<'_> {
    /// What became of the finding, in a word.
    pub fn state(&self) -> State {
        self.outcome.state()
    }

    /// The note, at most [`MAX_NOTE`] long: what was done, until when, what was refused and why, how to take it back.
    pub fn note(&self) -> String {
        text::note(self)
    }

    /// The finding's user-defined fields with Falconer's set anew and everybody else's as they are.
    ///
    /// All of them must be sent, since Security Hub replaces them as a whole. A failure, a dry run or a wait says nothing on
    /// what an earlier execution has blocked, and leaves those two fields as they were. Of a finding that has no room for all
    /// of Falconer's fields the state is written first; others' fields are never given up.
    pub fn fields(&self, existing: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let state = self.state();
        let mut fields = existing.clone();
        let mut ours = vec![(STATE_FIELD, state.token().to_owned()), (EXECUTION_FIELD, self.execution.to_owned())];
        if !matches!(state, State::Failed | State::DryRun | State::Waiting) {
            fields.remove(BLOCKED_FIELD);
            fields.remove(EXPIRES_FIELD);
        }
        if state.holds_blocks() {
            ours.push((BLOCKED_FIELD, text::list(self.blocked(), MAX_FIELD_VALUE)));
            ours.extend(self.first_end().map(|end| (EXPIRES_FIELD, end.to_string())));
        }
        set_fields(&mut fields, ours);
        fields
    }

    fn held(&self) -> impl Iterator<Item = &Held> {
        self.outcome.held()
    }

    fn blocked(&self) -> impl Iterator<Item = &Indicator> {
        self.held().map(|held| &held.entry.indicator)
    }

    fn first_end(&self) -> Option<Timestamp> {
        self.held().map(|held| held.entry.expires).min()
    }
}

/// Sets fields of Falconer's among those that stand on a finding, as far as there is room and in this order.
pub(crate) fn set_fields<'a>(fields: &mut BTreeMap<String, String>, ours: impl IntoIterator<Item = (&'a str, String)>) {
    for (name, value) in ours {
        if fields.len() < MAX_FIELDS || fields.contains_key(name) {
            fields.insert(name.to_owned(), text::cut(&value, MAX_FIELD_VALUE));
        }
    }
}

/// The one note that a finding can have, as it stands there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingNote {
    /// `Text`.
    pub text: String,
    /// `UpdatedBy`: the principal, as whoever wrote the note names it; empty if it is not known.
    pub updated_by: String,
}

/// Whether the finding's note may be replaced: there is none, or it is Falconer's. What an analyst wrote stays.
pub fn may_write_note(existing: Option<&StandingNote>) -> bool {
    existing.is_none_or(|note| note.text.trim().is_empty() || note.updated_by == AUTHOR)
}

/// The same of the comment on a finding in OCSF, of which nobody knows who wrote it: Falconer's begins as its notes do.
pub fn may_write_comment(existing: Option<&str>) -> bool {
    existing.is_none_or(|comment| comment.trim().is_empty() || comment.starts_with(NOTE_OPENING))
}
