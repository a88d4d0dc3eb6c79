//! The words of a note, held to its length.

use std::fmt::Display;

use jiff::Timestamp;

use super::{Annotation, MAX_NOTE, Outcome};
use crate::extract::Remark;
use crate::finding::{NOTE_OPENING, State};
use crate::indicator::Indicator;
use crate::ledger::BlockOutcome;

/// How much of a note its first sentence may fill with indicators, so that the rest is told as well.
const LISTED: usize = 200;
/// How much one refusal or remark may fill.
const DETAIL: usize = 160;

/// Sentences in the order in which they matter, as many as fit.
pub(super) fn note(annotation: &Annotation<'_>) -> String {
    let mut sentences = vec![opening(annotation)];
    sentences.extend(not_fitting(annotation));
    sentences.extend(annotation.refused.iter().map(|refusal| cut(&refusal.sentence, DETAIL)));
    sentences.extend(way_back(annotation));
    sentences.extend(annotation.remarks.iter().map(not_taken));
    joined(sentences, annotation.remarks_left_out)
}

fn not_taken(remark: &Remark) -> String {
    let Remark { value, source, problem, .. } = remark;
    cut(&format!("{value} in {source} is not blocked: {problem}."), DETAIL)
}

fn opening(annotation: &Annotation<'_>) -> String {
    let at = minute(annotation.at);
    let listed = || list(annotation.blocked(), LISTED);
    let until = || annotation.first_end().map(|end| format!(" until {}", minute(end))).unwrap_or_default();
    match (annotation.state(), annotation.outcome) {
        (State::Blocked, _) => format!("{NOTE_OPENING}{at}: blocked {}{}.", listed(), until()),
        (State::Alerting, _) => format!("{NOTE_OPENING}{at}: reports (alert, not drop) {}{}.", listed(), until()),
        (State::DryRun, _) => {
            format!("{NOTE_OPENING}{at}: dry run, nothing written; it would hold {}{}.", listed(), until())
        }
        (State::NothingToBlock, _) => format!("{NOTE_OPENING}{at}: nothing to block."),
        (State::Failed, Outcome::Failed { error, not_done }) => {
            cut(&format!("{NOTE_OPENING}{at}: failed with {error}. {not_done}"), MAX_NOTE)
        }
        (State::Failed, Outcome::Done { .. }) if annotation.held().next().is_none() => {
            format!("{NOTE_OPENING}{at}: failed, nothing is blocked.")
        }
        (State::Failed, Outcome::Done { .. }) => {
            format!("{NOTE_OPENING}{at}: failed in part; blocked {}{}.", listed(), until())
        }
    }
}

fn not_fitting(annotation: &Annotation<'_>) -> Option<String> {
    let Outcome::Done { blocks, .. } = annotation.outcome else {
        return None;
    };
    let refused = blocks.iter().filter(|block| block.outcome == BlockOutcome::RefusedForCapacity);
    let listed = list(refused.map(|block| &block.indicator), DETAIL);
    (!listed.is_empty()).then(|| format!("The rule group is full; not blocked: {listed}."))
}

/// How to take a block back, and what a block of a name does not do.
fn way_back(annotation: &Annotation<'_>) -> Vec<String> {
    if !matches!(annotation.state(), State::Blocked | State::Alerting) {
        return Vec::new();
    }
    let first = annotation.blocked().next().map(|first| format!("Release with `falconer blocks release {first}`."));
    let has_domain = annotation.blocked().any(|indicator| matches!(indicator, Indicator::Domain(_)));
    let lasting = "Connections to a domain that are open already may last until they end.".to_owned();
    first.into_iter().chain(has_domain.then_some(lasting)).collect()
}

/// The sentences that fit, and how many do not.
fn joined(sentences: Vec<String>, left_out: usize) -> String {
    let mut note = String::new();
    let mut left_out = left_out;
    for sentence in sentences {
        let room = MAX_NOTE - length(&note);
        // Room for the count of what is left out, which comes last.
        if note.is_empty() || length(&sentence) + " (and 99999 more)".len() < room {
            if !note.is_empty() {
                note.push(' ');
            }
            note.push_str(&sentence);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        note.push_str(&format!(" (and {left_out} more)"));
    }
    cut(&note, MAX_NOTE)
}

/// As many items as fit into `limit`, with commas between, and the number of the others.
pub(super) fn list<T: Display>(items: impl Iterator<Item = T>, limit: usize) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    let mut listed = String::new();
    for (index, item) in items.iter().enumerate() {
        let others = format!(" and {} more", items.len() - index);
        if index > 0 && length(&listed) + length(item) + ", ".len() + others.len() > limit {
            return listed + &others;
        }
        if index > 0 {
            listed.push_str(", ");
        }
        listed.push_str(item);
    }
    listed
}

/// The text, or as much of it as fits with an ellipsis.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |character: &char| {
        used += character.len_utf16();
        used <= limit
    };
    let start: String = text.chars().take_while(fits).collect();
    start + "…"
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn minute(time: Timestamp) -> impl Display {
    time.strftime("%Y-%m-%d %H:%M UTC")
}
