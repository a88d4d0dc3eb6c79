//! What every finding that Falconer imports has in common
//! (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html>).

use aws_sdk_securityhub::types::builders::AwsSecurityFindingBuilder;
use aws_sdk_securityhub::types::{AwsSecurityFinding, Resource};
use falconer_domain::place::Place;

/// The finding with this id, under the default product of the place's own account.
pub(crate) fn own_finding(place: &Place, id: impl Into<String>) -> AwsSecurityFindingBuilder {
    AwsSecurityFinding::builder()
        .schema_version("2018-10-08")
        .id(id)
        .product_arn(place.product_arn())
        .aws_account_id(place.account.to_string())
}

/// What it is about, in that place.
pub(crate) fn resource(place: &Place, kind: &str, id: impl Into<String>) -> Resource {
    Resource::builder()
        .r#type(kind)
        .id(id)
        .region(place.region.as_str())
        .partition(place.region.partition().into())
        .build()
}
