//! The results, for people and for programs.

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};
use serde_json::json;

use crate::{Anything, plan::Findings};

/// Two tables: speed, and pick-up.
pub(crate) fn print_table(findings: &Findings) {
    let speeds = findings.speeds.iter().map(|finding| {
        [
            format!("{} ms", finding.latency_millis),
            finding.slots.to_string(),
            format!("{:.0}", finding.worker.tasks_per_second),
            format!("{:.0}", finding.bare.tasks_per_second),
            format!("{:.1} %", finding.ratio * 100.0),
            format!("{:.0}", finding.worker.cpu_micros_per_task),
            format!("{:.0}", finding.bare.cpu_micros_per_task),
            format!("{:.1}", megabytes(finding.worker.peak_memory_kib)),
            format!("{:.1}", megabytes(finding.bare.peak_memory_kib)),
        ]
    });
    let speed_header = ["latency", "slots", "tasks/s", "bare", "ratio", "CPU µs/task", "bare", "peak MB", "bare"];
    println!("\nA full queue\n{}", table(speed_header, speeds));

    let pick_ups = findings.pick_ups.iter().map(|finding| {
        [
            format!("{} ms", finding.latency_millis),
            format!("{:?}", finding.contender).to_lowercase(),
            format!("{:.2}", finding.p50_millis),
            format!("{:.2}", finding.p99_millis),
        ]
    });
    println!(
        "\nOne task at a time, from StartExecution to the work\n{}",
        table(["latency", "", "p50 ms", "p99 ms"], pick_ups)
    );
}

/// A line of JSON for each row of the tables.
pub(crate) fn print_lines(findings: &Findings) -> Anything<()> {
    for finding in &findings.speeds {
        println!("{}", json!({ "speed": serde_json::to_value(finding)? }));
    }
    for finding in &findings.pick_ups {
        println!("{}", json!({ "pickUp": serde_json::to_value(finding)? }));
    }
    Ok(())
}

fn table<const COLUMNS: usize>(header: [&str; COLUMNS], rows: impl Iterator<Item = [String; COLUMNS]>) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header).add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn megabytes(kib: u64) -> f64 {
    kib as f64 * 1_024.0 / 1e6
}
