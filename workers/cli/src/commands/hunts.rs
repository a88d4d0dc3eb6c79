//! `falconer hunts`: what the firewall watches for.
//!
//! The hunts are read from their rule group, which is the only record of them. The runbook `refresh-hunt-list` fills it.

use clap::{Args, Subcommand};
use falconer_activities::firewall::HuntRuleGroup;
use falconer_domain::hits::SubjectKind;
use falconer_domain::hunt::{HuntName, Hunted, Label};
use serde_json::json;

use super::hits::Hits;
use crate::aws;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{self, DIM, paint};

const HEADER: [&str; 7] = ["INDICATOR", "HUNTS", "CONFIDENCE", "ACTOR", "MALWARE", "REPORT", "UPDATED"];

/// Hunts: list.
#[derive(Args, Debug)]
#[command(after_help = "To refresh the hunts from Falcon Intelligence:\n  falconer run refresh-hunt-list")]
pub struct HuntsArgs {
    #[command(subcommand)]
    command: HuntsCommand,
}

#[derive(Debug, Subcommand)]
enum HuntsCommand {
    List(ListArgs),
}

/// Show every indicator of the hunt rule group, and how often it was met.
#[derive(Args, Debug)]
struct ListArgs {
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
///
/// # Errors
/// What the calls met.
pub async fn run(args: HuntsArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let HuntsCommand::List(ListArgs { json }) = args.command;
    let sdk = aws::from_environment().await?;
    let firewall = aws_sdk_networkfirewall::Client::new(&sdk);
    let group = HuntRuleGroup::new(firewall, &config.hunts.group, config.hunts.rules).read().await?;
    let hunts = group.hunts();
    let hits = if hunts.hunted().is_empty() { None } else { Hits::read(&sdk, &group).await };
    if json {
        for hunted in hunts.hunted() {
            let line = Hits::beside(hits.as_ref(), json!(hunted), SubjectKind::Hunt, &hunted.indicator);
            anstream::println!("{line}");
        }
        return Ok(Exit::Done);
    }
    if hunts.hunted().is_empty() {
        anstream::println!("nothing is hunted");
    } else {
        anstream::println!("{}", table(hunts.hunted(), hits.as_ref()));
    }
    let indicators = hunts.hunted().len();
    let summary = format!("{indicators} indicators in {} ({} of {} rules)", group.arn(), hunts.rules(), group.capacity);
    anstream::println!("{}", paint(DIM, summary));
    paint::warn_of_edited(hunts.unreadable());
    Ok(Exit::Done)
}

fn table(hunted: &[Hunted], hits: Option<&Hits>) -> String {
    let row = |hunted: &Hunted| {
        let hunts: Vec<&str> = hunted.hunts.iter().map(HuntName::as_str).collect();
        let label = |label: &Option<Label>| label.as_ref().map(ToString::to_string).unwrap_or_default();
        let details = &hunted.details;
        let mut row = vec![
            hunted.indicator.to_string(),
            hunts.join(" "),
            details.confidence.word().to_owned(),
            label(&details.actor),
            label(&details.malware),
            label(&details.report),
            details.updated.to_string(),
        ];
        row.extend(hits.map(|hits| hits.cells(SubjectKind::Hunt, &hunted.indicator)).into_iter().flatten());
        row
    };
    let of_hits: &[&str] = if hits.is_some() { &Hits::HEADER } else { &[] };
    paint::table(&[&HEADER, of_hits].concat(), hunted.iter().map(row))
}
