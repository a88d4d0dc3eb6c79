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

impl Record {
    /// Counts one finding.
    pub(crate) fn add(&mut self, written: Written) {
        self.annotated += usize::from(written != Written::NotAtAll);
        self.notes_left_alone += usize::from(written != Written::InFull);
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
    let mut record = Record::default();
    let mut failed = Vec::new();
    for (finding, annotation) in annotations {
        match annotate(client, &FindingName::of(finding), &annotation).await {
            Ok(written) => record.add(written),
            Err(SecurityHubError::NotAnnotated { findings }) => failed.extend(findings),
            Err(error) => return Err(error),
        }
    }
    if failed.is_empty() { Ok(record) } else { Err(SecurityHubError::NotAnnotated { findings: failed }) }
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
