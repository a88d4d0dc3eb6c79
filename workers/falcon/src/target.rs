//! What a build of the sensor is for: a platform and, on Linux, an architecture.

/// As sensor update policies tell builds apart
/// (<https://crowdstrike.github.io/ansible_collection_falcon/sensor_update_builds_info_module.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Windows.
    Windows,
    /// macOS, on both of its architectures.
    Mac,
    /// Linux on x86-64.
    Linux,
    /// Linux on 64-bit ARM.
    LinuxArm64,
    /// Linux on IBM Z.
    ZLinux,
}

impl Target {
    /// The builds for a platform (`Windows`, `Linux`; `Mac` or `MacOS`) and an architecture (`x86_64`, `arm64` or `aarch64`,
    /// `s390x`), in any case; `None` if there are none.
    #[must_use]
    pub fn of(platform: &str, architecture: &str) -> Option<Self> {
        match (platform.to_ascii_lowercase().as_str(), architecture.to_ascii_lowercase().as_str()) {
            ("windows", "x86_64") => Some(Self::Windows),
            ("mac" | "macos", "x86_64" | "arm64" | "aarch64") => Some(Self::Mac),
            ("linux", "x86_64") => Some(Self::Linux),
            ("linux", "arm64" | "aarch64") => Some(Self::LinuxArm64),
            ("linux", "s390x") => Some(Self::ZLinux),
            _ => None,
        }
    }

    /// The platform of a build, as Falcon names it.
    pub(crate) fn named(platform: &str) -> Option<Self> {
        match platform.to_ascii_lowercase().as_str() {
            "windows" => Some(Self::Windows),
            "mac" => Some(Self::Mac),
            "linux" => Some(Self::Linux),
            "linuxarm64" => Some(Self::LinuxArm64),
            "zlinux" => Some(Self::ZLinux),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_architecture_without_builds_has_none() {
        for (platform, architecture, expected) in [
            ("Linux", "x86_64", Some(Target::Linux)),
            ("Linux", "aarch64", Some(Target::LinuxArm64)),
            ("MacOS", "arm64", Some(Target::Mac)),
            ("Windows", "arm64", None),
            ("Linux", "i386", None),
            ("FreeBSD", "x86_64", None),
        ] {
            assert_eq!(Target::of(platform, architecture), expected, "{platform} {architecture}");
        }
    }
}
