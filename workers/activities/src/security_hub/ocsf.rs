//! Findings in OCSF, of the new Security Hub: what was done stands in the comment, and nowhere if a person's words stand
//! there, since such a finding has no other place for it.

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::types::{
    BatchUpdateFindingsV2UnprocessedFindingErrorCode as ErrorCode, CompositeFilter, OcsfFindingFilters,
    OcsfStringField, OcsfStringFilter, StringFilter, StringFilterComparison,
};
use aws_smithy_types::Document;
use falconer_domain::finding::NOTE_OPENING;
use falconer_domain::note::{self, Annotation, Told};

use super::annotate::Written;
use super::error::SecurityHubError;
use super::standing::FindingName;
use crate::aws_failure::CallFailure;
use crate::pace::Pace;

/// The comment as it is now.
#[derive(Debug)]
pub(crate) struct Standing {
    comment: Option<String>,
}

impl Standing {
    fn of(finding: &Document) -> Self {
        Self { comment: text(finding, &["comment"]).map(str::to_owned) }
    }

    pub(super) fn told(&self) -> Option<Told> {
        Told::in_comment(self.comment.as_deref()?)
    }
}

pub(super) async fn read(client: &Client, uid: &str) -> Result<Option<Standing>, SecurityHubError> {
    let output = client
        .get_findings_v2()
        .filters(filter(OcsfStringField::MetadataUid, StringFilterComparison::Equals, uid))
        .max_results(1)
        .send()
        .await
        .map_err(|error| SecurityHubError::of_call("GetFindingsV2", CallFailure::from(&error)))?;
    Ok(output.findings().first().map(Standing::of))
}

pub(super) async fn write(
    client: &Client,
    finding: &FindingName,
    standing: &Standing,
    annotation: &Annotation<'_>,
) -> Result<Written, SecurityHubError> {
    if !note::may_write_comment(standing.comment.as_deref()) {
        return Ok(Written::NotAtAll);
    }
    let output = client
        .batch_update_findings_v2()
        .set_metadata_uids(finding.metadata_uid.clone().map(|uid| vec![uid]))
        .comment(annotation.note())
        .send()
        .await
        .map_err(|error| SecurityHubError::of_call("BatchUpdateFindingsV2", CallFailure::from(&error)))?;
    let Some(refused) = output.unprocessed_findings().first() else {
        return Ok(Written::InFull);
    };
    let code = refused.error_code().map_or("unknown error", ErrorCode::as_str);
    let reason = format!("{code}: {}", refused.error_message().unwrap_or("Security Hub gives no reason"));
    // Neither says anything of the comment: later it goes through.
    if matches!(refused.error_code(), Some(ErrorCode::ConflictException | ErrorCode::InternalServerException)) {
        return Err(SecurityHubError::Unavailable { call: "BatchUpdateFindingsV2", reason });
    }
    Err(finding.not_annotated(&reason))
}

/// The first findings, at most so many, whose comment says that something is in force and of which `is_wanted`. None if
/// the new Security Hub is not on.
pub(super) async fn holding_blocks(
    client: &Client,
    pace: &mut Pace,
    most: usize,
    is_wanted: impl Fn(&Told) -> bool,
) -> Result<Vec<FindingName>, SecurityHubError> {
    let filters = filter(OcsfStringField::Comment, StringFilterComparison::Prefix, NOTE_OPENING);
    let mut pages = client.get_findings_v2().filters(filters).into_paginator().page_size(100).send();
    let mut found = Vec::new();
    while found.len() < most {
        pace.keep().await;
        let Some(page) = pages.next().await else { break };
        let page = match page.map_err(|error| CallFailure::from(&error)) {
            Ok(page) => page,
            // IAM knows one permission for both operations, and GetFindings was not refused for the want of it:
            // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindingsV2.html
            Err(CallFailure::AccessDenied(reason)) => {
                tracing::info!(reason, "the new Security Hub is not on here, so it has no findings to tell");
                return Ok(Vec::new());
            }
            Err(failure) => return Err(SecurityHubError::of_call("GetFindingsV2", failure)),
        };
        found.extend(page.findings().iter().filter_map(|finding| {
            Standing::of(finding).told().filter(&is_wanted)?;
            Some(FindingName {
                id: text(finding, &["finding_info", "uid"])?.to_owned(),
                product_arn: text(finding, &["metadata", "product", "uid"])?.to_owned(),
                metadata_uid: Some(text(finding, &["metadata", "uid"])?.to_owned()),
            })
        }));
    }
    found.truncate(most);
    Ok(found)
}

fn filter(field: OcsfStringField, comparison: StringFilterComparison, value: &str) -> OcsfFindingFilters {
    let filter = StringFilter::builder().value(value).comparison(comparison).build();
    let filter = OcsfStringFilter::builder().field_name(field).filter(filter).build();
    let filter = CompositeFilter::builder().string_filters(filter).build();
    OcsfFindingFilters::builder().composite_filters(filter).build()
}

fn text<'a>(finding: &'a Document, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(finding, |value, member| value.as_object()?.get(*member))?.as_string()
}
