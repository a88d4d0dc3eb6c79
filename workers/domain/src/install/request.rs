//! The input of the runbook `install-sensor`: what a person wrote, an event of a member account, or an event of Security Hub.

mod findings;
mod gathered;
mod member;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::gathered::GatheredInstall;
use super::version::VersionChoice;
use crate::fleet::{InstanceId, MOST_INSTANCES};
use crate::place::Place;
use crate::request::InvalidRequest;

/// What is to be installed, or taken away, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstallRequest {
    /// Where: each place once, in order. They name at most 500 instances in all.
    pub targets: Vec<Target>,
    /// What.
    pub action: Action,
    /// Which version; without meaning if the sensor is taken away.
    pub version: VersionChoice,
    /// Whether a person is behind it.
    pub asker: Asker,
    /// Why: in a person's words, or what started it.
    pub reason: String,
}

/// Instances of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The account and the region.
    pub place: Place,
    /// Their ids; `None` for every instance there that misses a sensor.
    pub instances: Option<BTreeSet<InstanceId>>,
}

/// What is done with the sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// It is installed.
    Install,
    /// It is taken away. Only a person asks for that, and for instances that he names.
    Uninstall,
}

/// Who asks. What nobody asked for is held back after a failure; a person is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Asker {
    /// A person.
    Person,
    /// A rule of AWS Config, a schedule, or Security Hub.
    Automatic,
}

impl InstallRequest {
    /// Reads an execution's input.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(input: &Value) -> Result<Self, InvalidRequest> {
        let form = input.as_object().ok_or_else(|| {
            let problem = "it must be an event of Security Hub or of a member account, or an object with `accountId`, \
                           `region` and `reason`";
            InvalidRequest::field("input", problem)
        })?;
        if !form.contains_key("detail-type") {
            written::read(form)
        } else if form.get("source").and_then(Value::as_str) == Some(member::SOURCE) {
            member::read(input)
        } else {
            findings::read(input)
        }
    }
}

/// Named instances by their places, if there are not too many.
fn targets(named: BTreeMap<Place, BTreeSet<InstanceId>>, field: &str) -> Result<Vec<Target>, InvalidRequest> {
    let count: usize = named.values().map(BTreeSet::len).sum();
    if count > MOST_INSTANCES {
        let problem = format!("{count} instances are more than {MOST_INSTANCES}: name fewer at a time");
        return Err(InvalidRequest::field(field, problem));
    }
    Ok(named.into_iter().map(|(place, ids)| Target { place, instances: Some(ids) }).collect())
}

#[cfg(test)]
mod tests;
