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

/// A text is no ARN of a resource with an account and a region.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "{0:?} is not the ARN of an activity or a state machine, which would tell the account and region of the workers"
)]
pub struct HubUnknown(String);

impl Hub {
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
    fn what_is_no_such_arn_tells_nothing() {
        for text in ["", "arn:aws:sns:us-east-1:111122223333:topic", "arn:aws:states:us-east-1", "arn:aws:states::1:x"]
        {
            assert!(Hub::of_arn(text).is_err(), "{text}");
        }
    }
}
