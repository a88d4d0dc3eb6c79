//! Where something is: an AWS account and a region.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An AWS account, by its number of twelve digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{12}$"))]
pub struct AccountId(u64);

/// A text is not the number of an AWS account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an AWS account is written with exactly twelve digits")]
pub struct AccountIdError;

/// A region by its code, such as `eu-central-1`. Whether AWS has it is not asked: AWS adds regions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[a-z0-9-]{5,32}$"))]
pub struct Region(String);

/// A text is not the code of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a region is written as `eu-central-1`: 5 to 32 small letters, digits and hyphens")]
pub struct RegionError;

/// One account in one region: what one set of clients reaches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl AccountId {
    const DIGITS: usize = 12;
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        let is_number = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten().map(Self).ok_or(AccountIdError)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:0digits$}", self.0, digits = Self::DIGITS)
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, AccountIdError> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(account: AccountId) -> Self {
        account.to_string()
    }
}

impl Region {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the region belongs to, as it stands in ARNs
    /// (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>).
    pub fn partition(&self) -> &'static str {
        match self.0.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if self.0.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        let is_code = (5..=32).contains(&text.len()) && text.bytes().all(fits);
        is_code.then(|| Self(text.to_owned())).ok_or(RegionError)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(text: String) -> Result<Self, RegionError> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl Place {
    /// Where the resource with this ARN is; `None` if it names no account or no region.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.strip_prefix("arn:")?.split(':').skip(2);
        let region = parts.next()?.parse().ok()?;
        let account = parts.next()?.parse().ok()?;
        Some(Self { account, region })
    }

    /// `ProductArn` under which an account imports findings of its own
    /// (<https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html>).
    pub fn product_arn(&self) -> String {
        let Self { account, region } = self;
        format!("arn:{}:securityhub:{region}:{account}:product/{account}/default", region.partition())
    }
}

/// `444455556666/us-east-1`.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.account, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_tells_its_partition() {
        for (region, partition) in
            [("us-east-1", "aws"), ("eu-central-2", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
        {
            assert_eq!(region.parse::<Region>().unwrap().partition(), partition, "{region}");
        }
    }

    #[test]
    fn an_arn_tells_the_place_if_it_has_one() {
        let group = "arn:aws:network-firewall:us-east-1:111122223333:stateful-rulegroup/falconer-block";
        assert_eq!(Place::of_arn(group).unwrap().to_string(), "111122223333/us-east-1");
        for arn in ["", "arn:aws:s3:::bucket", "arn:aws:iam::111122223333:role/falconer", "us-east-1:111122223333"] {
            assert_eq!(Place::of_arn(arn), None, "{arn}");
        }
    }

    #[test]
    fn an_accounts_own_product_is_of_the_regions_partition() {
        let place = Place { account: "444455556666".parse().unwrap(), region: "us-gov-west-1".parse().unwrap() };
        let arn = "arn:aws-us-gov:securityhub:us-gov-west-1:444455556666:product/444455556666/default";
        assert_eq!(place.product_arn(), arn);
    }

    #[test]
    fn hostile_text_is_no_region() {
        for text in ["", "us", "us-east-1'", "US-EAST-1", "us east 1", &"a".repeat(33)] {
            assert_eq!(text.parse::<Region>(), Err(RegionError), "{text:?}");
        }
    }
}
