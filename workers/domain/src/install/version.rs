//! Which version of the sensor is installed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fleet::SensorVersion;

/// The version that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum VersionChoice {
    /// What Falcon's update policy wants; where it leaves the version alone, the package's own default, which is one release
    /// behind the newest
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/official-package#deploying-the-crowdstrike-falcon-sensor>).
    Policy,
    /// `n`, `n-1` or `n-2`: this many releases behind the newest.
    Newest {
        /// 0, 1 or 2.
        behind: u8,
    },
    /// This one.
    Exact {
        /// As its installer is called.
        version: SensorVersion,
    },
}

/// A text names no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a version is written as `7.19.18110`, or as `n`, `n-1` or `n-2` for the newest and the two releases behind it"
)]
pub struct VersionChoiceError;

impl VersionChoice {
    /// Reads `n`, `n-1`, `n-2` or a version.
    ///
    /// # Errors
    /// The text is none of these.
    pub fn read(text: &str) -> Result<Self, VersionChoiceError> {
        match text {
            "n" => Ok(Self::Newest { behind: 0 }),
            "n-1" => Ok(Self::Newest { behind: 1 }),
            "n-2" => Ok(Self::Newest { behind: 2 }),
            _ => text.parse().map(|version| Self::Exact { version }).map_err(|_| VersionChoiceError),
        }
    }
}
