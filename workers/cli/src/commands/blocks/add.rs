//! `falconer blocks add`: the manual form of `contain-finding`, typed.

use clap::Args;
use falconer_domain::block::{Mode, Ttl};
use falconer_domain::indicator::Indicator;
use serde_json::{Map, Value, json};

use crate::aws;
use crate::commands::run;
use crate::exit::Exit;
use crate::failure::CommandFailure;

/// Block indicators, through the runbook contain-finding, and wait until every zone enforces it.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  falconer blocks add evil.example 198.51.100.0/28 --reason 'case 42' --ttl 7d")]
pub(super) struct AddArgs {
    /// Domains, addresses or networks.
    #[arg(required = true)]
    indicators: Vec<Indicator>,
    /// Why, for whoever reads the execution.
    #[arg(long)]
    reason: String,
    /// How long, from 5m to 365d; the policy's if left out.
    #[arg(long)]
    ttl: Option<Ttl>,
    /// Report and let pass, instead of dropping.
    #[arg(long)]
    alert: bool,
    /// Say what would change and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print the ending as one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: AddArgs) -> Result<Exit, CommandFailure> {
    let AddArgs { indicators, reason, ttl, alert, dry_run, json: as_json } = args;
    let mut form = form(&indicators, &reason, dry_run);
    form.extend(ttl.map(|ttl| ("ttl".to_owned(), json!(ttl))));
    form.extend(alert.then(|| ("mode".to_owned(), json!(Mode::Alert))));
    let sdk = aws::from_environment().await?;
    Ok(run::to_its_end(&sdk, "contain-finding", &Value::from(form).to_string(), as_json).await?.exit())
}

/// What both runbooks take from a person.
pub(super) fn form<'a>(
    indicators: impl IntoIterator<Item = &'a Indicator>,
    reason: &str,
    dry_run: bool,
) -> Map<String, Value> {
    let indicators: Vec<Value> = indicators.into_iter().map(|indicator| json!(indicator)).collect();
    let members = [("indicators", json!(indicators)), ("reason", json!(reason)), ("dryRun", json!(dry_run))];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
