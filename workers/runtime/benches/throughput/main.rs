//! The worker against a bare loop over the same SDK calls, which is the most that any worker could reach.
//!
//! `cargo bench --bench throughput [-- --json]`. How to read what it prints stands in the crate's README.
//!
//! The program runs itself again in other roles, each a process of its own: a sandbox that plays Step Functions on a
//! loopback port, and beside it either the worker or the bare loop, which measures itself. Worker and loop take turns
//! (A B, B A, …), each time with a fresh sandbox, so that whatever else the machine does meets both alike.
//!
//! | to learn | read |
//! |---|---|
//! | what is measured, how often, and in which order | [`plan`] |
//! | what takes part | [`contender`], [`sandbox`] |
//! | how speed and pick-up are measured | [`speed`], [`pick_up`], [`usage`] |
//! | what must be reached | [`targets`] |

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its results and its progress")]

mod contender;
mod pick_up;
mod plan;
mod report;
mod role;
mod sandbox;
mod speed;
mod step_functions;
mod targets;
mod usage;

use std::{env, error::Error, process::ExitCode};

use role::Role;

/// What any part of the benchmark may end with: it is a program for people, who read the text.
type Anything<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Anything<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, role] = &arguments[..]
        && flag == role::FLAG
    {
        return Role::play(role).map(|()| ExitCode::SUCCESS);
    }
    let findings = plan::carry_out()?;
    if arguments.iter().any(|argument| argument == "--json") {
        report::print_lines(&findings)?;
    } else {
        report::print_table(&findings);
    }
    let missed = targets::missed(&findings);
    missed.iter().for_each(|target| eprintln!("missed: {target}"));
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
