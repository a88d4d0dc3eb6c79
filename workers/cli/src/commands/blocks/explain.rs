//! `falconer blocks explain`: why an indicator is blocked, or is not.

use clap::Args;
use falconer_activities::clock::Clock;
use falconer_activities::firewall::{BlockGroups, LedgerVersion, Zone};
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::Held;
use serde_json::json;

use super::table;
use crate::aws;
use crate::commands::switch;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::paint::{BAD, GOOD, WARN, count, paint};

/// Say why an indicator is blocked or is not: guard, switch, ledger, zones. Exits with 0 if every zone blocks it.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  falconer blocks explain cdn.evil.example")]
pub(super) struct ExplainArgs {
    /// A domain, address or network.
    indicator: Indicator,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// All that there is to say.
struct Explanation {
    /// Why the guard would refuse it.
    refusal: Option<String>,
    /// The blocks that it falls under, its own among them.
    blocks: Vec<Held>,
    /// The zones that should enforce them.
    zones: Vec<Zone>,
    /// Which of the zones do.
    enforcing: usize,
}

pub(super) async fn run(args: ExplainArgs, config: &Parsed) -> Result<Exit, CommandFailure> {
    let sdk = aws::from_environment().await?;
    let groups = super::groups(&sdk, config);
    let explanation = explanation(&args.indicator, &groups, config).await?;
    if args.json {
        let Explanation { refusal, blocks, zones, .. } = &explanation;
        let enforced = explanation.is_enforced();
        anstream::println!(
            "{}",
            json!({ "indicator": args.indicator, "refusal": refusal, "blocks": blocks, "zones": zones, "enforced": enforced })
        );
    } else {
        tell(&args.indicator, &explanation);
        if let Ok(switch) = switch::named_by(&sdk, config).read().await {
            anstream::println!("switch  {}", switch::sentence(&switch));
        }
    }
    Ok(if explanation.is_enforced() { Exit::Done } else { Exit::Failed })
}

async fn explanation(
    indicator: &Indicator,
    groups: &BlockGroups,
    config: &Parsed,
) -> Result<Explanation, CommandFailure> {
    let version = groups.read().await?;
    let blocks: Vec<Held> =
        version.ledger().held().iter().filter(|held| held.entry.indicator.covers(indicator)).cloned().collect();
    let zones = zones(&version, groups, &blocks).await?;
    let current = |zone: &&Zone| version.0.iter().any(|group| group.arn() == zone.group && zone.runs(&group.token));
    Ok(Explanation {
        refusal: config.guard.admit(indicator.clone()).err().map(|refusal| refusal.sentence),
        enforcing: zones.iter().filter(current).count(),
        blocks,
        zones,
    })
}

async fn zones(version: &LedgerVersion, groups: &BlockGroups, blocks: &[Held]) -> Result<Vec<Zone>, CommandFailure> {
    let holds = |name: &str| blocks.iter().any(|held| held.group == name);
    let arns: Vec<&str> = version.0.iter().filter(|group| holds(&group.name)).map(|group| group.arn()).collect();
    if arns.is_empty() { Ok(Vec::new()) } else { Ok(groups.zones(&arns).await?) }
}

impl Explanation {
    fn is_enforced(&self) -> bool {
        !self.zones.is_empty() && self.enforcing == self.zones.len()
    }
}

fn tell(indicator: &Indicator, explanation: &Explanation) {
    let Explanation { refusal, blocks, zones, enforcing } = explanation;
    let guard = match refusal {
        None => paint(GOOD, "lets it pass"),
        Some(sentence) => paint(WARN, sentence),
    };
    anstream::println!("guard   {guard}");
    if blocks.is_empty() {
        anstream::println!(
            "ledger  {}",
            paint(BAD, format!("holds no block of {indicator}, nor of anything above it"))
        );
        return;
    }
    anstream::println!("ledger  {}", paint(GOOD, format!("{} for it", count(blocks.len(), "block"))));
    anstream::println!("{}", table::of(blocks, Clock::system().now()));
    let style = if explanation.is_enforced() { GOOD } else { BAD };
    let summary = match zones.len() {
        0 => "no firewall uses the rule group: it stops nothing".to_owned(),
        all => format!("{enforcing} of {all} run the ledger as it stands"),
    };
    anstream::println!("zones   {}", paint(style, summary));
    for zone in zones {
        anstream::println!("        {} {} at {}", zone.zone, zone.status, zone.update_token);
    }
}
