//! The results, for people.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use falconer_tests::load;
use falconer_tests::tally::GroupCalls;

use crate::alone;
use crate::full_group::Findings;

/// What the loads cost: of one writer with so many slots, and of each on its own.
pub(crate) fn print_loads(together: &[(usize, load::Outcome)], alone: &alone::Outcome) {
    let together = together.iter().map(|(slots, outcome)| {
        let ended = seconds(outcome.until_ended);
        row(format!("one writer, {slots} slots"), outcome.succeeded, outcome.until_written, ended, outcome.calls)
    });
    let alone = row("each alone".to_owned(), alone.held, alone.until_written, "-".to_owned(), alone.calls);
    let header = ["", "done", "s to the last block", "s to the last end", "updates", "reads", "conflicts"];
    let table = table(header, together.chain([alone]));
    println!("\n{} findings at once, and another writer each second, in virtual time\n{table}", crate::FINDINGS);
}

fn row(who: String, done: usize, written: Duration, ended: String, calls: GroupCalls) -> [String; 7] {
    let [updates, reads, conflicts] = [calls.updates, calls.reads, calls.conflicts].map(|count| count.to_string());
    [who, done.to_string(), seconds(written), ended, updates, reads, conflicts]
}

/// What a full group costs.
pub(crate) fn print_ledger(Findings { blocks, bytes, findings }: &Findings) {
    let rows = findings.iter().map(|finding| {
        [
            finding.what.to_owned(),
            format!("{:.1}", millis(finding.median)),
            format!("{:.1}", millis(finding.worst)),
            format!("{:.1}", finding.to_ceiling),
        ]
    });
    let table = table(["", "median ms", "worst ms", "to the ceiling"], rows);
    println!("\nA rule group of {bytes} bytes and {blocks} blocks\n{table}");
}

pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn seconds(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64())
}

fn table<const COLUMNS: usize>(header: [&str; COLUMNS], rows: impl IntoIterator<Item = [String; COLUMNS]>) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header).add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
