//! Writes on a finding what was done: in UserDefinedFields always, in the Note only if no person's words stand there.
//!
//! Both are replaced as a whole by BatchUpdateFindings, so what stands there is read first and merged.

use std::collections::BTreeMap;

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingFilters, AwsSecurityFindingIdentifier, NoteUpdate, StringFilter,
    StringFilterComparison,
};
use falconer_domain::finding::FindingSummary;
use falconer_domain::note::{self, Annotation, StandingNote};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::SecurityHubError;
use crate::aws_failure::CallFailure;

/// What the findings were told.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Findings whose fields say what was done.
    pub annotated: usize,
    /// How many of them keep an analyst's note, so that what was done stands only in their fields.
    pub notes_left_alone: usize,
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
        match annotate(client, finding, &annotation).await {
            Ok(note_written) => {
                record.annotated += 1;
                record.notes_left_alone += usize::from(!note_written);
            }
            Err(SecurityHubError::NotAnnotated { findings }) => failed.extend(findings),
            Err(error) => return Err(error),
        }
    }
    if failed.is_empty() { Ok(record) } else { Err(SecurityHubError::NotAnnotated { findings: failed }) }
}

/// Annotates one finding and answers whether its note was ours to write.
async fn annotate(
    client: &Client,
    finding: &FindingSummary,
    annotation: &Annotation<'_>,
) -> Result<bool, SecurityHubError> {
    let Some(existing) = read(client, finding).await? else {
        return Err(not_annotated(finding, "there is no such finding in this account and region"));
    };
    let may_write_note = note::may_write_note(note_of(&existing).as_ref());
    let fields: BTreeMap<String, String> = existing.user_defined_fields.unwrap_or_default().into_iter().collect();
    let mut update = client
        .batch_update_findings()
        .finding_identifiers(identifier(finding))
        .set_user_defined_fields(Some(annotation.fields(&fields).into_iter().collect()));
    if may_write_note {
        update = update.note(NoteUpdate::builder().text(annotation.note()).updated_by(note::AUTHOR).build());
    }
    let output = update
        .send()
        .await
        .map_err(|error| SecurityHubError::of_call("BatchUpdateFindings", CallFailure::from(&error)))?;
    let Some(refused) = output.unprocessed_findings().first() else {
        return Ok(may_write_note);
    };
    let code = refused.error_code().unwrap_or("unknown error");
    let reason = format!("{code}: {}", refused.error_message().unwrap_or("Security Hub gives no reason"));
    // Another request writes the same finding at this moment: later it goes through.
    if code == "ConcurrentUpdateError" {
        return Err(SecurityHubError::Unavailable { call: "BatchUpdateFindings", reason });
    }
    Err(not_annotated(finding, &reason))
}

async fn read(client: &Client, finding: &FindingSummary) -> Result<Option<AwsSecurityFinding>, SecurityHubError> {
    let equals = |value: &str| StringFilter::builder().value(value).comparison(StringFilterComparison::Equals).build();
    let filters =
        AwsSecurityFindingFilters::builder().id(equals(&finding.id)).product_arn(equals(&finding.product_arn)).build();
    let output = client
        .get_findings()
        .filters(filters)
        .max_results(1)
        .send()
        .await
        .map_err(|error| SecurityHubError::of_call("GetFindings", CallFailure::from(&error)))?;
    Ok(output.findings.unwrap_or_default().into_iter().next())
}

fn note_of(finding: &AwsSecurityFinding) -> Option<StandingNote> {
    let note = finding.note.as_ref()?;
    Some(StandingNote {
        text: note.text().unwrap_or_default().to_owned(),
        updated_by: note.updated_by().unwrap_or_default().to_owned(),
    })
}

fn identifier(finding: &FindingSummary) -> AwsSecurityFindingIdentifier {
    AwsSecurityFindingIdentifier::builder().id(&finding.id).product_arn(&finding.product_arn).build()
}

fn not_annotated(finding: &FindingSummary, reason: &str) -> SecurityHubError {
    SecurityHubError::NotAnnotated { findings: vec![format!("{} ({reason})", finding.id)] }
}
