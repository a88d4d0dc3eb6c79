//! The operating systems on which CrowdStrike's Distributor package installs a sensor.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::instance::Architecture;

/// An operating system, in the words of Systems Manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Platform {
    /// `PlatformType`: `Linux`, `Windows` or `MacOS`.
    pub kind: String,
    /// `PlatformName`: `Amazon Linux`, `Microsoft Windows Server 2022 Datacenter`.
    pub name: String,
    /// `PlatformVersion`: `2023`, `10.0.20348`.
    pub version: String,
}

/// Beginning of the name in small letters, major versions, whether also on arm64.
///
/// <https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/official-package#supported-operating-systems>; the names are those
/// of `/etc/os-release`, which the agent of Systems Manager reports. An empty list means every version.
const SUPPORTED: [(&str, &[&str], &[&str]); 11] = [
    ("amazon linux", &["2", "2023"], &["2", "2023"]),
    ("red hat enterprise linux", &["7", "8", "9", "10"], &["8", "9", "10"]),
    ("rocky linux", &["8", "9", "10"], &["8", "9", "10"]),
    ("almalinux", &["8", "9", "10"], &["8", "9", "10"]),
    ("centos", &["8", "9", "10"], &["8"]),
    ("oracle linux", &["7", "8", "9", "10"], &["7", "10"]),
    ("sles", &["12", "15"], &["15"]),
    ("suse linux enterprise server", &["12", "15"], &["15"]),
    ("ubuntu", &["16", "18", "20", "22", "24"], &["18", "20", "22", "24"]),
    ("debian", &["9", "10", "11", "12", "13"], &["12"]),
    ("microsoft windows", &[], &[]),
];

impl Platform {
    /// Whether the package has a sensor for it. An architecture that is not known is taken for the usual one: the package
    /// itself refuses what it cannot install.
    pub fn is_supported(&self, architecture: Option<Architecture>) -> bool {
        let name = self.name.to_lowercase();
        let Some((_, on_x86, on_arm)) = SUPPORTED.iter().find(|(beginning, ..)| name.starts_with(beginning)) else {
            return false;
        };
        let major = self.version.split('.').next().unwrap_or_default();
        match architecture {
            Some(Architecture::Arm) => on_arm.contains(&major),
            Some(Architecture::X86) | None => on_x86.is_empty() || on_x86.contains(&major),
        }
    }

    /// `Amazon Linux 2023 (arm64)`.
    pub fn with(&self, architecture: Option<Architecture>) -> String {
        let Self { name, version, .. } = self;
        match architecture {
            Some(architecture) => format!("{name} {version} ({})", architecture.as_str()),
            None => format!("{name} {version}"),
        }
    }

    /// Whether its sensor is the one for Windows.
    pub fn is_windows(&self) -> bool {
        self.kind.eq_ignore_ascii_case("windows")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_supported_where_the_package_has_a_sensor_for_it() {
        use Architecture::{Arm, X86};
        for (name, version, architecture, supported) in [
            ("Amazon Linux", "2023", Arm, true),
            ("Amazon Linux", "2", X86, true),
            ("Amazon Linux AMI", "2018.03", X86, false),
            ("Red Hat Enterprise Linux Server", "7.9", X86, true),
            ("Red Hat Enterprise Linux Server", "7.9", Arm, false),
            ("Red Hat Enterprise Linux", "9.4", X86, true),
            ("Red Hat Enterprise Linux", "10.0", Arm, true),
            ("Red Hat Enterprise Linux", "11.0", X86, false),
            ("Rocky Linux", "10.1", Arm, true),
            ("AlmaLinux", "10.0", X86, true),
            ("CentOS Linux", "7.9.2009", X86, false),
            ("CentOS Stream", "10", X86, true),
            ("CentOS Stream", "10", Arm, false),
            ("Ubuntu", "24.04", Arm, true),
            ("Ubuntu", "14.04", X86, false),
            ("SLES", "15.5", X86, true),
            ("SLES", "15.5", Arm, true),
            ("SLES", "12.5", Arm, false),
            ("Debian GNU/Linux", "11", Arm, false),
            ("Debian GNU/Linux", "13", X86, true),
            ("Debian GNU/Linux", "13", Arm, false),
            ("Oracle Linux Server", "8.8", X86, true),
            ("Oracle Linux Server", "8.8", Arm, false),
            ("Oracle Linux Server", "10.0", Arm, true),
            ("Microsoft Windows Server 2022 Datacenter", "10.0.20348", X86, true),
            ("Microsoft Windows Server 2022 Datacenter", "10.0.20348", Arm, false),
            ("Bottlerocket", "1.19.5", X86, false),
            ("macOS", "14.4", Arm, false),
        ] {
            let platform = Platform { kind: "Linux".to_owned(), name: name.to_owned(), version: version.to_owned() };
            assert_eq!(platform.is_supported(Some(architecture)), supported, "{name} {version} {architecture:?}");
        }
    }
}
