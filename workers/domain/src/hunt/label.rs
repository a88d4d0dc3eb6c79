//! A short word of somebody else's, made harmless.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of an actor, a malware family or a report, in at most 32 letters, digits, dots, hyphens and underscores: what a
/// rule's metadata and a finding can hold whatever was written there first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[A-Za-z0-9_.-]{1,32}$"))]
pub struct Label(String);

/// A text is not a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a label is 1 to 32 letters, digits, dots, hyphens and underscores, with no hyphen at its ends")]
pub struct LabelError;

impl Label {
    const LONGEST: usize = 32;

    /// What a text becomes: whatever stands between permitted characters becomes one hyphen. `None` if nothing is left.
    pub fn of(text: &str) -> Option<Self> {
        let mut label = String::with_capacity(Self::LONGEST);
        for character in text.chars() {
            if label.len() == Self::LONGEST {
                break;
            }
            if character.is_ascii_alphanumeric() || matches!(character, '_' | '.') {
                label.push(character);
            } else if !label.is_empty() && !label.ends_with('-') {
                label.push('-');
            }
        }
        let label = label.trim_end_matches('-');
        (!label.is_empty()).then(|| Self(label.to_owned()))
    }

    /// Reads what [`fmt::Display`] writes, and nothing else.
    pub fn read(text: &str) -> Option<Self> {
        Self::of(text).filter(|label| label.0 == text)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Label {
    type Error = LabelError;

    fn try_from(text: String) -> Result<Self, LabelError> {
        Self::read(&text).ok_or(LabelError)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Option<String> {
        Label::of(text).map(String::from)
    }

    #[test]
    fn what_a_rule_could_choke_on_becomes_one_hyphen() {
        assert_eq!(label("FANCYBEAR").as_deref(), Some("FANCYBEAR"));
        assert_eq!(label("CSA-18538").as_deref(), Some("CSA-18538"));
        assert_eq!(label(" Fancy \u{1F43B} Bear; sid:1;)\n").as_deref(), Some("Fancy-Bear-sid-1"));
        assert_eq!(label(&"a".repeat(99)).map(|label| label.len()), Some(32));
        assert_eq!(label("\";, \n"), None);
    }

    #[test]
    fn only_what_is_a_label_already_is_read_as_one() {
        assert!(Label::read("CSA-18538").is_some());
        for text in ["", "-a", "a-", "a--b", "a b", "a,b", &"a".repeat(33)] {
            assert_eq!(Label::read(text), None, "{text:?}");
        }
    }
}
