//! `falconer blocks export` and `import`: the ledger survives a rule group that somebody deleted.

use std::path::{Path, PathBuf};

use clap::Args;
use falconer_activities::clock::Clock;
use falconer_activities::firewall::LedgerWriter;
use falconer_domain::block::Block;
use falconer_domain::guard::Refusal;
use falconer_domain::ledger::{BlockOutcome, BlockReport, BlockRules, Change, Held};
use serde_json::json;

use crate::aws;
use crate::commands::run::read_text;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{BAD, GOOD, WARN, paint};

/// Print every block as one JSON object a line, for import.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  falconer blocks export > blocks.jsonl")]
pub(super) struct ExportArgs {}

/// Bring exported blocks back, with their findings and their ends. The guard is asked again.
#[derive(Args, Debug)]
#[command(
    after_help = "Writes the rule groups itself: network-firewall:UpdateRuleGroup is needed. What is over is left out, and \
                        what is in force already is kept.\n\nExample:\n  falconer blocks import blocks.jsonl --dry-run"
)]
pub(super) struct ImportArgs {
    /// A file that export wrote, or `-` for standard input.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Say what would change and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(super) async fn export(_: ExportArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let ledger = super::groups(&sdk, config).read().await?.ledger();
    ledger.held().iter().for_each(|held| anstream::println!("{}", json!(held)));
    Ok(Exit::Done)
}

pub(super) async fn import(args: ImportArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let held = parse(&args.file, &read_text(&args.file)?)?;
    let (mut wanted, mut refused) = (Vec::new(), Vec::new());
    for Held { entry, .. } in held {
        match config.guard.admit(entry.indicator.clone()) {
            Ok(admitted) => wanted.push(Block::restored(admitted, entry)),
            Err(refusal) => refused.push(refusal),
        }
    }
    let sdk = aws::from_environment().await?;
    // They were counted when they were made.
    let rules = BlockRules { automatic: None, ..config.rules };
    let writer = LedgerWriter::start(super::groups(&sdk, config), rules, Clock::system());
    let change = Change { wanted, ..Change::default() };
    let written = if args.dry_run { writer.preview(change).await? } else { writer.change(change).await? };
    for report in &written.blocks {
        tell(report, &args);
    }
    for refusal in &refused {
        tell_refusal(refusal, args.json);
    }
    let all_held = refused.is_empty() && written.without_room().next().is_none();
    Ok(if all_held { Exit::Done } else { Exit::Failed })
}

/// Every line, or the first that is none of export's: then nothing is brought back.
fn parse(file: &Path, text: &str) -> Result<Vec<Held>, CommandFailure> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(number, line): (usize, &str)| {
        let problem = |error| CommandFailure::input(file, &format!("line {} is not a block: {error}", number + 1));
        serde_json::from_str(line).map_err(problem)
    };
    lines.map(read).collect()
}

fn tell(report: &BlockReport, args: &ImportArgs) {
    if args.json {
        anstream::println!("{}", json!(report));
        return;
    }
    let (style, word) = match (report.outcome, args.dry_run) {
        (BlockOutcome::Added | BlockOutcome::Extended | BlockOutcome::Promoted, false) => (GOOD, "brought back"),
        (BlockOutcome::Added | BlockOutcome::Extended | BlockOutcome::Promoted, true) => {
            (WARN, "would be brought back")
        }
        (BlockOutcome::Kept, _) => (GOOD, "in force already"),
        (BlockOutcome::AlreadyOver, _) => (WARN, "left out: its time is over"),
        (BlockOutcome::RefusedForCapacity, _) => (BAD, "not brought back: no group has room"),
        (BlockOutcome::BeyondCap, _) => (BAD, "not brought back"),
    };
    anstream::println!("{}  {}", report.indicator, paint(style, word));
}

fn tell_refusal(refusal: &Refusal, as_json: bool) {
    if as_json {
        anstream::println!("{}", json!(refusal));
    } else {
        anstream::println!("{}  {}", paint(BAD, "not brought back"), refusal.sentence);
    }
}
