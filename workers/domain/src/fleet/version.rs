//! The version of a sensor.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A sensor's version: two to four numbers, as in `7.19.18110` or, as hosts report it, `7.19.18110.0`.
///
/// It stays as it was written: CrowdStrike writes `7.04.17600` for 7.4, and its installers are found by that text only
/// (<https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/official-package#deploying-the-crowdstrike-falcon-sensor>).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]{1,9}([.][0-9]{1,9}){1,3}$"))]
pub struct SensorVersion(String);

/// A text is not a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a sensor's version is two to four numbers with dots between them, as in `7.19.18110`")]
pub struct SensorVersionError;

impl SensorVersion {
    /// Whether this one comes before `other`. What only one of the two says is not compared: `7.19.18110.0` of a host and
    /// `7.19.18110` of a policy are the same.
    pub fn is_older_than(&self, other: &Self) -> bool {
        let mut pairs = self.numbers().zip(other.numbers());
        pairs.find_map(|(own, other)| Some(own.cmp(&other)).filter(|order| order.is_ne())) == Some(Ordering::Less)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of at most nine digits each, so that every one of them can be read.
    fn numbers(&self) -> impl Iterator<Item = u32> {
        self.0.split('.').map(|part| part.parse().unwrap_or(u32::MAX))
    }
}

impl FromStr for SensorVersion {
    type Err = SensorVersionError;

    fn from_str(text: &str) -> Result<Self, SensorVersionError> {
        // A sign is no digit, though a number's own reading would take one.
        let is_number = |part: &str| (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_version = (2..=4).contains(&text.split('.').count()) && text.split('.').all(is_number);
        is_version.then(|| Self(text.to_owned())).ok_or(SensorVersionError)
    }
}

impl fmt::Display for SensorVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for SensorVersion {
    type Error = SensorVersionError;

    fn try_from(text: String) -> Result<Self, SensorVersionError> {
        text.parse()
    }
}

impl From<SensorVersion> for String {
    fn from(version: SensorVersion) -> Self {
        version.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> SensorVersion {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_compared_by_number_and_as_far_as_both_go() {
        for (older, newer) in
            [("7.9.100", "7.19.1"), ("6.58.17029", "7.0.1"), ("7.04.9", "7.5.1"), ("7.19.18110.0", "7.19.18111")]
        {
            assert!(version(older).is_older_than(&version(newer)), "{older} {newer}");
            assert!(!version(newer).is_older_than(&version(older)), "{newer} {older}");
        }
        assert!(!version("7.19.18110").is_older_than(&version("7.19.18110.0")));
        assert!(!version("7.19.18110.0").is_older_than(&version("7.19.18110")));
    }

    #[test]
    fn a_version_stays_as_crowdstrike_writes_it() {
        assert_eq!(version("7.04.17600").to_string(), "7.04.17600");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "7", "7.", "7.x", "7.1.2.3.4", "+7.1", "7.99999999999", "7.1; rm -rf /"] {
            assert_eq!(text.parse::<SensorVersion>(), Err(SensorVersionError), "{text:?}");
        }
    }
}
