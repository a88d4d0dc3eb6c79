//! What the package has an installer for.
//!
//! <https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/README.md#supported-operating-systems>; what
//! the agent says of others is in <https://github.com/CrowdStrike/aws-ssm-distributor/issues/124>.

use crate::fleet::Platform;

const BOTH: &[&str] = &["x86_64", "arm64"];
const X86: &[&str] = &["x86_64"];

/// A name as Systems Manager begins it, the agent's word for it, and the releases with their architectures.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static [&'static str])]);

const LINUX: [Row; 9] = [
    ("Amazon Linux", "amazon", &[("2", BOTH), ("2023", BOTH)]),
    ("Red Hat Enterprise Linux", "redhat", &[("7", X86), ("8", BOTH), ("9", BOTH), ("10", BOTH)]),
    ("Rocky Linux", "rocky", &[("8", BOTH), ("9", BOTH), ("10", BOTH)]),
    ("AlmaLinux", "almalinux", &[("8", BOTH), ("9", BOTH), ("10", BOTH)]),
    ("CentOS", "centos", &[("8", BOTH), ("9", X86), ("10", X86)]),
    ("Oracle Linux", "oracle", &[("7", BOTH), ("8", X86), ("9", X86), ("10", BOTH)]),
    ("SLES", "suse", &[("12", X86), ("15", BOTH)]),
    ("Ubuntu", "ubuntu", &[("16.04", X86), ("18.04", BOTH), ("20.04", BOTH), ("22.04", BOTH), ("24.04", BOTH)]),
    ("Debian", "debian", &[("9", X86), ("10", X86), ("11", X86), ("12", BOTH), ("13", X86)]),
];

/// What the agent says where the package has nothing for it.
pub(super) fn problem(platform: &Platform) -> Option<String> {
    let Platform { kind, name, version, architecture } = platform;
    let row = LINUX.iter().find(|(begin, ..)| name.starts_with(begin));
    let release =
        |release: &str| version.strip_prefix(release).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let architectures = match (kind.as_str(), row) {
        ("Windows", _) => X86,
        ("Linux", Some((.., releases))) => {
            releases.iter().find(|(number, _)| release(number)).map_or(&[][..], |(_, architectures)| *architectures)
        }
        _ => &[],
    };
    let word = match (kind.as_str(), row) {
        ("MacOS", _) => "mac_os_x",
        (_, Some((_, word, _))) => *word,
        _ => name.as_str(),
    };
    (!architectures.contains(&architecture.as_str())).then(|| {
        format!(
            "failed to find platform: no manifest found for platform: {word}, version {version}, architecture {architecture}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_has_installers_for_some_platforms() {
        for (kind, name, version, architecture, fits) in [
            ("Linux", "Amazon Linux", "2023", "arm64", true),
            ("Linux", "Amazon Linux", "2", "x86_64", true),
            ("Linux", "Amazon Linux AMI", "2018.03", "x86_64", false),
            ("Linux", "Red Hat Enterprise Linux", "8.9", "arm64", true),
            ("Linux", "Red Hat Enterprise Linux", "7.9", "arm64", false),
            ("Linux", "Ubuntu", "22.04", "x86_64", true),
            ("Linux", "Ubuntu", "14.04", "x86_64", false),
            ("Linux", "Bottlerocket", "1.19", "x86_64", false),
            ("Windows", "Microsoft Windows Server 2022 Datacenter", "10.0.20348", "x86_64", true),
            ("MacOS", "macOS", "14.5", "arm64", false),
        ] {
            let [kind, name, version, architecture] = [kind, name, version, architecture].map(str::to_owned);
            let platform = Platform { kind, name, version, architecture };
            assert_eq!(problem(&platform).is_none(), fits, "{platform:?}");
        }
    }
}
