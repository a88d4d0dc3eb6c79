//! `falconer blocks release`: one block or many, through the runbook `release-block`.

use std::collections::HashSet;
use std::io::{BufRead, IsTerminal};

use aws_config::SdkConfig;
use clap::Args;
use falconer_activities::clock::Clock;
use falconer_activities::pace::Pace;
use falconer_activities::security_hub::{FindingName, holding_blocks};
use falconer_domain::block::FindingRef;
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{Held, Ledger};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{add, table};
use crate::aws;
use crate::commands::run;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::outcome;
use crate::paint::count;

/// As many as one execution of the runbook takes.
const INDICATORS_PER_EXECUTION: usize = 100;

/// Take blocks back, through the runbook release-block, and wait until every zone has let go.
///
/// What is chosen by --since, --product or --finding is shown first; several of them choose what meets all.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  falconer blocks release evil.example 198.51.100.7 --dry-run\n  \
                        falconer blocks release --since 2h --product guardduty")]
pub(super) struct ReleaseArgs {
    /// Domains, addresses or networks, as the list shows them.
    #[arg(required_unless_present_any = ["since", "product", "finding"])]
    indicators: Vec<Indicator>,
    /// Blocks made since then: `90m`, `2h`, `1d`, or a time such as 2026-01-15T10:00:00Z.
    #[arg(long, value_parser = since, conflicts_with = "indicators")]
    since: Option<Since>,
    /// Blocks that findings of this product asked for: a part of its ARN, such as `guardduty`.
    #[arg(long, conflicts_with = "indicators")]
    product: Option<String>,
    /// Blocks that the finding with this Id asked for.
    #[arg(long, value_name = "ID", conflicts_with = "indicators")]
    finding: Option<String>,
    /// Why, for whoever reads the execution.
    #[arg(long, default_value = "released at the command line")]
    reason: String,
    /// Do not ask before what was shown is released.
    #[arg(long)]
    yes: bool,
    /// Say what would change and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print each ending as one JSON object.
    #[arg(long)]
    json: bool,
}

/// A moment, or a time before now.
#[derive(Clone, Copy, Debug)]
enum Since {
    Moment(Timestamp),
    Ago(SignedDuration),
}

fn since(text: &str) -> Result<Since, String> {
    let ago = text.parse::<SignedDuration>().map(|ago| Since::Ago(ago.abs()));
    ago.or_else(|_| text.parse().map(Since::Moment))
        .map_err(|_| "it must be a time such as 2026-01-15T10:00:00Z, or how long ago, such as 2h".to_owned())
}

pub(super) async fn run(args: ReleaseArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let indicators =
        if args.indicators.is_empty() { chosen(&sdk, &args, config).await? } else { args.indicators.clone() };
    let mut exit = Exit::Done;
    for indicators in indicators.chunks(INDICATORS_PER_EXECUTION) {
        let form = Value::from(add::form(indicators, &args.reason, args.dry_run)).to_string();
        let ending = run::to_its_end(&sdk, "release-block", &form, args.json).await?;
        if !ending.succeeded() || outcome::any_not_held(&ending) {
            exit = Exit::Failed;
        }
    }
    Ok(exit)
}

/// What the filters choose, shown, and agreed to by the person.
async fn chosen(sdk: &SdkConfig, args: &ReleaseArgs, config: &Parsed) -> Result<Vec<Indicator>, CommandFailure> {
    let now = Clock::system().now();
    let ledger = super::groups(sdk, config).read().await?.ledger();
    let findings = findings(sdk, args).await?;
    let since = args.since.map(|since| match since {
        Since::Moment(moment) => moment,
        Since::Ago(ago) => now.saturating_sub(ago).unwrap_or(Timestamp::MIN),
    });
    let blocks = matching(&ledger, since, findings.as_ref());
    if blocks.is_empty() {
        anstream::println!("no block meets this");
        return Ok(Vec::new());
    }
    if !args.json {
        anstream::println!("{}", table::of(blocks.iter().copied(), now));
    }
    if !args.dry_run && !args.yes && !agreed(&format!("Release {}?", count(blocks.len(), "block")))? {
        return Ok(Vec::new());
    }
    Ok(blocks.into_iter().map(|held| held.entry.indicator.clone()).collect())
}

fn matching<'a>(ledger: &'a Ledger, since: Option<Timestamp>, findings: Option<&HashSet<FindingRef>>) -> Vec<&'a Held> {
    let is_meant = |held: &&Held| {
        let entry = &held.entry;
        since.is_none_or(|since| entry.created >= since)
            && findings.is_none_or(|findings| findings.iter().any(|finding| entry.causes.include(finding)))
    };
    ledger.held().iter().filter(is_meant).collect()
}

/// The findings that the filters name; `None` if they name none.
async fn findings(sdk: &SdkConfig, args: &ReleaseArgs) -> Result<Option<HashSet<FindingRef>>, CommandFailure> {
    if args.product.is_none() && args.finding.is_none() {
        return Ok(None);
    }
    let client = aws_sdk_securityhub::Client::new(sdk);
    let is_meant = |finding: &&FindingName| {
        let names = |part: &String| finding.product_arn.to_ascii_lowercase().contains(&part.to_ascii_lowercase());
        args.product.as_ref().is_none_or(names) && args.finding.as_ref().is_none_or(|id| *id == finding.id)
    };
    let found = holding_blocks(&client, &mut Pace::of_findings(), usize::MAX, |_| true).await?;
    Ok(Some(found.iter().filter(is_meant).map(FindingName::reference).collect()))
}

/// Asks on a terminal; elsewhere nobody could answer.
fn agreed(question: &str) -> Result<bool, CommandFailure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(CommandFailure::usage("--yes", "nothing was released: look at the list, and say so with --yes"));
    }
    anstream::print!("{question} [y/N] ");
    let mut answer = String::new();
    let read = stdin.lock().read_line(&mut answer);
    read.map_err(|error| CommandFailure::usage("standard input", error.to_string()))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
