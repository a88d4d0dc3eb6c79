//! `falconer blocks list`

use clap::Args;
use falconer_activities::clock::Clock;
use falconer_domain::hits::SubjectKind;
use serde_json::json;

use super::table;
use crate::aws;
use crate::commands::hits::Hits;
use crate::commands::switch;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{DIM, count, paint, warn_of_edited};

/// Show every block of the rule groups, and how often it was met.
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: ListArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let version = super::groups(&sdk, config).read().await?;
    let ledger = version.ledger();
    let hits = match version.0.first() {
        Some(group) if !ledger.held().is_empty() => Hits::read(&sdk, group).await,
        _ => None,
    };
    if args.json {
        for held in ledger.held() {
            let line = Hits::beside(hits.as_ref(), json!(held), SubjectKind::Block, &held.entry.indicator);
            anstream::println!("{line}");
        }
        return Ok(Exit::Done);
    }
    if ledger.held().is_empty() {
        anstream::println!("no blocks");
    } else {
        anstream::println!("{}", table::with_hits(ledger.held(), hits.as_ref(), Clock::system().now()));
    }
    for (group, rules) in version.0.iter().zip(ledger.rules()) {
        let blocks = ledger.held().iter().filter(|held| held.group == group.name).count();
        let summary = format!("{} in {} ({rules} of {} rules)", count(blocks, "block"), group.arn(), group.capacity);
        anstream::println!("{}", paint(DIM, summary));
    }
    warn_of_edited(ledger.unreadable());
    // Whoever may read the rule groups may perhaps not read the switch.
    if let Ok(switch) = switch::named_by(&sdk, config).read().await
        && switch.objection().is_some()
    {
        anstream::println!("{}", switch::sentence(&switch));
    }
    Ok(Exit::Done)
}
