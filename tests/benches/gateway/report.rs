//! The results, for people.

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::Findings;
use crate::delivery::Delivered;
use crate::mapping::Mapped;

pub(crate) fn print(findings: &Findings) {
    let Findings { mapped, at_rates, million } = findings;
    println!("\nOne core, from a line to the JSON of its finding\n{}", mapping(mapped));
    println!("\nFrom the stream into Security Hub\n{}", delivery([at_rates, million]));
}

fn mapping(Mapped { bytes: (event, finding), a_second, ceiling }: &Mapped) -> Table {
    let rows = [
        ["bytes of an event".to_owned(), event.to_string()],
        ["bytes of its finding".to_owned(), finding.to_string()],
        ["events a second".to_owned(), format!("{a_second:.0}")],
        ["the same, read and copied only".to_owned(), format!("{ceiling:.0}")],
        ["ratio".to_owned(), format!("{:.2}", a_second / ceiling)],
    ];
    table(["", "measured"], rows)
}

fn delivery(outcomes: [&Delivered; 2]) -> Table {
    let row = |name: &str, show: fn(&Delivered) -> String| {
        let [rates, million] = outcomes.map(show);
        [name.to_owned(), rates, million]
    };
    let mb = |kib: u64| format!("{:.1}", kib as f64 * 1_024.0 / 1e6);
    let memory = |name: &str, of: fn(&Delivered) -> u64| {
        let [rates, million] = outcomes.map(|one| mb(of(one)));
        [name.to_owned(), rates, million]
    };
    let rows = [
        row("events", |one| one.events.to_string()),
        row("seconds", |one| format!("{:.1}", one.took.as_secs_f64())),
        row("findings a second", |one| format!("{:.0}", one.a_second())),
        row("imports", |one| one.imports.to_string()),
        row("throttled imports", |one| one.throttled.to_string()),
        row("dead letters", |one| one.dead_letters.to_string()),
        row("processor seconds of the gateway", |one| format!("{:.1}", one.processor_time.as_secs_f64())),
        memory("MB resident after a tenth", |one| one.resident_kib.0),
        memory("MB resident at the end", |one| one.resident_kib.1),
        memory("MB resident at the most", |one| one.peak_kib),
    ];
    table(["", "one region, at AWS's rates", "many accounts, unhindered"], rows)
}

fn table<const COLUMNS: usize>(header: [&str; COLUMNS], rows: impl IntoIterator<Item = [String; COLUMNS]>) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header).add_rows(rows);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
