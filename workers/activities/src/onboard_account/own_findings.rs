//! The findings of Falconer about an account that stand in a Security Hub: the account's own, or the administrator's.

use aws_sdk_securityhub::Client;
use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingFilters, RecordState, StringFilter, StringFilterComparison, WorkflowStatus,
};
use falconer_domain::place::Place;

use crate::pace::Pace;
use crate::security_hub::{SecurityHubError, equals, read_findings};

/// Every finding of Falconer about a place that is neither archived nor resolved, whose `GeneratorId` begins so.
pub(super) async fn own_findings(
    client: &Client,
    place: &Place,
    generator: &str,
) -> Result<Vec<AwsSecurityFinding>, SecurityHubError> {
    let with = |value: &str, comparison| StringFilter::builder().value(value).comparison(comparison).build();
    let filters = AwsSecurityFindingFilters::builder()
        .product_arn(equals(&place.product_arn()))
        .aws_account_id(equals(&place.account.to_string()))
        .generator_id(with(generator, StringFilterComparison::Prefix))
        .workflow_status(with(WorkflowStatus::Resolved.as_str(), StringFilterComparison::NotEquals))
        .record_state(equals(RecordState::Active.as_str()));
    let mut found = Vec::new();
    read_findings(client, filters, &mut Pace::of_findings(), |finding| found.push(finding)).await?;
    Ok(found)
}
