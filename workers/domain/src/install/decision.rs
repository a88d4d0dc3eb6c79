//! What is done with one instance.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempts::{Attempts, HeldBack};
use super::cause::shortened;
use super::config::InstallRules;
use super::request::Asker;
use crate::fleet::{
    Answer, Architecture, Facts, Instance, InstanceState, Managed, Ping, SensorVersion, Source, Unmanaged, Verdict,
};

/// Everything that decides about an instance.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What Config knows of it.
    pub instance: &'a Instance,
    /// What the other sources said of it.
    pub facts: &'a Facts,
    /// What follows from both.
    pub verdict: &'a Verdict,
    /// What its finding says of installs that failed.
    pub attempts: &'a Attempts,
}

/// What is done with an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It gets a sensor.
    Install {
        /// Which.
        kind: SensorKind,
    },
    /// It loses its sensor.
    Uninstall {
        /// Which.
        kind: SensorKind,
        /// Falcon's id of the host, which asks for its maintenance token.
        host: String,
    },
    /// It has a sensor that reports. The package changes no sensor's version: Falcon's update policies do
    /// (<https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/official-package#faq>).
    AlreadyThere {
        /// Its version, if Falcon says it.
        version: Option<SensorVersion>,
    },
    /// Nothing, and that is no error.
    Skip {
        /// Why.
        why: Skipped,
    },
}

/// The sensors that are told apart, since their versions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SensorKind {
    /// For Windows.
    Windows,
    /// For Linux on Intel and AMD.
    LinuxX86,
    /// For Linux on Graviton.
    LinuxArm,
}

/// Why nothing is done with an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "reason")]
pub enum Skipped {
    /// Its verdict says so.
    Judged {
        /// The verdict.
        #[serde(flatten)]
        verdict: Verdict,
    },
    /// An install failed not long ago, and no person asks for another.
    TriedBefore {
        /// When.
        #[schemars(with = "String")]
        failed_at: Timestamp,
        /// When it is tried again.
        #[schemars(with = "String")]
        again_from: Timestamp,
        /// The error's name, as it stands on the finding.
        error: Option<String>,
    },
    /// It is to lose its sensor, and Falcon knows none on it.
    NoSensor,
    /// AWS Config records no such instance there.
    NotRecorded,
}

impl Situation<'_> {
    /// Whether the instance gets a sensor. A person is never held back by what failed before.
    pub fn install(&self, asker: Asker, rules: &InstallRules, now: Timestamp) -> Decision {
        match self.verdict {
            Verdict::Healthy { version, .. } => Decision::AlreadyThere { version: version.clone() },
            Verdict::Outdated { version, .. } => Decision::AlreadyThere { version: Some(version.clone()) },
            Verdict::Missing { .. } | Verdict::Stale { .. } => self.bring(asker, rules, now),
            Verdict::ReducedFunctionality { .. }
            | Verdict::Unmanaged { .. }
            | Verdict::UnsupportedPlatform { .. }
            | Verdict::Excluded { .. }
            | Verdict::Unknown { .. } => Decision::judged(self.verdict),
        }
    }

    /// Whether the instance loses its sensor: if Falcon knows one on it, and Systems Manager reaches it. A tag that excludes it
    /// is no hindrance: a person named it.
    pub fn uninstall(&self) -> Decision {
        let sensor = match self.facts.sensor() {
            Answer::Missing => return Decision::judged(&Verdict::Unknown { source: Source::Falcon }),
            Answer::Given(None) => return Decision::Skip { why: Skipped::NoSensor },
            Answer::Given(Some(sensor)) => sensor,
        };
        match self.reached() {
            Err(verdict) => Decision::judged(&verdict),
            Ok(managed) => Decision::Uninstall { kind: self.kind(managed), host: sensor.device.clone() },
        }
    }

    fn bring(&self, asker: Asker, rules: &InstallRules, now: Timestamp) -> Decision {
        let managed = match self.reached() {
            Err(verdict) => return Decision::judged(&verdict),
            Ok(managed) => managed,
        };
        if !managed.platform.is_supported(self.instance.architecture) {
            let platform = managed.platform.with(self.instance.architecture);
            return Decision::judged(&Verdict::UnsupportedPlatform { platform });
        }
        let held_back = self.attempts.held_back(rules.back_off, now).filter(|_| asker == Asker::Automatic);
        match held_back {
            None => Decision::Install { kind: self.kind(managed) },
            Some(HeldBack { failed_at, until, error }) => {
                let error = error.map(|error| shortened(&error, Skipped::LONGEST_TEXT));
                Decision::Skip { why: Skipped::TriedBefore { failed_at, again_from: until, error } }
            }
        }
    }

    /// What Systems Manager knows of the instance, if it reaches it. The verdict on a sensor that is silent does not say that.
    fn reached(&self) -> Result<&Managed, Verdict> {
        let unmanaged = |why| Err(Verdict::Unmanaged { why });
        if self.instance.state != InstanceState::Running {
            return unmanaged(Unmanaged::Stopped);
        }
        match &self.facts.managed {
            Answer::Missing => Err(Verdict::Unknown { source: Source::SystemsManager }),
            Answer::Given(None) => unmanaged(Unmanaged::NoAgent),
            Answer::Given(Some(managed)) if managed.ping == Ping::ConnectionLost => {
                unmanaged(Unmanaged::ConnectionLost)
            }
            Answer::Given(Some(managed)) => Ok(managed),
        }
    }

    /// An architecture that is not known is taken for the usual one, as everywhere.
    fn kind(&self, managed: &Managed) -> SensorKind {
        if managed.platform.is_windows() {
            return SensorKind::Windows;
        }
        match self.instance.architecture {
            Some(Architecture::Arm) => SensorKind::LinuxArm,
            Some(Architecture::X86) | None => SensorKind::LinuxX86,
        }
    }
}

impl Decision {
    fn judged(verdict: &Verdict) -> Self {
        Self::Skip { why: Skipped::judged(verdict) }
    }
}

impl Skipped {
    /// The bytes in JSON that a text of others keeps: 500 results must fit into an execution's data.
    const LONGEST_TEXT: usize = 100;

    fn judged(verdict: &Verdict) -> Self {
        let short = |text: &str| shortened(text, Self::LONGEST_TEXT);
        let verdict = match verdict {
            Verdict::Excluded { tag } => Verdict::Excluded { tag: short(tag) },
            Verdict::UnsupportedPlatform { platform } => Verdict::UnsupportedPlatform { platform: short(platform) },
            other => other.clone(),
        };
        Self::Judged { verdict }
    }

    /// Whether the instance should have a sensor and has none, or nobody knows.
    pub(super) fn misses_sensor(&self) -> bool {
        match self {
            Self::Judged { verdict } => !matches!(
                verdict,
                Verdict::Excluded { .. }
                    | Verdict::ReducedFunctionality { .. }
                    | Verdict::Unmanaged { why: Unmanaged::Stopped }
            ),
            Self::TriedBefore { .. } => true,
            Self::NoSensor | Self::NotRecorded => false,
        }
    }

    /// Why, in one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Judged { verdict } => verdict.sentence(),
            Self::TriedBefore { failed_at, again_from, error } => {
                let error = error.as_ref().map(|error| format!(" ({error})")).unwrap_or_default();
                format!("It was tried at {failed_at:.0} and failed{error}; it is tried again from {again_from:.0}.")
            }
            Self::NoSensor => "Falcon knows no sensor on this instance.".to_owned(),
            Self::NotRecorded => "AWS Config records no such instance in this account and region.".to_owned(),
        }
    }

    /// What a person does about it, or that nobody need.
    pub fn what_to_do(&self) -> &'static str {
        match self {
            Self::Judged { verdict } => verdict.remedy(),
            Self::TriedBefore { .. } => {
                "Mend what failed, and have it installed yourself: a person is never held back."
            }
            Self::NoSensor => "Nothing is to be done.",
            Self::NotRecorded => {
                "See whether the id, the account and the region are right, and whether AWS Config records EC2 instances there."
            }
        }
    }
}

#[cfg(test)]
mod tests;
