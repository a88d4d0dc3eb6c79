//! Trails, networks and flow logs.
//!
//! A trail's schema has no property that says whether it is logging:
//! <https://github.com/awslabs/aws-config-resource-schema/blob/master/config/properties/resource-types/AWS::CloudTrail::Trail.properties.json>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Kind, Scalar};
use crate::organization::Organization;

/// A resource as it is, whether Config has recorded it or not.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::config) struct Resource {
    /// Twelve digits.
    pub(in crate::config) account: String,
    pub(in crate::config) region: String,
    pub(in crate::config) resource_type: String,
    pub(in crate::config) resource_id: String,
    resource_name: Option<String>,
    arn: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    #[serde(default = "no_members")]
    pub(super) configuration: Value,
}

/// A type of resources, and what Config knows of each of them.
struct Type {
    name: &'static str,
    /// How its ARNs begin: the service, and what comes before the id.
    arn: (&'static str, &'static str),
    texts: &'static [&'static str],
    flags: &'static [&'static str],
}

const TYPES: [Type; 3] = [
    Type {
        name: "AWS::CloudTrail::Trail",
        arn: ("cloudtrail", "trail/"),
        texts: &[
            "configuration.cloudWatchLogsLogGroupArn",
            "configuration.cloudWatchLogsRoleArn",
            "configuration.homeRegion",
            "configuration.kmsKeyId",
            "configuration.name",
            "configuration.s3BucketName",
            "configuration.s3KeyPrefix",
            "configuration.snsTopicARN",
            "configuration.trailARN",
        ],
        flags: &[
            "configuration.hasCustomEventSelectors",
            "configuration.hasInsightSelectors",
            "configuration.includeGlobalServiceEvents",
            "configuration.isMultiRegionTrail",
            "configuration.isOrganizationTrail",
            "configuration.logFileValidationEnabled",
        ],
    },
    Type {
        name: "AWS::EC2::VPC",
        arn: ("ec2", "vpc/"),
        texts: &[
            "configuration.cidrBlock",
            "configuration.dhcpOptionsId",
            "configuration.instanceTenancy",
            "configuration.ownerId",
            "configuration.state.value",
            "configuration.vpcId",
        ],
        flags: &["configuration.isDefault"],
    },
    Type {
        name: "AWS::EC2::FlowLog",
        arn: ("ec2", "vpc-flow-log/"),
        texts: &[
            "configuration.deliverLogsErrorMessage",
            "configuration.deliverLogsPermissionArn",
            "configuration.deliverLogsStatus",
            "configuration.flowLogId",
            "configuration.flowLogStatus",
            "configuration.logDestination",
            "configuration.logDestinationType",
            "configuration.logFormat",
            "configuration.logGroupName",
            "configuration.resourceId",
            "configuration.trafficType",
        ],
        flags: &[],
    },
];

/// Of every type.
const COMMON: [&str; 7] =
    ["accountId", "arn", "awsRegion", "configurationItemStatus", "resourceId", "resourceName", "resourceType"];

/// The property of this path, and what its values are.
pub(super) fn property(path: &str) -> Option<(&'static str, Kind)> {
    let texts = TYPES.iter().flat_map(|kind| kind.texts).chain(&COMMON).map(|path| (*path, Kind::Text));
    let flags = TYPES.iter().flat_map(|kind| kind.flags).map(|path| (*path, Kind::Flag));
    texts.chain(flags).find(|(one, _)| *one == path)
}

impl Resource {
    /// # Errors
    /// A sentence on a resource that Config would not record like that.
    pub(in crate::config) fn check(&self) -> Result<(), String> {
        let kind = self.kind().ok_or_else(|| {
            let known = TYPES.map(|kind| kind.name).join(", ");
            format!("{} is none of the types that can be put: {known}", self.resource_type)
        })?;
        check_members(kind, "configuration", &self.configuration)
    }

    /// The value at a path, if this type has one there.
    pub(super) fn value(&self, path: &str, organization: &Organization) -> Option<Scalar> {
        let text = match path {
            "accountId" => self.account.clone(),
            "arn" => self.arn(organization),
            "awsRegion" => self.region.clone(),
            "configurationItemStatus" => "OK".to_owned(),
            "resourceId" => self.resource_id.clone(),
            "resourceName" => self.resource_name.clone()?,
            "resourceType" => self.resource_type.clone(),
            path => {
                let names = path.strip_prefix("configuration.")?;
                let value = names.split('.').try_fold(&self.configuration, |value, name| value.get(name))?;
                return value.as_bool().map(Scalar::Flag).or_else(|| Some(Scalar::Text(value.as_str()?.to_owned())));
            }
        };
        Some(Scalar::Text(text))
    }

    fn kind(&self) -> Option<&'static Type> {
        TYPES.iter().find(|kind| kind.name == self.resource_type)
    }

    fn arn(&self, organization: &Organization) -> String {
        let (service, prefix) = self.kind().map(|kind| kind.arn).unwrap_or_default();
        let made = || organization.arn(service, &self.region, &self.account, &format!("{prefix}{}", self.resource_id));
        self.arn.clone().unwrap_or_else(made)
    }
}

fn check_members(kind: &Type, path: &str, value: &Value) -> Result<(), String> {
    let Value::Object(members) = value else {
        let fits = match value {
            Value::String(_) => kind.texts.contains(&path),
            Value::Bool(_) => kind.flags.contains(&path),
            _ => false,
        };
        return if fits { Ok(()) } else { Err(format!("{path} of {} cannot be {value}", kind.name)) };
    };
    members.iter().try_for_each(|(name, value)| check_members(kind, &format!("{path}.{name}"), value))
}

fn no_members() -> Value {
    Value::Object(serde_json::Map::new())
}
