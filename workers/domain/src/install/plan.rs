//! Which instances are acted on, in which batches, and why the others are not.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decision::{Decision, SensorKind};
use super::outcome::{InstanceResult, Outcome, PlaceResults};
use crate::fleet::InstanceId;
use crate::place::Place;

/// The instances of one SendCommand
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>).
const BATCH: usize = 50;

/// The instances that one execution acts on or tells of, so that its data stays small. More are left for the next one.
const MOST_INSTANCES: usize = 500;

/// What one execution does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// What is sent, in an order that depends on the instances alone.
    pub batches: Vec<Batch>,
    /// The instances about which nothing is done, by place.
    pub settled: Vec<PlaceResults>,
    /// How many more are to be acted on: run it again.
    pub left_over: usize,
    /// How many more are settled and not listed.
    pub unlisted: usize,
}

/// Instances that get the same command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// Its place in the plan.
    pub index: usize,
    /// Where its instances are.
    pub place: Place,
    /// Which sensor they take.
    pub kind: SensorKind,
    /// At most 50.
    pub instances: Vec<InstanceId>,
    /// Falcon's id of the only instance's host, if its sensor is taken away.
    pub host: Option<String>,
}

/// An instance with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// Where it is.
    pub place: Place,
    /// Its id.
    pub instance: InstanceId,
    /// Whether the request names it. What nobody named is told of only if it misses a sensor.
    pub named: bool,
    /// What is done.
    pub decision: Decision,
}

impl Plan {
    /// The plan for these instances, whatever their order.
    pub fn of(considered: impl IntoIterator<Item = Considered>) -> Self {
        let mut acted_on = BTreeMap::new();
        let mut settled = BTreeMap::new();
        for Considered { place, instance, named, decision } in considered {
            match decision {
                Decision::Install { kind } => {
                    acted_on.insert((place, kind, instance), None);
                }
                Decision::Uninstall { kind, host } => {
                    acted_on.insert((place, kind, instance), Some(host));
                }
                Decision::AlreadyThere { version } if named => {
                    settled.insert((place, instance), Outcome::AlreadyThere { version });
                }
                Decision::Skip { why } if named || why.misses_sensor() => {
                    settled.insert((place, instance), Outcome::Skipped { why });
                }
                Decision::AlreadyThere { .. } | Decision::Skip { .. } => {}
            }
        }
        let left_over = acted_on.len().saturating_sub(MOST_INSTANCES);
        let room = MOST_INSTANCES.saturating_sub(acted_on.len());
        let unlisted = settled.len().saturating_sub(room);
        let listed = settled.into_iter().take(room);
        Self {
            batches: batches(acted_on.into_iter().take(MOST_INSTANCES)),
            settled: PlaceResults::group(
                listed.map(|((place, instance), outcome)| (place, InstanceResult { instance, outcome })),
            ),
            left_over,
            unlisted,
        }
    }
}

/// A sensor is taken away with a token that is good for its host only: one at a time.
fn batches(acted_on: impl Iterator<Item = ((Place, SensorKind, InstanceId), Option<String>)>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for ((place, kind, instance), host) in acted_on {
        match batches.last_mut() {
            Some(last) if last.takes(&place, kind, host.as_ref()) => last.instances.push(instance),
            _ => batches.push(Batch { index: batches.len(), place, kind, instances: vec![instance], host }),
        }
    }
    batches
}

impl Batch {
    fn takes(&self, place: &Place, kind: SensorKind, host: Option<&String>) -> bool {
        let is_same = self.place == *place && self.kind == kind;
        is_same && self.instances.len() < BATCH && self.host.is_none() && host.is_none()
    }
}

#[cfg(test)]
mod tests;
