//! The words of a note, held to its length.

use std::fmt::Display;

use jiff::Timestamp;

use super::{Annotation, MAX_NOTE, Outcome, Reserved};
use crate::extract::Remark;
use crate::finding::{NOTE_OPENING, State};
use crate::indicator::Indicator;
use crate::ledger::{BlockOutcome, ReleaseOutcome, ReleaseReport};
use crate::policy::Waiting;

/// What stands in a list between two items, and before the number of the others.
const BETWEEN: &str = ", ";
const AND_MORE: &str = " and ";
/// How much of a note its first sentence may fill with indicators, so that the rest is told as well.
const LISTED: usize = 200;
/// How much one refusal or remark may fill.
const DETAIL: usize = 160;

/// What [`Told`](super::Told) reads again of a comment: how a note goes on that says what is in force, or what is over and
/// what stays; what stands before the time at which the first of it ends; and how that time is written.
pub(super) const BLOCKED: &str = "blocked ";
pub(super) const REPORTED: &str = "reports (alert, not drop) ";
pub(super) const OVER: &str = "the time is over for ";
pub(super) const GO_ON: &str = "its blocks go on.";
pub(super) const STILL: &str = " Still in force: ";
pub(super) const UNTIL: &str = " until ";
pub(super) const MINUTE: &str = "%Y-%m-%d %H:%M UTC";

/// Sentences in the order in which they matter, as many as fit.
pub(super) fn note(annotation: &Annotation<'_>) -> String {
    let mut sentences = vec![opening(annotation)];
    sentences.extend(not_blocked(annotation));
    sentences.extend(reserved(annotation));
    sentences.extend(annotation.refused.iter().map(|refusal| cut(&refusal.sentence, DETAIL)));
    sentences.extend(others_ask(annotation));
    sentences.extend(way_back(annotation));
    sentences.extend(annotation.remarks.iter().map(not_taken));
    joined(sentences, annotation.remarks_left_out)
}

fn not_taken(remark: &Remark) -> String {
    let Remark { value, source, problem, .. } = remark;
    cut(&format!("{value} in {source} is not blocked: {problem}."), DETAIL)
}

fn opening(annotation: &Annotation<'_>) -> String {
    let what = match annotation.outcome {
        Outcome::Done { .. } => done(annotation),
        Outcome::Waiting { waiting, indicators: [] } => waiting.sentence.clone(),
        Outcome::Waiting { waiting, indicators } => {
            format!("not blocked yet: {}. {}", list(indicators.iter(), LISTED), waiting.sentence)
        }
        Outcome::Released { releases, .. } => released(releases) + &still(annotation),
        Outcome::Expired { expired: [], left: [] } => "the time of its blocks is over.".to_owned(),
        Outcome::Expired { expired: [], .. } => GO_ON.to_owned() + &still(annotation),
        Outcome::Expired { expired, .. } => {
            format!("{OVER}{}.{}", list(expired.iter(), LISTED), still(annotation))
        }
        Outcome::Failed { error, not_done } => format!("failed with {error}. {not_done}"),
    };
    cut(&format!("{NOTE_OPENING}{}: {what}", minute(annotation.at)), MAX_NOTE)
}

fn done(annotation: &Annotation<'_>) -> String {
    let held = format!("{}{}", list(annotation.blocked(), LISTED), until(annotation));
    match annotation.state() {
        State::Blocked => format!("{BLOCKED}{held}."),
        State::Alerting => format!("{REPORTED}{held}."),
        State::DryRun => format!("dry run, nothing written; it would hold {held}."),
        State::Failed if held.is_empty() => "failed, nothing is blocked.".to_owned(),
        State::Failed => format!("failed in part; blocked {held}."),
        State::Waiting => "nothing is blocked yet.".to_owned(),
        State::NothingToBlock | State::Released | State::Expired => "nothing to block.".to_owned(),
    }
}

fn released(releases: &[ReleaseReport]) -> String {
    let with = |outcome: ReleaseOutcome| {
        let releases = releases.iter().filter(|release| release.outcome == outcome);
        list(releases.map(|release| &release.indicator), DETAIL)
    };
    let (gone, stays) = (with(ReleaseOutcome::Released), with(ReleaseOutcome::CauseEnded));
    let told =
        [(gone, "released ", "."), (stays, "no longer asks for ", ", which stays blocked because others ask for it.")];
    let told: Vec<String> = told
        .into_iter()
        .filter(|(listed, ..)| !listed.is_empty())
        .map(|(listed, before, after)| format!("{before}{listed}{after}"))
        .collect();
    if told.is_empty() { "nothing to release.".to_owned() } else { told.join(" It ") }
}

/// What stays in force when other blocks of the finding end.
fn still(annotation: &Annotation<'_>) -> String {
    match list(annotation.blocked(), DETAIL) {
        none if none.is_empty() => none,
        listed => format!("{STILL}{listed}{}.", until(annotation)),
    }
}

fn until(annotation: &Annotation<'_>) -> String {
    annotation.first_end().map(|end| format!("{UNTIL}{}", minute(end))).unwrap_or_default()
}

/// What of the wanted the ledger did not take, and what it made stronger.
fn not_blocked(annotation: &Annotation<'_>) -> Vec<String> {
    let with = |outcome: BlockOutcome| {
        let blocks = annotation.outcome.reports().iter().filter(|block| block.outcome == outcome);
        list(blocks.map(|block| &block.indicator), DETAIL)
    };
    let beyond = |listed: String| waits(&listed, &Waiting::beyond_cap());
    let told = [
        some(with(BlockOutcome::RefusedForCapacity))
            .map(|listed| format!("The rule group is full; not blocked: {listed}.")),
        some(with(BlockOutcome::BeyondCap)).map(beyond),
        some(with(BlockOutcome::Promoted))
            .map(|listed| format!("Only reported before, and dropped from now on: {listed}.")),
    ];
    told.into_iter().flatten().collect()
}

/// What waits although the finding acts, told once for each reason.
fn reserved(annotation: &Annotation<'_>) -> Vec<String> {
    let mut told: Vec<(&Waiting, Vec<&Indicator>)> = Vec::new();
    for Reserved { indicator, waiting } in annotation.outcome.reserved() {
        match told.iter_mut().find(|(reason, _)| *reason == waiting) {
            Some((_, indicators)) => indicators.push(indicator),
            None => told.push((waiting, vec![indicator])),
        }
    }
    told.into_iter().map(|(waiting, indicators)| waits(&list(indicators.into_iter(), DETAIL), waiting)).collect()
}

fn waits(listed: &str, waiting: &Waiting) -> String {
    format!("Not blocked: {listed}. {}", waiting.sentence)
}

fn some(listed: String) -> Option<String> {
    (!listed.is_empty()).then_some(listed)
}

/// That a release for this finding alone is not the end of a block.
fn others_ask(annotation: &Annotation<'_>) -> Option<String> {
    let shared = annotation.held().filter(|held| held.entry.causes.count() > 1);
    let listed = some(list(shared.map(|held| &held.entry.indicator), DETAIL))?;
    Some(format!("Others ask for {listed} too: it stays until the last of them ends."))
}

/// How to take a block back, and what a block of a name does not do.
fn way_back(annotation: &Annotation<'_>) -> Vec<String> {
    if !annotation.state().holds_blocks() {
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
        let others = format!("{AND_MORE}{} more", items.len() - index);
        if index > 0 && length(&listed) + length(item) + BETWEEN.len() + others.len() > limit {
            return listed + &others;
        }
        if index > 0 {
            listed.push_str(BETWEEN);
        }
        listed.push_str(item);
    }
    listed
}

/// The indicators that [`list`] has written, but for those that it only counts.
pub(super) fn listed(text: &str) -> Vec<Indicator> {
    let items = text.split(BETWEEN).map(|item| item.split_once(AND_MORE).map_or(item, |(item, _)| item));
    items.filter_map(|item| item.parse().ok()).collect()
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

pub(super) fn minute(time: Timestamp) -> impl Display {
    time.strftime(MINUTE)
}
