//! The two types of inventory that there are: the instance itself, and its applications.
//!
//! Attributes: <https://docs.aws.amazon.com/systems-manager/latest/userguide/inventory-schema.html>.

use serde_json::{Map, Value, json};

use super::SystemsManager;
use crate::fleet::{Agent, Instance, State};
use crate::systems_manager::managed::{AGENT_VERSION, RESOURCE_TYPE, computer_name};

/// A type of inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeName {
    InstanceInformation,
    Application,
}

/// An installed package.
struct Application<'a> {
    name: &'a str,
    version: String,
    publisher: &'a str,
}

/// What every instance has, whatever its sensor.
const LINUX: [[&str; 3]; 3] = [
    ["amazon-ssm-agent", AGENT_VERSION, "Amazon.com"],
    ["openssl", "3.0.8", "Amazon Linux"],
    ["systemd", "252.23", "Amazon Linux"],
];
const WINDOWS: [[&str; 3]; 2] = [
    ["Amazon SSM Agent", AGENT_VERSION, "Amazon Web Services"],
    ["aws-cfn-bootstrap", "2.0.31", "Amazon Web Services"],
];

impl TypeName {
    pub(super) fn read(name: &str) -> Option<Self> {
        [Self::InstanceInformation, Self::Application].into_iter().find(|known| known.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InstanceInformation => "AWS:InstanceInformation",
            Self::Application => "AWS:Application",
        }
    }

    pub(super) fn schema_version(self) -> &'static str {
        match self {
            Self::InstanceInformation => "1.0",
            Self::Application => "1.1",
        }
    }
}

impl SystemsManager {
    /// An `InventoryResultItem`.
    pub(super) fn item(&self, instance: &Instance, wanted: TypeName) -> Value {
        json!({
            "TypeName": wanted.name(),
            "SchemaVersion": wanted.schema_version(),
            "CaptureTime": self.capture_time(),
            "Content": self.content(instance, wanted),
        })
    }

    /// When it was gathered: to the second, without a fraction.
    pub(super) fn capture_time(&self) -> String {
        self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    pub(super) fn content(&self, instance: &Instance, wanted: TypeName) -> Vec<Map<String, Value>> {
        match wanted {
            TypeName::InstanceInformation => vec![self.information(instance)],
            TypeName::Application => applications(instance).map(|one| one.describe(instance)).collect(),
        }
    }

    fn information(&self, instance: &Instance) -> Map<String, Value> {
        let (platform, address) = (&instance.platform, self.address(instance));
        entry([
            ("AgentType", "amazon-ssm-agent"),
            ("AgentVersion", AGENT_VERSION),
            ("ComputerName", &computer_name(instance, address)),
            ("InstanceId", &instance.id),
            ("InstanceStatus", status(instance)),
            ("IpAddress", &address.to_string()),
            ("PlatformName", &platform.name),
            ("PlatformType", &platform.kind),
            ("PlatformVersion", &platform.version),
            ("ResourceType", RESOURCE_TYPE),
        ])
    }
}

/// As CrowdStrike's Automation document tells the instances' states apart,
/// <https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/terraform/documents/CrowdStrike-FalconSensorDeploy.yaml>.
pub(super) fn status(instance: &Instance) -> &'static str {
    match (instance.state, instance.agent) {
        (State::Stopped, _) => "Stopped",
        (State::Terminated, _) => "Terminated",
        (State::Running, Agent::Online) => "Active",
        (State::Running, _) => "ConnectionLost",
    }
}

/// The names of what is installed, without the content that is made of them.
pub(super) fn application_names(instance: &Instance) -> impl Iterator<Item = &str> {
    applications(instance).map(|application| application.name)
}

/// The sensor's package is called `falcon-sensor`, and "CrowdStrike Windows Sensor" where programs have display names:
/// <https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/custom-api-package/package>.
fn applications(instance: &Instance) -> impl Iterator<Item = Application<'_>> {
    let base: &'static [[&str; 3]] = if is_windows(instance) { &WINDOWS } else { &LINUX };
    let base = base.iter().map(|[name, version, publisher]| {
        let version = (*version).to_owned();
        Application { name, version, publisher }
    });
    let sensor = instance.sensor.as_ref().map(|sensor| Application {
        name: if is_windows(instance) { "CrowdStrike Windows Sensor" } else { "falcon-sensor" },
        version: packaged(&sensor.version, instance),
        publisher: "CrowdStrike, Inc.",
    });
    base.chain(sensor)
}

/// How a sensor's version stands in its package: 7.4.15907.0 is in `falcon-sensor-7.04.0-15907.amzn2.x86_64.rpm`
/// (<https://github.com/CrowdStrike/aws-ssm-distributor/issues/80>), of which rpm's version is what is before the last
/// hyphen, and dpkg's the whole.
fn packaged(version: &str, instance: &Instance) -> String {
    let mut parts = version.split('.');
    let (Some(major), Some(minor), Some(build), false) =
        (parts.next(), parts.next(), parts.next(), is_windows(instance))
    else {
        return version.to_owned();
    };
    let dpkg = ["Ubuntu", "Debian"].iter().any(|name| instance.platform.name.starts_with(name));
    if dpkg { format!("{major}.{minor:0>2}.0-{build}") } else { format!("{major}.{minor:0>2}.0") }
}

fn is_windows(instance: &Instance) -> bool {
    instance.platform.kind == "Windows"
}

impl Application<'_> {
    fn describe(&self, instance: &Instance) -> Map<String, Value> {
        entry([
            ("Name", self.name),
            ("Publisher", self.publisher),
            ("Version", &self.version),
            ("Architecture", &instance.platform.architecture),
        ])
    }
}

fn entry<const N: usize>(attributes: [(&str, &str); N]) -> Map<String, Value> {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}
