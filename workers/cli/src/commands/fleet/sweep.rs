//! The look at every account and region, several at the same time.

use std::collections::BTreeSet;

use falconer_activities::fleet::Silence;
use falconer_domain::fleet::Tally;
use falconer_domain::place::Place;
use futures_util::stream::{self, StreamExt as _};

use super::CAUSE;
use super::filter::Filter;
use super::row::Row;
use crate::failure::CommandFailure;
use crate::organization::Organization;
use crate::progress;

/// Places at the same time. Each account has its own limits in AWS, and all share Falcon's 6,000 requests a minute
/// (<https://github.com/CrowdStrike/gofalcon/issues/364>), of which a place takes one for a hundred instances.
const AT_THE_SAME_TIME: usize = 8;

/// What was found.
#[derive(Default)]
pub(super) struct Swept {
    /// The instances that the filter admits, by account, region and id.
    pub(super) rows: Vec<Row>,
    /// The same, counted.
    pub(super) shown: Tally,
    /// Instances that the filter does not admit.
    pub(super) hidden: u64,
    /// What could not be read, and where.
    pub(super) unread: Vec<(Place, Silence)>,
}

/// Looks at every place that the filter admits.
///
/// # Errors
/// Nobody knows which places there are.
pub(super) async fn sweep(organization: &Organization, filter: &Filter) -> Result<Swept, CommandFailure> {
    let places = places(organization, filter).await?;
    let progress = progress::bar(places.len(), "accounts and regions");
    let looks = places.into_iter().map(|place| look(organization, filter, place));
    let mut looks = stream::iter(looks).buffer_unordered(AT_THE_SAME_TIME);
    let mut swept = Swept::default();
    while let Some(look) = looks.next().await {
        swept.add(look);
        progress.inc(1);
    }
    progress.finish_and_clear();
    swept.rows.sort_by(|one, other| (&one.place, &one.instance).cmp(&(&other.place, &other.instance)));
    swept.unread.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(swept)
}

async fn places(organization: &Organization, filter: &Filter) -> Result<BTreeSet<Place>, CommandFailure> {
    if let Some(place) = filter.place() {
        return Ok([place].into());
    }
    let Organization { accounts, fleet, .. } = organization;
    let hub = accounts.clients(&accounts.hub().place, CAUSE).await?;
    let mut places = fleet.places(&hub, filter.account()).await?;
    places.retain(|place| filter.admits_place(place));
    Ok(places)
}

/// One place, as far as it can be read.
async fn look(organization: &Organization, filter: &Filter, place: Place) -> Swept {
    let mut swept = Swept::default();
    let clients = match organization.accounts.clients(&place, CAUSE).await {
        Ok(clients) => clients,
        Err(error) => {
            swept.unread.push((place, Silence::of(&error)));
            return swept;
        }
    };
    let mut survey = organization.fleet.survey(&clients, None).await;
    loop {
        match survey.next().await {
            Ok(Some(page)) => page.into_iter().for_each(|judged| {
                if filter.admits(&judged) {
                    swept.shown.count(&judged.verdict);
                    swept.rows.push(Row::of(&place, judged));
                } else {
                    swept.hidden += 1;
                }
            }),
            Ok(None) => break,
            Err(error) => {
                swept.unread.push((place.clone(), Silence::of(&error)));
                break;
            }
        }
    }
    swept.unread.extend(survey.silence().iter().map(|silence| (place.clone(), silence.clone())));
    swept
}

impl Swept {
    fn add(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.shown.add(&other.shown);
        self.hidden += other.hidden;
        self.unread.extend(other.unread);
    }
}
