//! What the sources said about one instance.

use jiff::Timestamp;

use super::platform::Platform;
use super::version::SensorVersion;

/// What a source said, or that it did not answer. Silence is never taken for "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// This.
    Given(T),
    /// The source did not answer.
    Missing,
}

/// What is known of one instance beside what Config says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What Systems Manager knows of it; `None` if it does not know it.
    pub managed: Answer<Option<Managed>>,
    /// The version that the inventory of Systems Manager lists as installed, in whatever form; `None` if it lists none.
    pub installed: Answer<Option<String>>,
    /// Every sensor that reported itself to Falcon from this instance. A reinstalled one can be a second host.
    pub sensors: Answer<Vec<SensorHost>>,
}

/// An instance that Systems Manager knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// Whether its agent answers.
    pub ping: Ping,
    /// Its operating system, as the agent reports it.
    pub platform: Platform,
}

/// Whether the agent of Systems Manager answers (`PingStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ping {
    /// It does.
    Online,
    /// It did once.
    ConnectionLost,
}

/// A sensor, as Falcon knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorHost {
    /// Falcon's id of the host (AID).
    pub device: String,
    /// Its version, if Falcon says one that can be read.
    pub version: Option<SensorVersion>,
    /// When it last reported.
    pub last_seen: Option<Timestamp>,
    /// Whether it runs in reduced functionality mode: the sensor does not know the kernel and only reports.
    pub reduced: bool,
    /// The version that its update policy wants; `None` if the policy leaves the version alone.
    pub wanted: Answer<Option<SensorVersion>>,
}

impl Facts {
    /// The sensor that runs. A reinstalled one can be a second host: it is the one that reported last.
    pub fn sensor(&self) -> Answer<Option<&SensorHost>> {
        match &self.sensors {
            Answer::Given(sensors) => Answer::Given(sensors.iter().max_by_key(|sensor| sensor.last_seen)),
            Answer::Missing => Answer::Missing,
        }
    }
}

impl<T> Answer<T> {
    /// What was said, if anything was.
    pub fn given(&self) -> Option<&T> {
        match self {
            Self::Given(said) => Some(said),
            Self::Missing => None,
        }
    }

    /// The same of what `part` makes of it.
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Given(said) => Answer::Given(part(said)),
            Self::Missing => Answer::Missing,
        }
    }
}
