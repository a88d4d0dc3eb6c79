//! The verdict on one instance.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts::{Answer, Facts, Ping, SensorHost};
use super::instance::{Instance, InstanceState};
use super::rules::FleetRules;
use super::version::SensorVersion;

/// Whether an instance runs a healthy sensor, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "verdict")]
pub enum Verdict {
    /// Its sensor reports, works in full, and is at least what its update policy wants.
    #[serde(rename_all = "camelCase")]
    Healthy {
        /// The sensor's version, if Falcon says it.
        version: Option<SensorVersion>,
        /// When it last reported.
        #[schemars(with = "String")]
        last_seen: Timestamp,
    },
    /// Falcon knows no sensor on it, and Systems Manager could bring one there.
    Missing {
        /// What the inventory nevertheless lists as installed: it never reported.
        installed: Option<String>,
    },
    /// It runs, and its sensor has not reported for too long.
    #[serde(rename_all = "camelCase")]
    Stale {
        /// When it last reported, if Falcon says it.
        #[schemars(with = "Option<String>")]
        last_seen: Option<Timestamp>,
    },
    /// The sensor reports and does not protect: it does not know the kernel.
    ReducedFunctionality {
        /// Its version, if Falcon says it.
        version: Option<SensorVersion>,
    },
    /// The sensor is older than its update policy wants.
    Outdated {
        /// Its version.
        version: SensorVersion,
        /// What the policy wants.
        wanted: SensorVersion,
    },
    /// Falcon knows no sensor on it, and Systems Manager cannot bring one there now.
    Unmanaged {
        /// Why not.
        why: Unmanaged,
    },
    /// The package has no sensor for its operating system.
    UnsupportedPlatform {
        /// `Bottlerocket 1.19.5 (arm64)`.
        platform: String,
    },
    /// A tag says that it needs no sensor.
    Excluded {
        /// The tag, as `key` or `key=value`.
        tag: String,
    },
    /// A source did not answer, and without it nothing can be said.
    Unknown {
        /// Which.
        source: Source,
    },
}

/// Why Systems Manager cannot act on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Unmanaged {
    /// Systems Manager does not know it: no agent, no role for it, or no way to the service.
    NoAgent,
    /// Its agent answered once, and no longer does.
    ConnectionLost,
    /// It is stopped.
    Stopped,
}

/// Who can know something of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// AWS Systems Manager.
    SystemsManager,
    /// The Falcon cloud.
    Falcon,
}

/// Judges an instance by what the sources said at `now`.
///
/// What Falcon sees decides: a sensor that reports is healthy on whatever platform it runs, and with or without an agent of
/// Systems Manager beside it. Only where there is none does it matter whether one can be brought there.
pub fn judge(instance: &Instance, facts: &Facts, rules: &FleetRules, now: Timestamp) -> Verdict {
    if let Some(tag) = excluding_tag(instance, rules) {
        return Verdict::Excluded { tag };
    }
    if instance.state != InstanceState::Running {
        return Verdict::Unmanaged { why: Unmanaged::Stopped };
    }
    match facts.sensor() {
        Answer::Given(Some(sensor)) => of_sensor(sensor, rules, now),
        Answer::Given(None) => without_sensor(instance, facts),
        Answer::Missing => Verdict::Unknown { source: Source::Falcon },
    }
}

fn excluding_tag(instance: &Instance, rules: &FleetRules) -> Option<String> {
    rules.excluding.iter().find_map(|pattern| {
        let value = instance.tags.get(&pattern.key)?;
        match &pattern.value {
            None => Some(pattern.key.clone()),
            Some(wanted) if wanted.eq_ignore_ascii_case(value) => Some(format!("{}={value}", pattern.key)),
            Some(_) => None,
        }
    })
}

fn of_sensor(sensor: &SensorHost, rules: &FleetRules, now: Timestamp) -> Verdict {
    let version = sensor.version.clone();
    let Some(last_seen) = sensor.last_seen.filter(|seen| now.duration_since(*seen) <= rules.stale_after) else {
        return Verdict::Stale { last_seen: sensor.last_seen };
    };
    if sensor.reduced {
        return Verdict::ReducedFunctionality { version };
    }
    match (&sensor.wanted, version) {
        (Answer::Missing, _) => Verdict::Unknown { source: Source::Falcon },
        (Answer::Given(Some(wanted)), Some(version)) if version.is_older_than(wanted) => {
            Verdict::Outdated { version, wanted: wanted.clone() }
        }
        (Answer::Given(_), version) => Verdict::Healthy { version, last_seen },
    }
}

fn without_sensor(instance: &Instance, facts: &Facts) -> Verdict {
    let managed = match &facts.managed {
        Answer::Missing => return Verdict::Unknown { source: Source::SystemsManager },
        Answer::Given(None) => return Verdict::Unmanaged { why: Unmanaged::NoAgent },
        Answer::Given(Some(managed)) => managed,
    };
    if !managed.platform.is_supported(instance.architecture) {
        return Verdict::UnsupportedPlatform { platform: managed.platform.with(instance.architecture) };
    }
    if managed.ping == Ping::ConnectionLost {
        return Verdict::Unmanaged { why: Unmanaged::ConnectionLost };
    }
    // The inventory only says more of what is missing anyway: without its answer the verdict is the same.
    Verdict::Missing { installed: facts.installed.given().cloned().flatten() }
}

impl Verdict {
    /// The version of the sensor that the verdict is about.
    pub fn version(&self) -> Option<&SensorVersion> {
        match self {
            Self::Healthy { version, .. } | Self::ReducedFunctionality { version } => version.as_ref(),
            Self::Outdated { version, .. } => Some(version),
            _ => None,
        }
    }

    /// When the sensor that the verdict is about last reported.
    pub fn last_seen(&self) -> Option<Timestamp> {
        match self {
            Self::Healthy { last_seen, .. } => Some(*last_seen),
            Self::Stale { last_seen } => *last_seen,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
