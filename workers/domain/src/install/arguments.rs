//! What a package is told: the parameter `additionalArguments` of `AWS-ConfigureAWSPackage`, JSON whose members the agent hands
//! to the package's scripts as environment variables.
//!
//! Its names are those of CrowdStrike's scripts and of its Automation document
//! (<https://github.com/CrowdStrike/aws-ssm-distributor>). Whoever may read commands, and whoever is root on the host, can read
//! them: therefore the token is of a client that may nearly nothing, and is revoked.

use std::fmt;

use serde_json::{Map, Value};
use thiserror::Error;

use super::config::{InstallRules, PackageKind};
use super::decision::SensorKind;
use crate::fleet::SensorVersion;

/// What Falcon gave for one install. Nothing of it may reach a log, an error or an execution's data.
#[derive(Clone, Copy)]
pub struct Authorization<'a> {
    /// The customer's id with its checksum: `0123456789ABCDEF0123456789ABCDEF-12`.
    pub customer_id: &'a str,
    /// The installation token, if Falcon requires one.
    pub installation_token: Option<&'a str>,
    /// The bearer token with which the package downloads the sensor.
    pub bearer: &'a str,
    /// The host of the Falcon API: `api.us-2.crowdstrike.com`; of a proxy in front of it, with its path.
    pub host: &'a str,
}

/// The JSON text, secrets and all. There is no `Display`, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct AdditionalArguments(String);

/// What is not handed to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ArgumentsError {
    /// What Falcon gave has characters that it never has, and that a shell could misread.
    #[error("Falcon gave {what} with characters that none has, and no command is sent with it")]
    Malformed {
        /// Which part, in words.
        what: &'static str,
    },
    /// The package has no way to hand a maintenance token to a sensor for Linux.
    #[error(
        "the package hands no maintenance token to a sensor for Linux: see that its update policy does not protect it"
    )]
    NoMaintenanceTokenOnLinux,
}

impl AdditionalArguments {
    /// Of an install. A package that carries the sensor is told neither a version nor how to reach Falcon.
    ///
    /// # Errors
    /// [`ArgumentsError::Malformed`]
    pub fn install(
        rules: &InstallRules,
        kind: SensorKind,
        falcon: &Authorization<'_>,
        version: Option<&SensorVersion>,
    ) -> Result<Self, ArgumentsError> {
        falcon.check()?;
        let names = Names::of(rules.package_kind, kind);
        let parameters = match kind {
            SensorKind::Windows => &rules.windows,
            SensorKind::LinuxX86 | SensorKind::LinuxArm => &rules.linux,
        };
        let mut arguments = Arguments::default();
        arguments.set(names.customer_id, falcon.customer_id);
        arguments.set(names.installation_token, falcon.installation_token.unwrap_or_default());
        arguments.set(names.parameters, parameters.as_str());
        if rules.package_kind == PackageKind::Downloads {
            arguments.set("SSM_CS_AUTH_TOKEN", falcon.bearer);
            arguments.set("SSM_CS_HOST", falcon.host);
            for name in names.versions {
                arguments.set(name, version.map(SensorVersion::as_str).unwrap_or_default());
            }
        }
        Ok(arguments.into())
    }

    /// Of an uninstall, with the host's own maintenance token if its sensor protects itself.
    ///
    /// The scripts for Windows put `SSM_WIN_UNINSTALLPARAMS` behind `/uninstall /quiet` with no space between
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/custom-api-package/package/windows/uninstall.ps1>). Those for
    /// Linux remove the package and tell the sensor nothing
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/custom-api-package/package/linux/uninstall.sh>).
    ///
    /// # Errors
    /// A token that is none, or that cannot be handed over.
    pub fn uninstall(kind: SensorKind, maintenance_token: Option<&str>) -> Result<Self, ArgumentsError> {
        let mut arguments = Arguments::default();
        match (kind, maintenance_token) {
            (_, None) => {}
            (SensorKind::Windows, Some(token)) => {
                check("a maintenance token", token, |byte| byte.is_ascii_alphanumeric())?;
                arguments.set("SSM_WIN_UNINSTALLPARAMS", &format!(" MAINTENANCE_TOKEN={token}"));
            }
            (SensorKind::LinuxX86 | SensorKind::LinuxArm, Some(_)) => {
                return Err(ArgumentsError::NoMaintenanceTokenOnLinux);
            }
        }
        Ok(arguments.into())
    }

    /// The text itself, for the command alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AdditionalArguments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AdditionalArguments")
    }
}

impl Authorization<'_> {
    fn check(&self) -> Result<(), ArgumentsError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        check("a customer id", self.customer_id, plain)?;
        if let Some(token) = self.installation_token {
            check("an installation token", token, plain)?;
        }
        // https://www.rfc-editor.org/rfc/rfc6750#section-2.1
        check("a token", self.bearer, |byte| plain(byte) || b".~+/=".contains(&byte))?;
        check("an API host", self.host, |byte| plain(byte) || matches!(byte, b'.' | b':' | b'/'))
    }
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Authorization")
    }
}

fn check(what: &'static str, text: &str, fits: impl Fn(u8) -> bool) -> Result<(), ArgumentsError> {
    let is_one = !text.is_empty() && text.bytes().all(fits);
    is_one.then_some(()).ok_or(ArgumentsError::Malformed { what })
}

/// What a package's scripts call what they are told.
struct Names {
    customer_id: &'static str,
    installation_token: &'static str,
    parameters: &'static str,
    /// CrowdStrike's guide for its consolidated package names the second, its Automation document the first
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/migrate.md>): a script reads its own.
    versions: [&'static str; 2],
}

impl Names {
    fn of(package: PackageKind, sensor: SensorKind) -> Self {
        let is_windows = sensor == SensorKind::Windows;
        match package {
            PackageKind::Downloads => Self {
                customer_id: "SSM_CS_CCID",
                installation_token: "SSM_CS_INSTALLTOKEN",
                parameters: if is_windows { "SSM_CS_WINDOWS_INSTALLPARAMS" } else { "SSM_CS_LINUX_INSTALLPARAMS" },
                versions: [
                    if is_windows { "SSM_CS_WINDOWS_VERSION" } else { "SSM_CS_LINUX_VERSION" },
                    "SSM_CS_VERSION",
                ],
            },
            PackageKind::Bundled => Self {
                customer_id: "SSM_CID",
                installation_token: "SSM_INSTALLTOKEN",
                parameters: if is_windows { "SSM_WIN_INSTALLPARAMS" } else { "SSM_LINUX_INSTALLPARAMS" },
                versions: ["", ""],
            },
        }
    }
}

#[derive(Default)]
struct Arguments(Map<String, Value>);

impl Arguments {
    /// What is empty is left out.
    fn set(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.insert(name.to_owned(), Value::from(value));
        }
    }
}

impl From<Arguments> for AdditionalArguments {
    fn from(arguments: Arguments) -> Self {
        Self(Value::Object(arguments.0).to_string())
    }
}

#[cfg(test)]
mod tests;
