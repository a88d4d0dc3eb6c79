//! What is said of one subject.

use serde::Serialize;

use crate::extract::printable;

/// How it is, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Health {
    /// It works.
    Ok,
    /// It works, and somebody should know something about it.
    Note,
    /// It could not be asked.
    Unknown,
    /// It does not work.
    Broken,
}

/// What is said of one subject. The words are short and printable, whoever wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// How it is.
    pub health: Health,
    /// The same in a sentence.
    pub sentence: String,
    /// How to mend it; `None` if nothing is to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// Characters of a sentence: as many as it takes to quote a service.
const LONGEST: usize = 800;

impl Diagnosis {
    /// It works.
    pub fn ok(sentence: &str) -> Self {
        Self { health: Health::Ok, sentence: words(sentence), remedy: None }
    }

    /// It works, and somebody should know this.
    pub fn note(sentence: &str, remedy: &str) -> Self {
        Self::with(Health::Note, sentence, remedy)
    }

    /// It could not be asked.
    pub fn unknown(sentence: &str, remedy: &str) -> Self {
        Self::with(Health::Unknown, sentence, remedy)
    }

    /// It does not work.
    pub fn broken(sentence: &str, remedy: &str) -> Self {
        Self::with(Health::Broken, sentence, remedy)
    }

    fn with(health: Health, sentence: &str, remedy: &str) -> Self {
        Self { health, sentence: words(sentence), remedy: Some(words(remedy)) }
    }

    /// Whether it works.
    pub fn is_ok(&self) -> bool {
        self.health == Health::Ok
    }

    /// The same where nothing depends on it: what would be broken is a note.
    #[must_use]
    pub fn at_most_a_note(self) -> Self {
        let health = if self.health == Health::Broken { Health::Note } else { self.health };
        Self { health, ..self }
    }
}

impl Health {
    /// Every one, from good to bad.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Note, Self::Unknown, Self::Broken];

    /// As people read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Unknown => "unknown",
            Self::Broken => "broken",
        }
    }
}

/// Anybody's words on one line, printable and cut.
fn words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    printable(&line).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_service_are_short_and_printable() {
        let diagnosis = Diagnosis::unknown(&format!("no\r\n\u{1b}[31m\u{202e}{}", "x".repeat(1000)), "ask\nagain");
        assert!(diagnosis.sentence.starts_with("no ?[31m?x") && diagnosis.sentence.len() == LONGEST, "{diagnosis:?}");
        assert_eq!(diagnosis.remedy.as_deref(), Some("ask again"));
    }

    #[test]
    fn where_nothing_depends_on_it_only_what_is_broken_becomes_a_note() {
        let of = |diagnosis: Diagnosis| diagnosis.at_most_a_note().health;
        assert_eq!(of(Diagnosis::broken("s", "r")), Health::Note);
        assert_eq!(of(Diagnosis::unknown("s", "r")), Health::Unknown);
        assert_eq!(of(Diagnosis::ok("s")), Health::Ok);
    }
}
