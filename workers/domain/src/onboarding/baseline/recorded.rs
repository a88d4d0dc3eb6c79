//! What Config records of trails, VPCs and flow logs, from the rows of its queries
//! (<https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types>).

use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use thiserror::Error;

use super::{Judged, Lack};

/// What Config shows of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<T> {
    /// What it shows.
    pub items: Vec<T>,
    /// Whether there is nothing else: see [`crate::onboarding::ConfigFacts::knows_all`].
    pub whole: bool,
}

/// A trail of CloudTrail. `None` is what the row does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// Whether it covers all regions.
    pub multi_region: Option<bool>,
    /// Whether its files are signed, so that a change of one can be seen.
    pub validated: Option<bool>,
    /// Whether it logs now. Config does not record that, so that it decides only where somebody else says it.
    pub logging: Option<bool>,
}

/// A VPC, by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VpcId(String);

/// A text is no id of a VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the id of a VPC is written `vpc-` and 8 or 17 hexadecimal digits")]
pub struct VpcIdError;

/// A flow log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowLog {
    /// What it logs: a VPC, a subnet or a network interface. Only that of a VPC covers the VPC.
    pub resource: String,
    /// Whether it is active, and its records arrive. `None` is what the row does not say.
    pub delivers: Option<bool>,
}

impl Trail {
    /// Reads a row: `configuration.isMultiRegionTrail` and `configuration.logFileValidationEnabled`.
    pub fn read(row: &Value) -> Self {
        let configuration = &row["configuration"];
        Self {
            multi_region: configuration["isMultiRegionTrail"].as_bool(),
            validated: configuration["logFileValidationEnabled"].as_bool(),
            logging: None,
        }
    }

    pub(super) fn judged(&self) -> Judged {
        match (self.multi_region, self.validated, self.logging) {
            (Some(false), _, _) => Judged::Open(Lack::OneRegion),
            (_, Some(false), _) => Judged::Open(Lack::NotValidated),
            (_, _, Some(false)) => Judged::Open(Lack::NotLogging),
            (Some(true), Some(true), _) => Judged::Closed,
            _ => Judged::Unknown,
        }
    }
}

impl VpcId {
    /// Reads a row: `resourceId`.
    pub fn read(row: &Value) -> Option<Self> {
        row["resourceId"].as_str()?.parse().ok()
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FlowLog {
    /// Reads a row: `configuration.resourceId`, `configuration.flowLogStatus` and `configuration.deliverLogsStatus`
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html>). One that has not delivered yet has no status of that.
    pub fn read(row: &Value) -> Option<Self> {
        let configuration = &row["configuration"];
        let is_active = configuration["flowLogStatus"].as_str().map(|status| status == "ACTIVE");
        let fails = configuration["deliverLogsStatus"].as_str() == Some("FAILED");
        let delivers = if fails { Some(false) } else { is_active };
        Some(Self { resource: configuration["resourceId"].as_str()?.to_owned(), delivers })
    }
}

impl<T> Default for Recorded<T> {
    fn default() -> Self {
        Self { items: Vec::new(), whole: false }
    }
}

impl FromStr for VpcId {
    type Err = VpcIdError;

    fn from_str(text: &str) -> Result<Self, VpcIdError> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_id = text.strip_prefix("vpc-").is_some_and(|id| matches!(id.len(), 8 | 17) && id.bytes().all(is_digit));
        is_id.then(|| Self(text.to_owned())).ok_or(VpcIdError)
    }
}

impl fmt::Display for VpcId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
