//! The package's script that installs the sensor.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::sleep_until;

use super::{Ended, Host};
use crate::fleet::{CommandFate, Health, Sensor};
use crate::systems_manager::commands::EXECUTION_TIMEOUT;

/// When the script asks Falcon for the installer.
const DOWNLOADS_AFTER: Duration = Duration::from_secs(10);
/// How long after it was installed the sensor reports.
const REPORTS_AFTER: SignedDuration = SignedDuration::from_secs(45);
/// The release before the newest, which the script takes if it is told none.
const DEFAULT_VERSION: &str = "7.19.18110";

const INSTALLED: &str = "Falcon Sensor already installed... if you want to update or downgrade, please use Sensor Update \
                         Policies in the CrowdStrike console.";

impl Host<'_> {
    pub(super) async fn install(&self, arguments: &BTreeMap<String, String>) -> Ended {
        let argument = |name: &str| arguments.get(name).map(String::as_str).filter(|value| !value.is_empty());
        // The script looks for the sensor's process: one that is installed and does not run is installed again.
        if self.instance.sensor.as_ref().is_some_and(|sensor| sensor.health != Health::Silent) {
            return Ended::Done(INSTALLED.to_owned());
        }
        if argument("SSM_CS_CCID").is_none() {
            let error = "Missing required param SSM_CS_CCID. If the required parameter was passed to the package, ensure \
                         the target instance has a ssm agent version of 2.3.1550.0 or greater installed.";
            return failed("", error);
        }
        sleep_until(self.begun + DOWNLOADS_AFTER).await;
        if !argument("SSM_CS_HOST")
            .zip(argument("SSM_CS_AUTH_TOKEN"))
            .is_some_and(|(_, token)| self.service.falcon.accepts(token))
        {
            let host = argument("SSM_CS_HOST").unwrap_or_default();
            let error = format!("Failed grabbing presigned url: https://{host}/sensors/combined/installers/v1...");
            return failed("Getting installer sha256...", &error);
        }
        if self.instance.command == CommandFate::TimesOut {
            sleep_until(self.begun + EXECUTION_TIMEOUT).await;
            return Ended::OutOfTime;
        }
        sleep_until(self.begun + self.duration()).await;
        if self.instance.command == CommandFate::Fails {
            return failed("Running install command...", "Installation failed. Process falcon-sensor is not running.");
        }
        let version = self.version(argument);
        // A sensor that Falcon does not enrol runs all the same, and the script asks no more than that.
        let enrolled = self.service.falcon.enrols(argument("SSM_CS_INSTALLTOKEN"));
        self.put_sensor(version, enrolled && self.instance.command != CommandFate::SucceedsWithoutSensor);
        Ended::Done(format!("Falcon Sensor version {version} installed successfully."))
    }

    /// `SSM_CS_LINUX_VERSION` and `SSM_CS_WINDOWS_VERSION` are what CrowdStrike's Automation document gives; that the one
    /// package for both also takes `SSM_CS_VERSION` is in
    /// <https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/migrate.md>.
    fn version<'a>(&self, argument: impl Fn(&str) -> Option<&'a str>) -> &'a str {
        let own = if self.is_windows() { "SSM_CS_WINDOWS_VERSION" } else { "SSM_CS_LINUX_VERSION" };
        argument(own).or(argument("SSM_CS_VERSION")).unwrap_or(DEFAULT_VERSION)
    }

    /// What Falcon calls version 7.19.18110 a sensor calls 7.19.18110.0.
    fn put_sensor(&self, version: &str, reports: bool) {
        let now = self.service.clock.now();
        let sensor = Sensor {
            version: if version.split('.').count() == 3 { format!("{version}.0") } else { version.to_owned() },
            health: if reports { Health::Working } else { Health::Silent },
            reports_from: reports.then(|| now.saturating_add(REPORTS_AFTER).unwrap_or(jiff::Timestamp::MAX)),
            last_seen: None,
        };
        self.change(|instance| {
            // Another command may have been quicker.
            if instance.sensor.as_ref().is_none_or(|found| found.health == Health::Silent) {
                instance.sensor = Some(sensor);
            }
        });
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut crate::fleet::Instance)) {
        let own = self.instance;
        self.service.fleet.change(&own.account, &own.region, &own.id, change);
    }
}

fn failed(out: &str, error: &str) -> Ended {
    Ended::Failed { out: out.to_owned(), error: error.to_owned() }
}
