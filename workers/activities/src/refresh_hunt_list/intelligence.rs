//! The list of one hunt, read from Falcon Intelligence page by page.

use falconer_domain::guard::Guard;
use falconer_domain::hunt::{Hunt, HuntList, IntelRecord, Ranked};
use falconer_falcon::{IntelIndicator, IntelPage};
use falconer_runtime::{ActivityError, ErrorName};
use jiff::Timestamp;
use thiserror::Error;

use crate::falcon::{ACCESS_DENIED, FalconCallError, FalconCloud, REJECTED, UNAVAILABLE};

/// Records of one hunt: a hundred pages. Of more only some hundredths could stand, and a filter that finds them is a mistake.
const MOST_RECORDS: usize = 1_000_000;

pub(super) const TOO_LARGE: ErrorName = ErrorName::terminal(
    "Hunt.TooLarge",
    "A hunt's filter finds far more than could be hunted; narrow it. The cause names the hunt.",
);

/// Why a hunt's list could not be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IntelError {
    /// Falcon did not answer, or refused.
    #[error(transparent)]
    Falcon(#[from] FalconCallError),
    /// `Hunt.TooLarge`.
    #[error("its filter finds more than {MOST_RECORDS} records, of which some thousands can stand: narrow it")]
    TooLarge,
}

impl ActivityError for IntelError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED, TOO_LARGE];

    fn name(&self) -> &'static str {
        match self {
            Self::Falcon(error) => error.name(),
            Self::TooLarge => TOO_LARGE.name,
        }
    }
}

/// Reads all that a hunt's filter finds. A page is let go when its records are in the list, and the list keeps no more of them
/// than can stand.
pub(super) async fn read(falcon: &FalconCloud, guard: &Guard, hunt: &Hunt) -> Result<Ranked, IntelError> {
    let read = async |falcon: falconer_falcon::Falcon| {
        let (mut list, mut records) = (HuntList::new(guard, hunt.addresses), 0);
        let mut pages = falcon.indicators(&hunt.filter);
        while let Some(IntelPage { found, malformed }) = pages.next_page().await? {
            records += found.len() + malformed;
            if records > MOST_RECORDS {
                return Ok(None);
            }
            found.iter().for_each(|indicator| list.add(&record(indicator)));
            list.add_malformed(malformed);
        }
        Ok(Some(list.rank()))
    };
    falcon.ask(read).await?.ok_or(IntelError::TooLarge)
}

fn record(indicator: &IntelIndicator) -> IntelRecord<'_> {
    IntelRecord {
        indicator: &indicator.indicator,
        kind: &indicator.kind,
        deleted: indicator.deleted,
        malicious_confidence: indicator.malicious_confidence.as_deref().unwrap_or_default(),
        last_updated: indicator.last_updated.map(Timestamp::as_second).unwrap_or_default(),
        actors: &indicator.actors,
        malware_families: &indicator.malware_families,
        reports: &indicator.reports,
    }
}
