//! The results, for people.

use std::collections::BTreeSet;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use falconer_tests::sweep::organization::Organization;
use falconer_tests::sweep::rates::{RATES, Source};
use falconer_tests::sweep::{Calls, Outcome, bound};

use crate::{Findings, ORGANIZATION};

pub(crate) fn print(findings: &Findings) {
    let Findings { first, second, peak_memory_kib } = findings;
    let Organization { accounts, .. } = ORGANIZATION;
    println!("\nRates that are on, for each account and region\n{}", rates());
    println!("\n{} instances in {accounts} accounts\n{}", ORGANIZATION.size(), sweeps([first, second]));
    println!("\nVerdicts: {}", first.ending.output["sentence"].as_str().unwrap_or("none"));
    println!("\nPeak memory of the worker: {:.1} MB", *peak_memory_kib as f64 * 1_024.0 / 1e6);
    println!("\nCalls, the throttled ones included, and the fewest that there can be\n{}", calls(findings));
}

fn rates() -> Table {
    let rows = RATES.map(|(operation, rate, burst, source)| {
        let source = match source {
            Source::Page(page) => page,
            Source::Assumed => "none published",
        };
        [operation.to_owned(), rate.to_string(), burst.to_string(), source.to_owned()]
    });
    table(["operation", "a second", "at once", "page"], rows)
}

fn sweeps(outcomes: [&Outcome; 2]) -> Table {
    let row = |name: &str, show: fn(&Outcome) -> String| {
        let [first, second] = outcomes.map(show);
        [name.to_owned(), first, second]
    };
    let rows = [
        row("seconds", |sweep| format!("{:.0}", sweep.took.as_secs_f64())),
        row("findings written", |sweep| sweep.summary()["findingsWritten"].as_u64().unwrap_or_default().to_string()),
        row("events of the history", |sweep| sweep.history.events.to_string()),
        row("bytes of the largest payload", |sweep| sweep.history.largest_payload.to_string()),
        row("calls of an instance", |sweep| {
            format!("{:.4}", bound::total(&sweep.calls) as f64 / ORGANIZATION.size() as f64)
        }),
        row("throttled calls", |sweep| sweep.throttled.values().sum::<u64>().to_string()),
    ];
    table(["", "first sweep", "at once after it"], rows)
}

fn calls(Findings { first, second, .. }: &Findings) -> Table {
    let sweeps = [(first, ORGANIZATION.findings()), (second, 0)];
    let fewest = sweeps.map(|(_, findings)| bound::fewest(ORGANIZATION, findings));
    let operations: BTreeSet<&str> = [&first.calls, &second.calls, &fewest[0], &fewest[1]]
        .into_iter()
        .flat_map(bound::of_the_fleet)
        .map(|(operation, _)| operation.as_str())
        .collect();
    let rows = operations.into_iter().map(|operation| {
        let of = |counts: &Calls| counts.get(operation).copied().unwrap_or_default().to_string();
        let [least, least_after] = fewest.each_ref().map(of);
        let [[made, met], [made_after, met_after]] =
            [first, second].map(|sweep| [of(&sweep.calls), of(&sweep.throttled)]);
        [operation.to_owned(), made, least, met, made_after, least_after, met_after]
    });
    let sum = |calls: &Calls| bound::total(calls).to_string();
    let [least, least_after] = fewest.each_ref().map(sum);
    let [[made, met], [made_after, met_after]] =
        [first, second].map(|sweep| [sum(&sweep.calls), sum(&sweep.throttled)]);
    let all = ["all".to_owned(), made, least, met, made_after, least_after, met_after];
    table(
        ["operation", "calls", "fewest", "throttled", "calls after", "fewest after", "throttled after"],
        rows.chain([all]),
    )
}

fn table<const COLUMNS: usize>(header: [&str; COLUMNS], rows: impl IntoIterator<Item = [String; COLUMNS]>) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header).add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
