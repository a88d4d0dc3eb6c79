//! One hunted indicator as Suricata rules, and back.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

use super::{Confidence, Details, HuntName, Hunted, Label};
use crate::rule_group::{Wording, read_indicator, read_sids};

/// What the messages of a hunt's rules begin with, before the indicator.
pub(crate) const TITLE: &str = "Falconer hunt";
/// Begins the metadata of an indicator's first rule, which carries everything.
const HEAD: &str = "metadata:falconer hunt, ";
/// The metadata of an indicator's further rules.
const PART: &str = "metadata:falconer hunt-part;";
/// A day in metadata.
const DAY: &str = "%Y%m%d";
/// Stands between the names of hunts, none of which holds it.
const AND: &str = "+";

/// The rules of an indicator, the one that carries its metadata first, each without a line break.
pub(super) fn render(hunted: &Hunted) -> Vec<String> {
    let wording = Wording { action: "alert", title: TITLE, head: Head(hunted), part: PART };
    wording.render(&hunted.indicator, &hunted.sids)
}

struct Head<'a>(&'a Hunted);

impl fmt::Display for Head<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hunted { hunts, details, .. } = self.0;
        write!(formatter, "{HEAD}h ")?;
        for (place, hunt) in hunts.iter().enumerate() {
            let separator = if place == 0 { "" } else { AND };
            write!(formatter, "{separator}{hunt}")?;
        }
        write!(formatter, ", t {}, k {}", details.updated.strftime(DAY), details.confidence.word())?;
        for (key, label) in [("a", &details.actor), ("m", &details.malware), ("r", &details.report)] {
            if let Some(label) = label {
                write!(formatter, ", {key} {label}")?;
            }
        }
        formatter.write_str(";")
    }
}

/// Reads what the first rule of an indicator says; whoever asks must find the answer's rules in the text (see
/// [`read_indicator`]), and so a label that cannot be read may be none here.
pub(super) fn read_head(line: &str) -> Option<Hunted> {
    let (_, metadata) = line.split_once(HEAD)?;
    let (metadata, after) = metadata.split_once(';')?;
    let mut fields = metadata.split(", ").peekable();
    let hunts = read_hunts(fields.next()?.strip_prefix("h ")?)?;
    let updated = Date::strptime(DAY, fields.next()?.strip_prefix("t ")?).ok()?;
    let confidence = Confidence::from_word(fields.next()?.strip_prefix("k ")?)?;
    let mut label = |key: &str| fields.next_if(|field| field.starts_with(key))?.strip_prefix(key).and_then(Label::read);
    let details = Details { updated, confidence, actor: label("a "), malware: label("m "), report: label("r ") };
    let indicator = read_indicator(line)?;
    let sids = read_sids(&indicator, after)?;
    Some(Hunted { indicator, hunts, details, sids })
}

/// The names of hunts, if each is one.
pub(crate) fn read_hunts(text: &str) -> Option<BTreeSet<HuntName>> {
    text.split(AND).map(|name| name.parse().ok()).collect()
}
