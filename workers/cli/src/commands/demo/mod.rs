//! `falconer demo`: five findings come in, and the story is told until the last zone enforces the last rule; meanwhile the fleet is
//! checked for sensors, and the story goes on until Falcon hears of those that were missing.
//!
//! Nothing in it is staged: a sandbox on a loopback port, the worker that a container runs, the definitions and triggers as
//! they are committed. What must come out is checked, and anything else makes the command fail.

mod checks;
mod console;
mod findings;
mod sensors;
mod tell;

use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use falconer_activities::clock::Clock;
use falconer_activities::firewall::BlockGroups;
use falconer_runtime::Shutdown;

use self::console::Console;
use crate::aws;
use crate::commands::{run, sandbox, worker};
use crate::config::{self, Place};
use crate::execution::{self, Ending, Step};
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::outcome;

/// The only one that the sandbox seeds for blocks.
const BLOCK_GROUP: &str = "falconer-block";

/// Show findings become enforced blocks, and missing sensors installed ones, in a sandbox on this machine.
#[derive(Args, Debug)]
#[command(
    after_help = "Takes two to four minutes, since an install takes as long as it does. Exits with 1 if anything differs from what must be.\n\nExample:\n  falconer demo"
)]
pub struct DemoArgs {}

/// Carries out the command.
///
/// # Errors
/// A sandbox that cannot be started, or a call that does not go through.
pub async fn run(_: DemoArgs) -> Result<Exit, CommandFailure> {
    let config = config::parse("", [], Place::Sandbox)?;
    let sandbox = sandbox::deployed().await?;
    let (listener, endpoint) = sandbox::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let sdk = aws::sandbox(&endpoint).await;
    let serving = tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
    let working = tokio::spawn({
        let sdk = sdk.clone();
        async move { worker::work(&sdk, worker::https()?, config, Clock::system(), std::io::sink(), Shutdown::new()).await }
    });

    let console = Console::new(&sdk, sandbox);
    let groups = BlockGroups::new(aws_sdk_networkfirewall::Client::new(&sdk), &[BLOCK_GROUP.to_owned()]);
    // Installs take their time: they go on while the findings are told of.
    let check = sensors::begin(&console).await?;
    let before = groups.read_one(BLOCK_GROUP).await?;
    tell::opening(&endpoint, &before);
    let stories = findings::stories()?;
    for story in &stories {
        console.bring_in(story).await?;
    }
    let mut endings = Vec::new();
    for story in &stories {
        tell::finding(story);
        let arn = console.execution_of(story.id()).await?;
        let mut zones = tell::Zones::default();
        let ending = follow(&console, &arn, |step| zones.tell(step)).await?;
        tell::note(&console.finding(story.id()).await?);
        endings.push(ending);
    }
    let after = groups.read_one(BLOCK_GROUP).await?;
    tell::rules(&before, &after);
    let mut checks = checks::all(&console, &stories, &endings, &before, &after).await?;
    checks.extend(sensors::story(&console, &check).await?);
    let passed = tell::checks(&checks);

    working.abort();
    serving.abort();
    Ok(if passed { Exit::Done } else { Exit::Failed })
}

/// Shows the execution's steps as they happen, and what came of it.
async fn follow(console: &Console, arn: &str, mut watch: impl FnMut(&Step)) -> Result<Ending, CommandFailure> {
    let mut display = run::Display::new(true);
    let ending = execution::follow(console.states(), arn, |step| {
        display.step(step);
        watch(step);
    })
    .await?;
    display.finish();
    outcome::tell(&ending);
    Ok(ending)
}
