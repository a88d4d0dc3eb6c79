//! What is said of a text that is not taken for an indicator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much of such a text is shown, in characters.
const SHOWN: usize = 80;

/// Something in a finding that looks like an indicator and is not taken for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Remark {
    /// The finding, as an index into the request's findings.
    pub finding: usize,
    /// Where it was read.
    pub source: String,
    /// The first 80 characters of it, with all but printable ASCII shown as `?`. It is hostile text: show it, never use it.
    pub value: String,
    /// Why it is not taken.
    pub problem: String,
}

/// The start of a hostile text, made fit to be read by a person.
pub(crate) fn readable(text: &str) -> String {
    text.trim().chars().take(SHOWN).map(shown).collect()
}

/// The whole of a hostile text, made fit to be read by a person: nothing in it moves a cursor, breaks a line or turns the
/// direction of writing.
pub fn printable(text: &str) -> String {
    text.chars().map(shown).collect()
}

fn shown(character: char) -> char {
    if matches!(character, ' '..='~') { character } else { '?' }
}
