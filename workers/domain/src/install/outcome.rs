//! What became of one instance.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::decision::Skipped;
use super::failure::Failure;
use crate::fleet::{InstanceId, SensorVersion};
use crate::place::Place;

/// An instance, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceResult {
    /// Its id.
    pub instance: InstanceId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The results of one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceResults {
    /// Where the instances are.
    pub place: Place,
    /// One for each.
    pub results: Vec<InstanceResult>,
}

/// What became of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum Outcome {
    /// It has a new sensor, which reports to Falcon.
    Installed {
        /// Its version, if Falcon says it.
        version: Option<SensorVersion>,
    },
    /// Its sensor is gone, and reports no longer.
    Uninstalled,
    /// It had a sensor already, which reports.
    AlreadyThere {
        /// Its version, if Falcon says it.
        version: Option<SensorVersion>,
    },
    /// Nothing was done, and that is no error.
    Skipped {
        /// Why.
        #[serde(flatten)]
        why: Skipped,
    },
    /// It did not work.
    Failed {
        /// The error's name.
        error: Failure,
        /// What was said of it.
        cause: Cause,
    },
}

impl InstanceResult {
    /// What a person does about it; `None` if nothing is wrong.
    pub fn what_to_do(&self) -> Option<&'static str> {
        match &self.outcome {
            Outcome::Installed { .. } | Outcome::Uninstalled | Outcome::AlreadyThere { .. } => None,
            Outcome::Skipped { why } => Some(why.what_to_do()),
            Outcome::Failed { error, .. } => Some(error.what_to_do()),
        }
    }

    /// It, in one sentence or two.
    pub fn sentence(&self) -> String {
        let of_version =
            |version: &Option<SensorVersion>| version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        match &self.outcome {
            Outcome::Installed { version } => {
                format!("The Falcon sensor{} was installed and reports.", of_version(version))
            }
            Outcome::Uninstalled => "The Falcon sensor was taken away.".to_owned(),
            Outcome::AlreadyThere { version } => format!("The Falcon sensor{} was there already.", of_version(version)),
            Outcome::Skipped { why } => why.sentence(),
            Outcome::Failed { error, cause } => format!("{}: {cause}", error.name()),
        }
    }
}

impl PlaceResults {
    /// Results by their places, in order.
    pub(super) fn group(results: impl IntoIterator<Item = (Place, InstanceResult)>) -> Vec<Self> {
        let mut places: BTreeMap<Place, Vec<InstanceResult>> = BTreeMap::new();
        for (place, result) in results {
            places.entry(place).or_default().push(result);
        }
        places.into_iter().map(|(place, results)| Self { place, results }).collect()
    }
}
