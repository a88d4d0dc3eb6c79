//! `falconer demo`: Falcon detects something in its event stream, four findings come in from others, and the story is told until the
//! last zone enforces the last rule; meanwhile the fleet is checked for sensors, and the story goes on until Falcon hears of those
//! that were missing.
//!
//! Nothing in it is staged: a sandbox on a loopback port, the worker and the gateway that containers run, the definitions and
//! triggers as they are committed. What must come out is checked, and anything else makes the command fail.

mod checks;
mod console;
mod findings;
mod sensors;
mod tell;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use aws_config::SdkConfig;
use clap::Args;
use falconer_activities::clock::Clock;
use falconer_activities::firewall::BlockGroups;
use falconer_falcon::ReadFrom;
use falconer_runtime::Shutdown;
use tokio::task::JoinHandle;

use self::console::Console;
use self::findings::Story;
use crate::aws;
use crate::commands::gateway::{self, FollowFailure};
use crate::commands::{run, sandbox, worker};
use crate::config::{self, Parsed, Place};
use crate::execution::{self, Ending, Step};
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::outcome;

/// The only one that the sandbox seeds for blocks.
const BLOCK_GROUP: &str = "falconer-block";

/// Show a detection and findings become enforced blocks, and missing sensors installed ones, in a sandbox on this machine.
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
    let dead_letters = DeadLetterFile::new();
    let gateway = following(&sdk, &config, &dead_letters)?;
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
    let mut stories = vec![findings::detection()?];
    console.bring_in(&stories[0]).await?;
    let mut endings = vec![contain(&console, &stories[0]).await?];
    for story in findings::stories()? {
        console.bring_in(&story).await?;
        stories.push(story);
    }
    for story in &stories[1..] {
        endings.push(contain(&console, story).await?);
    }
    let after = groups.read_one(BLOCK_GROUP).await?;
    tell::rules(&before, &after);
    let mut checks = checks::all(&console, &stories, &endings, &before, &after).await?;
    checks.extend(sensors::story(&console, &check).await?);
    let passed = tell::checks(&checks);

    gateway.abort();
    working.abort();
    serving.abort();
    Ok(if passed { Exit::Done } else { Exit::Failed })
}

/// Starts the gateway, with the oldest event.
fn following(
    sdk: &SdkConfig,
    config: &Parsed,
    dead_letters: &DeadLetterFile,
) -> Result<JoinHandle<Result<(), FollowFailure>>, CommandFailure> {
    let (sdk, falcon, mut config) = (sdk.clone(), worker::https()?, config.clone());
    config.gateway.from = ReadFrom::Oldest;
    config.gateway.dead_letters.clone_from(&dead_letters.0);
    Ok(tokio::spawn(async move {
        gateway::follow(&sdk, falcon, config, false, Clock::system(), std::io::sink(), Shutdown::new()).await
    }))
}

/// A file of this demo alone, which is gone with it.
struct DeadLetterFile(PathBuf);

impl DeadLetterFile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("falconer-demo-{}.ndjson", std::process::id())))
    }
}

impl Drop for DeadLetterFile {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

/// Shows what becomes of a finding.
async fn contain(console: &Console, story: &Story) -> Result<Ending, CommandFailure> {
    tell::finding(story);
    let arn = console.execution_of(&story.id).await?;
    let mut zones = tell::Zones::default();
    let ending = follow(console, &arn, |step| zones.tell(step)).await?;
    tell::note(&console.finding(&story.id).await?);
    Ok(ending)
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
