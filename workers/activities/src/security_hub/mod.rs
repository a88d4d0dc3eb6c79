//! Security Hub as Falconer uses it: what was done to a finding stands on the finding, in either of its two formats; and what
//! Falconer itself has found is imported.

mod annotate;
mod asff;
pub(crate) mod error;
mod hits;
mod import;
mod ocsf;
mod own;
mod read;
mod standing;

use aws_sdk_securityhub::Client;
use falconer_domain::note::Told;

pub use self::annotate::Record;
pub use self::error::SecurityHubError;
pub use self::hits::HitFindings;
pub use self::import::FindingsError;
pub use self::standing::FindingName;

pub(crate) use self::annotate::{Tally, Written, annotate_all};
pub(crate) use self::import::{IMPORT_FINDINGS, MOST_IMPORTED, NOT_IMPORTED, import_findings};
pub(crate) use self::own::{own_finding, resource};
pub(crate) use self::read::{MOST_VALUES, READ_FINDINGS, equals, read_findings};
pub(crate) use self::standing::Standing;
use crate::pace::Pace;

/// The first findings of both formats, at most so many, that say that something is in force and of which `is_wanted`.
///
/// # Errors
/// What a call met.
pub async fn holding_blocks(
    client: &Client,
    pace: &mut Pace,
    most: usize,
    is_wanted: impl Fn(&Told) -> bool,
) -> Result<Vec<FindingName>, SecurityHubError> {
    let mut found = asff::holding_blocks(client, pace, most, &is_wanted).await?;
    found.extend(ocsf::holding_blocks(client, pace, most - found.len(), &is_wanted).await?);
    Ok(found)
}
