//! Reads findings, page by page, no faster than an account may.

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::types::builders::AwsSecurityFindingFiltersBuilder;
use aws_sdk_securityhub::types::{AwsSecurityFinding, StringFilter, StringFilterComparison};

use super::error::SecurityHubError;
use crate::aws_failure::CallFailure;
use crate::pace::Pace;

/// Values of one filter, the most that there can be
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFindingFilters.html>).
pub(crate) const MOST_VALUES: usize = 20;

/// The field has this value.
pub(crate) fn equals(value: &str) -> StringFilter {
    StringFilter::builder().value(value).comparison(StringFilterComparison::Equals).build()
}

/// What [`read_findings`] must be allowed.
pub(crate) const READ_FINDINGS: &[&str] = &["securityhub:GetFindings"];

/// Shows every finding that the filters find, a page of them in memory at a time.
pub(crate) async fn read_findings(
    client: &Client,
    filters: AwsSecurityFindingFiltersBuilder,
    pace: &mut Pace,
    mut show: impl FnMut(AwsSecurityFinding),
) -> Result<(), SecurityHubError> {
    let mut pages = client.get_findings().filters(filters.build()).into_paginator().page_size(100).send();
    loop {
        pace.keep().await;
        let Some(page) = pages.next().await else { return Ok(()) };
        let page = page.map_err(|error| SecurityHubError::of_call("GetFindings", CallFailure::from(&error)))?;
        let is_last = page.next_token.is_none();
        page.findings.unwrap_or_default().into_iter().for_each(&mut show);
        if is_last {
            return Ok(());
        }
    }
}
