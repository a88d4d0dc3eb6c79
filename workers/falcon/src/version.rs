//! Versions of the sensor, and the releases that stand for one.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A version of the sensor: `7.19.18110`. Its order is that of the three numbers.
///
/// Falcon writes it in several ways: a host reports a fourth number (`7.19.18110.0`), minor versions may have a zero in
/// front (`7.05.16004`), and a long-term release a suffix, which no other part of the API knows
/// (<https://github.com/CrowdStrike/falcon-scripts/issues/460>).
#[derive(Clone, Debug)]
pub struct SensorVersion {
    /// The three numbers as Falcon wrote them: installers are found by this text.
    text: String,
    numbers: [u32; 3],
}

/// A text that is no version of the sensor.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a version of the sensor is three numbers, as in 7.19.18110")]
pub struct VersionInvalid;

/// A release by its distance from the newest, as sensor update policies name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// The newest, `n`.
    N,
    /// The one before, `n-1`.
    NMinus1,
    /// The one before that, `n-2`.
    NMinus2,
}

/// A text that is no release.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a release is n, n-1 or n-2")]
pub struct ReleaseInvalid;

impl FromStr for SensorVersion {
    type Err = VersionInvalid;

    fn from_str(text: &str) -> Result<Self, VersionInvalid> {
        let written = text.trim().split([' ', '/']).next().unwrap_or_default();
        let parts: Vec<&str> = written.split('.').collect();
        // What is no digit is no version: a number's parser would take "+7" too.
        if !(3..=4).contains(&parts.len()) || !written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(VersionInvalid);
        }
        let number = |part: usize| parts[part].parse::<u32>().map_err(|_| VersionInvalid);
        Ok(Self { numbers: [number(0)?, number(1)?, number(2)?], text: parts[..3].join(".") })
    }
}

impl fmt::Display for SensorVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl PartialEq for SensorVersion {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl Eq for SensorVersion {}

impl Ord for SensorVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

impl PartialOrd for SensorVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Release {
    type Err = ReleaseInvalid;

    fn from_str(text: &str) -> Result<Self, ReleaseInvalid> {
        match text.trim().to_ascii_lowercase().as_str() {
            "n" => Ok(Self::N),
            "n-1" => Ok(Self::NMinus1),
            "n-2" => Ok(Self::NMinus2),
            _ => Err(ReleaseInvalid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> SensorVersion {
        text.parse().unwrap()
    }

    #[test]
    fn all_that_falcon_writes_is_one_version() {
        for text in ["7.19.18110", "7.19.18110.0", " 7.19.18110 (LTS)", "7.19.18110 / LTS", "7.19.18110/LTS"] {
            assert_eq!((version(text), version(text).to_string()), (version("7.19.18110"), "7.19.18110".to_owned()));
        }
        assert_eq!(version("7.05.16004"), version("7.5.16004"));
        assert_eq!(version("7.05.16004.0").to_string(), "7.05.16004");
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        for (older, newer) in [("7.9.18110", "7.19.1"), ("7.19.9999", "7.19.18110"), ("6.99.1", "7.0.0")] {
            assert!(version(older) < version(newer), "{older} {newer}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "7", "7.19", "7.19.x", "7.19.18110.0.0", "7..18110", "+7.19.18110", "7.19.99999999999", "LTS"]
        {
            assert_eq!(text.parse::<SensorVersion>(), Err(VersionInvalid), "{text}");
        }
        assert_eq!("N-1".parse(), Ok(Release::NMinus1));
        assert_eq!("latest".parse::<Release>(), Err(ReleaseInvalid));
    }
}
