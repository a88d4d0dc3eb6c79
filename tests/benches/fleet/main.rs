//! A sweep of 100,000 instances in 200 accounts at AWS's rates, and a second one at once after it: what they cost.
//!
//! `cargo bench --package falconer-tests --bench fleet`, some two minutes of real time. The program holds the sandbox and serves
//! it on a loopback port, and runs itself again as the worker, so that the worker's memory is its own.
//!
//! | to learn | read |
//! |---|---|
//! | what the organization consists of | `falconer_tests::sweep::organization` |
//! | which rates are on, and where they come from | `falconer_tests::sweep::rates` |
//! | how few calls there can be | `falconer_tests::sweep::bound` |
//! | how the worker is run and measured | [`worker`] |
//! | what must be reached | [`targets`] |
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its results")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]

mod report;
mod targets;
mod worker;

use std::future::pending;
use std::process::ExitCode;

use falconer_sandbox::clock::Clock;
use falconer_tests::sweep::organization::Organization;
use falconer_tests::sweep::{self, Outcome};
use tokio::net::TcpListener;

/// 100,000 instances.
const ORGANIZATION: Organization = Organization { accounts: 200, hundreds: 5 };

/// What was measured.
struct Findings {
    first: Outcome,
    /// At once after the first.
    second: Outcome,
    /// The most memory of the worker that was resident at one time, in KiB.
    peak_memory_kib: u64,
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == worker::FLAG) {
        worker::play();
        return ExitCode::SUCCESS;
    }
    let findings = tokio::runtime::Runtime::new().unwrap().block_on(measure());
    report::print(&findings);
    let missed = targets::missed(&findings);
    missed.iter().for_each(|target| eprintln!("missed: {target}"));
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn measure() -> Findings {
    let sandbox = sweep::sandbox(Clock::system(), ORGANIZATION).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(sandbox.clone().serve(listener, pending()));
    let worker = worker::start(&endpoint);
    eprintln!("a sweep of {} instances in {} accounts", ORGANIZATION.size(), ORGANIZATION.accounts);
    let first = sweep::run(&sandbox).await;
    eprintln!("a second one");
    let second = sweep::run(&sandbox).await;
    Findings { first, second, peak_memory_kib: worker.memory_kib("VmHWM") }
}
