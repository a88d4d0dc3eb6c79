//! What Falconer costs in AWS: four scenes are played in the sandbox, what AWS charges for is counted, and multiplied by its prices.
//!
//! `make cost`, which synthesizes the hub's template first: the services' sizes stand there.
//!
//! | to learn | read |
//! |---|---|
//! | what happens | [`scenes`] |
//! | what is counted, and how | [`usage`] |
//! | what AWS asks for it | [`prices`] |
//! | what is paid although nothing happens | [`standing`] |
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints its results")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on must stop")]

mod prices;
mod scenes;
mod standing;
mod usage;

use crate::prices::dollars;
use crate::standing::Standing;
use crate::usage::Usage;

fn main() {
    let standing = Standing::of_the_template();
    let scenes = [
        played("1,000 findings become blocks", "$8.94", scenes::blocks(1_000)),
        played("a sweep of 10,000 instances", "–", scenes::sweep(10_000)),
        played("100 sensors installed", "$0.89", scenes::installs(100)),
        played("50 accounts onboarded", "–", scenes::accounts(50)),
        played("a month in which nothing happens", "–", scenes::idle_month()),
    ];
    println!("| scene | state transitions | findings written | API calls | costs | the same as remediations of ASR |");
    println!("|---|---:|---:|---:|---:|---:|");
    for (name, usage, other) in &scenes {
        let Usage { transitions, findings, calls, .. } = usage;
        let cost = dollars(usage.cost());
        println!("| {name} | {transitions} | {findings} | {calls} | {cost} | {other} |");
    }
    println!("\n| what stands, a month | costs |\n|---|---:|");
    standing.rows().iter().for_each(|(what, cost)| println!("| {what} | {} |", dollars(*cost)));
    println!("| **in all** | **{}** |", dollars(standing.rows().iter().map(|(_, cost)| cost).sum()));
    println!("\n{}", prices::SAYS);
}

/// Plays a scene in virtual time.
fn played(
    name: &'static str,
    other: &'static str,
    scene: impl Future<Output = Usage>,
) -> (&'static str, Usage, &'static str) {
    eprintln!("{name}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    (name, runtime.unwrap().block_on(scene), other)
}
