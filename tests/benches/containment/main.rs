//! What a thousand findings at once cost, with one writer for all of them and with each on its own; and what the ledger
//! costs when the rule group is full.
//!
//! `cargo bench --package falconer-tests --bench containment`. The loads run in process and in virtual time, so their
//! figures say nothing of this machine; the ledger's are real time.
//!
//! | to learn | read |
//! |---|---|
//! | what the load is | `falconer_tests::load` |
//! | how each finding fares on its own | [`alone`] |
//! | what is done with a full group | [`full_group`] |
//! | what must be reached | [`targets`] |
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its results")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]

mod alone;
mod full_group;
mod report;
mod targets;

use std::process::ExitCode;

use falconer_tests::load;

/// Findings at once.
const FINDINGS: usize = 1_000;
/// The worker's default, and what is advised where as many may come at once: a slot is a request that can wait for the
/// next update, so they bound how many one update carries.
const SLOTS: [usize; 2] = [64, 256];

fn main() -> ExitCode {
    let together = SLOTS.map(|slots| {
        eprintln!("{FINDINGS} findings, one writer, {slots} slots");
        (slots, in_virtual_time(load::bring_in(FINDINGS, slots)))
    });
    eprintln!("{FINDINGS} findings, each on its own");
    let alone = in_virtual_time(alone::bring_in(FINDINGS));
    eprintln!("a full rule group");
    let ledger = full_group::measure();

    report::print_loads(&together, &alone);
    report::print_ledger(&ledger);
    let missed = targets::missed(&together, &ledger);
    missed.iter().for_each(|target| eprintln!("missed: {target}"));
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn in_virtual_time<T>(load: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.unwrap().block_on(load)
}
