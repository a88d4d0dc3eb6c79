//! Blocks as a table.

use falconer_domain::block::Mode;
use falconer_domain::hits::SubjectKind;
use falconer_domain::ledger::Held;
use jiff::Timestamp;

use crate::commands::hits::Hits;
use crate::paint::{self, minute};

const HEADER: [&str; 9] = ["INDICATOR", "MODE", "EXPIRES", "LEFT", "BY", "FINDING", "CREATED", "GROUP", "SIDS"];

/// The blocks, a line each.
pub(super) fn of<'a>(blocks: impl IntoIterator<Item = &'a Held>, now: Timestamp) -> String {
    paint::table(&HEADER, blocks.into_iter().map(|held| row(held, now)))
}

/// The same with how often each was met, if that is known.
pub(super) fn with_hits<'a>(blocks: impl IntoIterator<Item = &'a Held>, hits: Option<&Hits>, now: Timestamp) -> String {
    let Some(hits) = hits else { return of(blocks, now) };
    let row = |held: &Held| {
        let mut row = row(held, now);
        row.extend(hits.cells(SubjectKind::Block, &held.entry.indicator));
        row
    };
    paint::table(&[&HEADER[..], &Hits::HEADER].concat(), blocks.into_iter().map(row))
}

fn row(held: &Held, now: Timestamp) -> Vec<String> {
    let Held { group, entry, sids } = held;
    let mode = match entry.mode {
        Mode::Drop => "drop",
        Mode::Alert => "alert",
    };
    let sids: Vec<String> = sids.iter().map(u32::to_string).collect();
    vec![
        entry.indicator.to_string(),
        mode.to_owned(),
        minute(entry.expires),
        left(entry.expires, now),
        entry.by.token().to_owned(),
        entry.causes.to_string(),
        minute(entry.created),
        group.clone(),
        sids.join(" "),
    ]
}

/// In the unit that a person would say.
fn left(expires: Timestamp, now: Timestamp) -> String {
    match expires.duration_since(now).as_secs() {
        ..=0 => "expired".to_owned(),
        seconds @ 1..7_200 => format!("{} min", (seconds + 59) / 60),
        seconds @ 7_200..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        seconds => format!("{} d", (seconds + 43_200) / 86_400),
    }
}
