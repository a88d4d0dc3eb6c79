//! `falconer blocks`: what the firewall blocks for Falconer, read from the rule group, and taken back by hand.

use clap::{Args, Subcommand};
use falconer_activities::clock::Clock;
use falconer_activities::firewall::{BlockGroups, LedgerWriter};
use falconer_domain::block::Mode;
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{Change, Held, Release, ReleaseOutcome};
use jiff::Timestamp;
use serde_json::json;

use crate::aws;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{BAD, DIM, GOOD, WARN, paint, table};

/// List the blocks in force, or take some back.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  falconer blocks list --json\n  falconer blocks release evil.example 198.51.100.7 --dry-run"
)]
pub struct BlocksArgs {
    #[command(subcommand)]
    command: BlocksCommand,
}

#[derive(Debug, Subcommand)]
enum BlocksCommand {
    /// Show every block of the rule group.
    List {
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Take blocks back, in one update.
    Release {
        /// Domains, addresses or networks, as the list shows them.
        #[arg(required = true)]
        indicators: Vec<Indicator>,
        /// Say what would change and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

/// Carries out the command.
///
/// # Errors
/// What the calls met.
pub async fn run(args: BlocksArgs, config: Parsed) -> Result<Exit, CommandFailure> {
    let client = aws_sdk_networkfirewall::Client::new(&aws::from_environment().await?);
    let groups = BlockGroups::new(client, &config.block_groups);
    match args.command {
        BlocksCommand::List { json } => list(&groups, json).await,
        BlocksCommand::Release { indicators, dry_run, json } => {
            release(
                groups,
                &config,
                Change { released: indicators.into_iter().map(Release::Block).collect(), ..Change::default() },
                dry_run,
                json,
            )
            .await
        }
    }
}

async fn list(groups: &BlockGroups, as_json: bool) -> Result<Exit, CommandFailure> {
    let version = groups.read().await?;
    let ledger = version.ledger();
    let now = Clock::system().now();
    if as_json {
        for held in ledger.held() {
            anstream::println!("{}", json!(held));
        }
        return Ok(Exit::Done);
    }
    if ledger.held().is_empty() {
        anstream::println!("no blocks");
    } else {
        let header = ["INDICATOR", "MODE", "EXPIRES", "LEFT", "BY", "FINDING", "SIDS"];
        anstream::println!("{}", table(&header, ledger.held().iter().map(|held| row(held, now))));
    }
    for (group, rules) in version.0.iter().zip(ledger.rules()) {
        let blocks = ledger.held().iter().filter(|held| held.group == group.name).count();
        let summary = format!("{} in {} ({rules} of {} rules)", count(blocks, "block"), group.arn(), group.capacity);
        anstream::println!("{}", paint(DIM, summary));
    }
    if ledger.unreadable() > 0 {
        let edited = count(ledger.unreadable(), "rule");
        let warning = format!(
            "{edited} with Falconer's mark, edited by hand: Falconer no longer looks after what it did not write"
        );
        anstream::println!("{}", paint(WARN, warning));
    }
    Ok(Exit::Done)
}

fn row(held: &Held, now: Timestamp) -> Vec<String> {
    let entry = &held.entry;
    let mode = match entry.mode {
        Mode::Drop => "drop",
        Mode::Alert => "alert",
    };
    let sids: Vec<String> = held.sids.iter().map(u32::to_string).collect();
    vec![
        entry.indicator.to_string(),
        mode.to_owned(),
        entry.expires.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        left(entry.expires, now),
        entry.by.token().to_owned(),
        entry.causes.to_string(),
        sids.join(" "),
    ]
}

/// `1 block`, `2 blocks`.
fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// In the unit that a person would say.
fn left(expires: Timestamp, now: Timestamp) -> String {
    match expires.duration_since(now).as_secs() {
        ..=0 => "expired".to_owned(),
        seconds @ 1..7_200 => format!("{} min", (seconds + 59) / 60),
        seconds @ 7_200..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        seconds => format!("{} d", (seconds + 43_200) / 86_400),
    }
}

async fn release(
    groups: BlockGroups,
    config: &Parsed,
    change: Change,
    dry_run: bool,
    as_json: bool,
) -> Result<Exit, CommandFailure> {
    let writer = LedgerWriter::start(groups, config.rules, Clock::system());
    let written = if dry_run { writer.preview(change).await? } else { writer.change(change).await? };
    for release in &written.released {
        if as_json {
            anstream::println!("{}", json!(release));
            continue;
        }
        let word = match (release.outcome, dry_run) {
            (ReleaseOutcome::Released, false) => paint(GOOD, "released"),
            (ReleaseOutcome::Released, true) => paint(WARN, "would be released"),
            (ReleaseOutcome::NotHeld | ReleaseOutcome::CauseEnded, _) => paint(BAD, "not held"),
        };
        anstream::println!("{}  {word}", release.indicator);
    }
    let all_held = written.released.iter().all(|release| release.outcome == ReleaseOutcome::Released);
    Ok(if all_held { Exit::Done } else { Exit::Failed })
}
