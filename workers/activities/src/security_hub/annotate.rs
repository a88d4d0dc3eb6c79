//! Writes on a finding what was done, without a word of a person's being lost.
//!
//! What is written is replaced as a whole by Security Hub, so what stands there is read first and merged.

use aws_sdk_securityhub::Client;
use falconer_domain::finding::FindingSummary;
use falconer_domain::note::Annotation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::SecurityHubError;
use super::standing::{FindingName, Standing};

/// What the findings were told.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Findings that say what was done: in their fields, or a finding in OCSF in its comment.
    pub annotated: usize,
    /// Findings that keep an analyst's words, so that what was done stands only in their fields; of a finding in OCSF, which
    /// has none, only in the execution.
    pub notes_left_alone: usize,
}

/// How much of an annotation could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it.
    InFull,
    /// Not the note, in whose place an analyst's stands.
    InFieldsOnly,
    /// Nothing: an analyst's comment stands in the only place that there is.
    NotAtAll,
}

/// Counts findings one by one, and collects those that could not be annotated, so that they stop no other.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    record: Record,
    failed: Vec<String>,
}

impl Tally {
    /// Adds one finding.
    ///
    /// # Errors
    /// Every failure but `SecurityHub.NotAnnotated`, which is for the end.
    pub(crate) fn add(&mut self, outcome: Result<Written, SecurityHubError>) -> Result<(), SecurityHubError> {
        match outcome {
            Ok(written) => {
                self.record.annotated += usize::from(written != Written::NotAtAll);
                self.record.notes_left_alone += usize::from(written != Written::InFull);
            }
            Err(SecurityHubError::NotAnnotated { findings }) => self.failed.extend(findings),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What the findings were told.
    ///
    /// # Errors
    /// `SecurityHub.NotAnnotated` with every finding that could not be annotated.
    pub(crate) fn end(self) -> Result<Record, SecurityHubError> {
        let Self { record, failed } = self;
        if failed.is_empty() { Ok(record) } else { Err(SecurityHubError::NotAnnotated { findings: failed }) }
    }
}

/// Annotates every finding, also those after one that cannot be annotated.
///
/// Harmless when repeated: the same notes and fields are written again.
///
/// # Errors
/// `SecurityHub.NotAnnotated` with every finding that does not exist or whose update Security Hub did not take; any
/// other failure of a call ends it at once.
pub(crate) async fn annotate_all<'a>(
    client: &Client,
    annotations: impl Iterator<Item = (&'a FindingSummary, Annotation<'a>)>,
) -> Result<Record, SecurityHubError> {
    let mut tally = Tally::default();
    for (finding, annotation) in annotations {
        tally.add(annotate(client, &FindingName::of(finding), &annotation).await)?;
    }
    tally.end()
}

async fn annotate(
    client: &Client,
    finding: &FindingName,
    annotation: &Annotation<'_>,
) -> Result<Written, SecurityHubError> {
    match Standing::read(client, finding).await? {
        Some(standing) => standing.write(client, finding, annotation).await,
        None => Err(finding.not_annotated("there is no such finding in this account and region")),
    }
}
