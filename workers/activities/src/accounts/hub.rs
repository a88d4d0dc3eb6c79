//! The account and region in which the workers are.

use falconer_domain::place::Place;
use thiserror::Error;

/// Where the workers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// `aws`, `aws-us-gov` or `aws-cn`.
    pub partition: String,
    /// The account and region.
    pub place: Place,
}

/// A text is no ARN that tells an account, or no region.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "{0:?} is not what would tell the account and region of the workers: the ARN of an activity, a state machine or a role, or a \
     region"
)]
pub struct HubUnknown(String);

impl Hub {
    /// The hub of a caller with this ARN (`arn:aws:sts::111122223333:assumed-role/falconer-gateway/…`), who works in a region.
    ///
    /// # Errors
    /// [`HubUnknown`].
    pub fn of_caller(arn: &str, region: &str) -> Result<Self, HubUnknown> {
        let unknown = || HubUnknown(arn.to_owned());
        let mut parts = arn.split(':');
        let (Some("arn"), Some(partition), Some(_), Some(""), Some(account)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(unknown());
        };
        let account = account.parse().map_err(|_| unknown())?;
        let region = region.parse().map_err(|_| HubUnknown(region.to_owned()))?;
        Ok(Self { partition: partition.to_owned(), place: Place { account, region } })
    }

    /// The hub, as the ARN of one of its activities or state machines tells it, or what such an ARN begins with.
    ///
    /// # Errors
    /// [`HubUnknown`].
    pub fn of_arn(arn: &str) -> Result<Self, HubUnknown> {
        let unknown = || HubUnknown(arn.to_owned());
        let mut parts = arn.split(':');
        let (Some("arn"), Some(partition), Some("states"), Some(region), Some(account)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(unknown());
        };
        let account = account.parse().map_err(|_| unknown())?;
        let region = region.parse().map_err(|_| unknown())?;
        Ok(Self { partition: partition.to_owned(), place: Place { account, region } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_the_hub_and_its_partition() {
        let hub = Hub::of_arn("arn:aws-us-gov:states:us-gov-west-1:111122223333:activity:CheckPlace").unwrap();
        assert_eq!(
            (hub.partition.as_str(), hub.place.to_string().as_str()),
            ("aws-us-gov", "111122223333/us-gov-west-1")
        );
    }

    #[test]
    fn a_caller_tells_the_hub_with_its_region() {
        for arn in
            ["arn:aws-cn:sts::111122223333:assumed-role/falconer-gateway/s", "arn:aws-cn:iam::111122223333:user/ana"]
        {
            let hub = Hub::of_caller(arn, "cn-north-1").unwrap();
            assert_eq!((hub.partition.as_str(), hub.place.to_string().as_str()), ("aws-cn", "111122223333/cn-north-1"));
        }
        assert!(Hub::of_caller("arn:aws:iam::111122223333:user/ana", "").is_err());
        assert!(Hub::of_caller("ana", "us-east-1").is_err());
    }

    #[test]
    fn what_is_no_such_arn_tells_nothing() {
        for text in ["", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:states:us-east-1", "arn:aws:states::1:x"]
        {
            assert!(Hub::of_arn(text).is_err(), "{text}");
        }
    }
}
