//! What an organization tells the install.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::attempts::BackOff;
use super::parameters::Parameters;

/// `[install]`: with what sensors are installed, and how carefully.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InstallConfig {
    /// `distributor` (a package of Systems Manager's Distributor; the default) or `automation-document` (CrowdStrike's own
    /// `CrowdStrike-FalconSensorDeploy`, which keeps Falcon credentials of its own in each account).
    pub method: Method,
    /// The package: its name, or its ARN if another account shares it. Default `FalconSensor-CrowdStrike`.
    pub package: String,
    /// `downloads` (it fetches the sensor from Falcon, as CrowdStrike's does; the default) or `bundled` (it carries the sensor).
    pub package_kind: PackageKind,
    /// What `falconctl -s` is given beside the customer's id, such as `--tags="web" --aph=proxy.example.com --app=8080`.
    /// Letters, digits, spaces, pairs of `"` and `= , . / : _ - @ +`, at most 512. Empty by default.
    pub linux_parameters: String,
    /// What the installer for Windows is given beside the customer's id, such as `GROUPING_TAGS="web"`; the same characters.
    /// Empty by default.
    pub windows_parameters: String,
    /// How many instances of a batch of 50 run the command at the same time: a number, or a share such as `10%`. Default `50`.
    pub max_concurrency: String,
    /// How many may fail before Systems Manager sends the command to no further one: a number, or a share. Default `100%`: one
    /// instance's failure says nothing of the others.
    pub max_errors: String,
    /// Whether a check of a whole account and region has the sensors installed that it finds missing: one execution for each.
    /// Default true.
    pub after_sweeps: bool,
    /// How long an instance whose install failed is left alone by what nobody asked for.
    pub backoff_hours: BackOffHours,
}

/// `[install.backoff_hours]`: doubled with every failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BackOffHours {
    /// After the first failure. From 1. Default 1.
    pub first: u32,
    /// At most. From `first` to 720. Default 24.
    pub most: u32,
}

/// How a sensor gets onto an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// `AWS-ConfigureAWSPackage` with a Distributor package.
    #[default]
    Distributor,
    /// `CrowdStrike-FalconSensorDeploy`.
    AutomationDocument,
}

/// Where a package has the sensor from, which decides what it must be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    /// From Falcon, with a token.
    #[default]
    Downloads,
    /// It is in the package
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/custom-binary-package>), so that its version is the package's.
    Bundled,
}

/// One mistake in an [`InstallConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct InstallConfigProblem {
    /// The key.
    pub key: String,
    /// What is wrong with it, and what to write instead.
    pub problem: String,
}

/// What decides about installs, parsed.
#[derive(Clone, Debug)]
pub struct InstallRules {
    /// How a sensor gets onto an instance.
    pub method: Method,
    /// The package's name or ARN.
    pub package: String,
    /// Where it has the sensor from.
    pub package_kind: PackageKind,
    /// What a sensor for Linux is told.
    pub linux: Parameters,
    /// What a sensor for Windows is told.
    pub windows: Parameters,
    /// `MaxConcurrency` of SendCommand.
    pub max_concurrency: String,
    /// `MaxErrors` of SendCommand.
    pub max_errors: String,
    /// Whether a check of a whole place has the missing sensors installed.
    pub after_sweeps: bool,
    /// How long a failed install is not tried again by itself.
    pub back_off: BackOff,
}

impl Default for InstallConfig {
    fn default() -> Self {
        Self {
            method: Method::default(),
            package: "FalconSensor-CrowdStrike".to_owned(),
            package_kind: PackageKind::default(),
            linux_parameters: String::new(),
            windows_parameters: String::new(),
            max_concurrency: "50".to_owned(),
            max_errors: "100%".to_owned(),
            after_sweeps: true,
            backoff_hours: BackOffHours::default(),
        }
    }
}

impl Default for BackOffHours {
    fn default() -> Self {
        Self { first: 1, most: 24 }
    }
}

impl InstallRules {
    /// # Errors
    /// Every mistake of the configuration, with its key.
    pub fn new(config: &InstallConfig) -> Result<Self, Vec<InstallConfigProblem>> {
        let mut problems = Vec::new();
        let mut refuse = |key: &str, problem: &str| {
            problems.push(InstallConfigProblem { key: key.to_owned(), problem: problem.to_owned() });
        };
        if !is_package(&config.package) {
            refuse("package", "it must be the name or the ARN of a Distributor package");
        }
        let mut parameters = |key: &str, text: &str| {
            let read = Parameters::read(text);
            read.map_err(|error| refuse(key, &error.to_string())).unwrap_or_default()
        };
        let linux = parameters("linux_parameters", &config.linux_parameters);
        let windows = parameters("windows_parameters", &config.windows_parameters);
        if !is_limit(&config.max_concurrency) || config.max_concurrency.starts_with('0') {
            refuse("max_concurrency", "it must be a number from 1, or a share from `1%` to `100%`");
        }
        if !is_limit(&config.max_errors) {
            refuse("max_errors", "it must be a number, or a share from `0%` to `100%`");
        }
        let BackOffHours { first, most } = config.backoff_hours;
        if first == 0 || first > most || most > 720 {
            refuse("backoff_hours", "`first` must be from 1, and `most` from that to 720");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            method: config.method,
            package: config.package.clone(),
            package_kind: config.package_kind,
            linux,
            windows,
            max_concurrency: config.max_concurrency.clone(),
            max_errors: config.max_errors.clone(),
            after_sweeps: config.after_sweeps,
            back_off: BackOff::hours(first, most),
        })
    }
}

/// A document's name, or its ARN
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeDocument.html>).
fn is_package(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    (3..=128).contains(&text.len()) && text.bytes().all(fits)
}

/// A number or a share, as SendCommand takes it, of at most seven characters
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>).
fn is_limit(text: &str) -> bool {
    let (digits, most) = text.strip_suffix('%').map_or((text, 9_999_999), |digits| (digits, 100));
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    is_plain && digits.parse::<u32>().is_ok_and(|number| number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(change: impl FnOnce(&mut InstallConfig)) -> Vec<String> {
        let mut config = InstallConfig::default();
        change(&mut config);
        let problems = InstallRules::new(&config).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.key).collect()
    }

    #[test]
    fn the_defaults_are_valid() {
        assert!(problems(|_| ()).is_empty());
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let all = problems(|config| {
            "Falcon Sensor".clone_into(&mut config.package);
            "--aph=$(reboot)".clone_into(&mut config.linux_parameters);
            "CID=1".clone_into(&mut config.windows_parameters);
            "0".clone_into(&mut config.max_concurrency);
            "101%".clone_into(&mut config.max_errors);
            config.backoff_hours = BackOffHours { first: 25, most: 24 };
        });
        let expected =
            ["package", "linux_parameters", "windows_parameters", "max_concurrency", "max_errors", "backoff_hours"];
        assert_eq!(all, expected);
    }

    #[test]
    fn limits_are_written_as_systems_manager_takes_them() {
        for (text, concurrency, errors) in [
            ("1", true, true),
            ("50", true, true),
            ("9999999", true, true),
            ("10%", true, true),
            ("100%", true, true),
            ("0", false, true),
            ("0%", false, true),
            ("05", false, false),
            ("10000000", false, false),
            ("101%", false, false),
            ("", false, false),
            ("%", false, false),
            ("+5", false, false),
            ("half", false, false),
        ] {
            let valid = [
                problems(|config| text.clone_into(&mut config.max_concurrency)).is_empty(),
                problems(|config| text.clone_into(&mut config.max_errors)).is_empty(),
            ];
            assert_eq!(valid, [concurrency, errors], "{text:?}");
        }
    }

    #[test]
    fn a_package_may_be_shared_by_another_account() {
        let shared = "arn:aws:ssm:us-east-1:111122223333:document/FalconSensor";
        assert!(problems(|config| shared.clone_into(&mut config.package)).is_empty());
    }
}
