//! An EC2 instance: what it is, and what runs on it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An instance of one account and region. Each service shows a part of it: Config what EC2 knows, Systems Manager what its
/// agent knows, Falcon what the sensor reports.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Instance {
    /// Twelve digits.
    pub account: String,
    /// `us-east-1`.
    pub region: String,
    /// `i-…`
    pub id: String,
    /// Whether it runs.
    #[serde(default)]
    pub state: State,
    /// Its operating system.
    #[serde(default)]
    pub platform: Platform,
    /// By key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The agent of Systems Manager on it.
    #[serde(default)]
    pub agent: Agent,
    /// The Falcon sensor on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensor: Option<Sensor>,
    /// What becomes of a command that it is sent.
    #[serde(default)]
    pub command: CommandFate,
}

/// Whether an instance runs.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It runs.
    #[default]
    Running,
    /// It can be started again.
    Stopped,
    /// It is gone: Config no longer lists it.
    Terminated,
}

/// An operating system, as Systems Manager names it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platform {
    /// `PlatformType`: `Linux`, `Windows` or `MacOS`.
    pub kind: String,
    /// `PlatformName`: `Amazon Linux`, `Microsoft Windows Server 2022 Datacenter`, ….
    pub name: String,
    /// `PlatformVersion`: `2023`.
    pub version: String,
    /// `x86_64` or `arm64`.
    pub architecture: String,
}

/// What Systems Manager knows of its agent.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agent {
    /// It answers.
    #[default]
    Online,
    /// It answered once.
    ConnectionLost,
    /// There is none, or it may not register: Systems Manager does not know the instance.
    None,
}

/// A Falcon sensor.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sensor {
    /// `7.19.18110.0`
    pub version: String,
    /// Whether it works.
    #[serde(default)]
    pub health: Health,
    /// When it first reports; without it, it has reported for long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports_from: Option<Timestamp>,
    /// When it last reported, if it no longer does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// Whether a sensor works.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// It does.
    #[default]
    Working,
    /// It runs in reduced functionality mode, as on a kernel that it does not know.
    Reduced,
    /// It is installed and no process of it runs: Falcon never hears of it.
    Silent,
}

/// What becomes of a command that installs the sensor.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandFate {
    /// It is done, and the sensor reports.
    #[default]
    Succeeds,
    /// It says Success, and no sensor runs, as in <https://github.com/CrowdStrike/aws-ssm-distributor/issues/98>.
    SucceedsWithoutSensor,
    /// The package's script fails.
    Fails,
    /// The agent goes offline before it gets the command: Delivery Timed Out.
    GoesOffline,
    /// The agent goes offline in the middle of it: the command stays in progress until its time is over.
    DiesInTheMiddle,
    /// Undeliverable.
    Undeliverable,
    /// It takes longer than its time-out: Execution Timed Out.
    TimesOut,
    /// The instance is terminated in the middle of it.
    Terminated,
}

impl Default for Platform {
    fn default() -> Self {
        let [kind, name, version, architecture] = ["Linux", "Amazon Linux", "2023", "x86_64"].map(str::to_owned);
        Self { kind, name, version, architecture }
    }
}
