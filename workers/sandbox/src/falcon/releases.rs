//! The versions of the sensor that there are, and what names them: releases, builds, and the policies that everybody has.

use serde::{Deserialize, Serialize};

/// A release: its name, the number of its build, the version, and the day it came out.
pub(super) struct Release {
    pub(super) name: &'static str,
    pub(super) build: u32,
    pub(super) version: &'static str,
    pub(super) date: &'static str,
}

/// The newest first.
pub(super) const RELEASES: [Release; 3] = [
    Release { name: "n", build: 18_203, version: "7.20.18203", date: "2023-11-20T00:00:00Z" },
    Release { name: "n-1", build: 18_110, version: "7.19.18110", date: "2023-10-16T00:00:00Z" },
    Release { name: "n-2", build: 18_003, version: "7.18.18003", date: "2023-09-11T00:00:00Z" },
];

/// A platform as policies name it, what builds there are for it, and the id of its default policy.
pub(super) const PLATFORMS: [(&str, &[&str], &str); 3] = [
    ("Windows", &["Windows"], "0000000000000000000000000000d01d"),
    ("Linux", &["Linux", "LinuxArm64"], "0000000000000000000000000000d02d"),
    ("Mac", &["Mac"], "0000000000000000000000000000d03d"),
];

/// Which release the default policies bring to every host.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(super) enum Updates {
    #[serde(rename = "n")]
    N,
    #[default]
    #[serde(rename = "n-1")]
    NMinus1,
    #[serde(rename = "n-2")]
    NMinus2,
    /// None: hosts stay as they are.
    #[serde(rename = "off")]
    Off,
}

impl Updates {
    pub(super) fn release(self) -> Option<&'static Release> {
        match self {
            Self::N => RELEASES.first(),
            Self::NMinus1 => RELEASES.get(1),
            Self::NMinus2 => RELEASES.get(2),
            Self::Off => None,
        }
    }
}

impl Release {
    /// `18110|n-1|tagged|1`, of which the last number is a count that nothing depends on.
    pub(super) fn tagged_build(&self) -> String {
        format!("{}|{}|tagged|1", self.build, self.name)
    }
}

/// The id of the policy that applies to a host of a platform.
pub(super) fn default_policy(platform: &str) -> Option<&'static str> {
    PLATFORMS.iter().find(|(name, ..)| *name == platform).map(|(.., id)| *id)
}
