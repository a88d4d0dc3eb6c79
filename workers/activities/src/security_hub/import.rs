//! Imports findings of an account's own, and reads what became of each.

use aws_sdk_securityhub::types::{AwsSecurityFinding, ImportFindingsError};
use falconer_domain::place::Place;
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;

use super::error::{ACCESS_DENIED, REJECTED, SecurityHubError, UNAVAILABLE};
use crate::aws_failure::{CallFailure, says_later};

/// Findings of one call, the most that there can be
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>).
pub(crate) const MOST_IMPORTED: usize = 100;

pub(crate) const NOT_IMPORTED: ErrorName = ErrorName::terminal(
    "SecurityHub.NotImported",
    "Security Hub did not take some findings; the cause names one of them and the reason.",
);

/// Why findings could not be read or written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FindingsError {
    /// A call failed.
    #[error(transparent)]
    SecurityHub(#[from] SecurityHubError),
    /// `SecurityHub.NotImported`.
    #[error("Security Hub of {place} did not take {count} of the findings, the first of them {id}: {reason}")]
    NotImported {
        /// Whose Security Hub.
        place: Place,
        /// How many.
        count: usize,
        /// One of them.
        id: String,
        /// Why not that one.
        reason: String,
    },
}

impl ActivityError for FindingsError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, REJECTED, NOT_IMPORTED];

    fn name(&self) -> &'static str {
        match self {
            Self::SecurityHub(error) => error.name(),
            Self::NotImported { .. } => NOT_IMPORTED.name,
        }
    }
}

/// What [`import_findings`] must be allowed.
pub(crate) const IMPORT_FINDINGS: &[&str] = &["securityhub:BatchImportFindings"];

/// Imports at most [`MOST_IMPORTED`] findings into the Security Hub of a place; the number that it took.
///
/// Harmless when repeated: a finding is known by its id.
pub(crate) async fn import_findings(
    client: &aws_sdk_securityhub::Client,
    place: &Place,
    findings: Vec<AwsSecurityFinding>,
) -> Result<usize, FindingsError> {
    if findings.is_empty() {
        return Ok(0);
    }
    let wanted = findings.len();
    let output = client.batch_import_findings().set_findings(Some(findings)).send().await;
    let failed = |failure| SecurityHubError::of_call("BatchImportFindings", failure);
    let output = output.map_err(|error| failed(CallFailure::from(&error)))?;
    // One that will never be taken is named before those that may be.
    let later = |one: &&ImportFindingsError| one.error_code().is_some_and(says_later);
    let refused = output.failed_findings();
    let Some(first) = refused.iter().find(|one| !later(one)).or(refused.first()) else { return Ok(wanted) };
    let reason = format!(
        "{}: {}",
        first.error_code().unwrap_or("unknown error"),
        first.error_message().unwrap_or("Security Hub gives no reason")
    );
    if later(&first) {
        let reason = format!("{} of {wanted} findings were not taken ({reason})", refused.len());
        return Err(failed(CallFailure::Unavailable(reason)).into());
    }
    let id = first.id().unwrap_or_default().to_owned();
    Err(FindingsError::NotImported { place: place.clone(), count: refused.len(), id, reason })
}
