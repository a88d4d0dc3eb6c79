//! The version of a sensor.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A sensor's version: two to four numbers, as in `7.19.18110` or, as hosts report it, `7.19.18110.0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[0-9]+([.][0-9]+){1,3}$"))]
pub struct SensorVersion(Vec<u32>);

/// A text is not a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a sensor's version is two to four numbers with dots between them, as in `7.19.18110`")]
pub struct SensorVersionError;

impl SensorVersion {
    /// Whether this one comes before `other`. What only one of the two says is not compared: `7.19.18110.0` of a host and
    /// `7.19.18110` of a policy are the same.
    pub fn is_older_than(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(own, other)| own.cmp(other)).find(|order| order.is_ne()) == Some(Ordering::Less)
    }
}

impl FromStr for SensorVersion {
    type Err = SensorVersionError;

    fn from_str(text: &str) -> Result<Self, SensorVersionError> {
        // A sign is no digit, though a number's own reading would take one.
        let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten();
        let parts: Option<Vec<u32>> = text.split('.').map(number).collect();
        parts.filter(|parts| (2..=4).contains(&parts.len())).map(Self).ok_or(SensorVersionError)
    }
}

impl fmt::Display for SensorVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str(".")?;
            }
            write!(formatter, "{part}")?;
        }
        Ok(())
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
        version.to_string()
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
        for (older, newer) in [("7.9.100", "7.19.1"), ("6.58.17029", "7.0.1"), ("7.19.18110.0", "7.19.18111")] {
            assert!(version(older).is_older_than(&version(newer)), "{older} {newer}");
            assert!(!version(newer).is_older_than(&version(older)), "{newer} {older}");
        }
        assert!(!version("7.19.18110").is_older_than(&version("7.19.18110.0")));
        assert!(!version("7.19.18110.0").is_older_than(&version("7.19.18110")));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "7", "7.", "7.x", "7.1.2.3.4", "+7.1", "7.99999999999", "7.1; rm -rf /"] {
            assert_eq!(text.parse::<SensorVersion>(), Err(SensorVersionError), "{text:?}");
        }
    }
}
