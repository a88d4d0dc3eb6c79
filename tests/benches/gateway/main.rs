//! The gateway: how fast an event becomes a finding, how many findings a second reach a Security Hub that throttles at AWS's
//! rates, and whether a million events leave its memory as it was.
//!
//! `cargo bench --package falconer-tests --bench gateway`, some minutes of real time. The program holds the sandbox and serves it
//! on a loopback port, and runs itself again as the gateway, so that the gateway's memory and processor time are its own.
//!
//! | to learn | read |
//! |---|---|
//! | what the events are like | [`events`] |
//! | how mapping is timed, and against what | [`mapping`] |
//! | how the gateway is run and measured | [`process`] |
//! | what is delivered, and when it is over | [`delivery`] |
//! | what must be reached | [`targets`] |
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its results")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on must stop")]

mod delivery;
mod events;
mod mapping;
mod process;
mod report;
mod targets;

use std::process::ExitCode;

use self::delivery::Delivered;
use self::mapping::Mapped;

/// What was measured.
struct Findings {
    mapped: Mapped,
    /// Into one region, at AWS's rates.
    at_rates: Delivered,
    /// A million events into many accounts, as fast as it goes.
    million: Delivered,
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == process::FLAG) {
        process::play();
        return ExitCode::SUCCESS;
    }
    eprintln!("mapping");
    let mapped = mapping::measure();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    eprintln!("{} events into one region, at AWS's rates", delivery::AT_RATES);
    let at_rates = runtime.block_on(delivery::at_rates());
    eprintln!("{} events into {} accounts", delivery::MILLION, delivery::ACCOUNTS);
    let million = runtime.block_on(delivery::million());
    let findings = Findings { mapped, at_rates, million };
    report::print(&findings);
    let missed = targets::missed(&findings);
    missed.iter().for_each(|target| eprintln!("missed: {target}"));
    if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
