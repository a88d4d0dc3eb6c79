//! `falconer fleet explain`: what everybody says of one instance, and what follows from it.

use std::collections::BTreeSet;

use clap::Args;
use falconer_activities::fleet::{Silence, finding_about};
use falconer_domain::fleet::{Answer, InstanceId};
use falconer_domain::place::{AccountId, Place, Region};

use super::CAUSE;
use super::explanation::Explanation;
use crate::config::Parsed;
use crate::exit::Exit;
use crate::failure::CommandFailure;
use crate::organization::Organization;

/// Say what AWS Config, Systems Manager, Falcon and Security Hub know of an instance, the verdict, and what to do.
#[derive(Args, Debug)]
#[command(
    after_help = "Exits with 0 if it is healthy or needs no sensor, 1 if it lacks a healthy one, 2 if there is no such \
                        instance, 3 if something could not be read. In JSON, what a source did not say is left out.\n\n\
                        Example:\n  falconer fleet explain i-0f1a2b3c4d5e6f702"
)]
pub(super) struct ExplainArgs {
    /// The instance's id.
    instance: InstanceId,
    /// Its account. With the region too, the organization's aggregator is not asked where it is.
    #[arg(long)]
    account: Option<AccountId>,
    /// Its region.
    #[arg(long)]
    region: Option<Region>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    args: ExplainArgs,
    organization: &Organization,
    config: &Parsed,
) -> Result<Exit, CommandFailure> {
    let place = place(&args, organization).await?;
    let explanation = explanation(&args.instance, place, organization).await?;
    if args.json {
        explanation.print_json();
    } else {
        explanation.tell(&config.install);
    }
    let exit = super::exit([&explanation.judged.verdict]);
    Ok(if explanation.silence.is_empty() { exit } else { Exit::Service })
}

/// Where the instance is.
async fn place(args: &ExplainArgs, organization: &Organization) -> Result<Place, CommandFailure> {
    if let (Some(account), Some(region)) = (args.account, args.region.clone()) {
        return Ok(Place { account, region });
    }
    let Organization { accounts, fleet, .. } = organization;
    let hub = accounts.clients(&accounts.hub().place, CAUSE).await?;
    let mut places = fleet.places_of(&hub, &args.instance).await?;
    places.retain(|place| args.account.is_none_or(|account| account == place.account));
    places.retain(|place| args.region.as_ref().is_none_or(|region| *region == place.region));
    let first = places.pop_first().ok_or_else(|| unknown(&args.instance, "the organization"))?;
    if places.is_empty() {
        return Ok(first);
    }
    let places: Vec<String> = [&first].into_iter().chain(&places).map(Place::to_string).collect();
    let problem = format!("is recorded in {}: name one of them with --account and --region", places.join(" and "));
    Err(CommandFailure::usage(args.instance.as_str(), problem))
}

async fn explanation(
    instance: &InstanceId,
    place: Place,
    organization: &Organization,
) -> Result<Explanation, CommandFailure> {
    let clients = organization.accounts.clients(&place, CAUSE).await?;
    let ids = BTreeSet::from([instance.clone()]);
    let mut survey = organization.fleet.survey(&clients, Some(&ids)).await;
    let page = survey.next().await?.unwrap_or_default();
    let judged = page.into_iter().next().ok_or_else(|| unknown(instance, &place.to_string()))?;
    let mut silence = survey.silence().to_vec();
    let finding = match finding_about(&clients, instance).await {
        Ok(finding) => Answer::Given(finding),
        Err(error) => {
            silence.push(Silence::of(&error));
            Answer::Missing
        }
    };
    Ok(Explanation { place, judged, finding, silence })
}

fn unknown(instance: &InstanceId, place: &str) -> CommandFailure {
    let problem = format!("AWS Config records no such instance in {place}. One that is new is recorded within minutes");
    CommandFailure::usage(instance.as_str(), problem)
}
