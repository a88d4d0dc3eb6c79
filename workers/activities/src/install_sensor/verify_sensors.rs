//! Whether Falcon hears of the sensors that a command says it has brought, or no longer of those that it took away.
//!
//! A package that says "Success" proves nothing (<https://github.com/CrowdStrike/aws-ssm-distributor/issues/98>): only a sensor
//! that reports is one. Calls Falcon. Idempotent because it only reads.

use std::time::Duration;

use falconer_domain::fleet::{InstanceId, SensorHost};
use falconer_domain::install::{Action, Cause, Failure, InstanceResult, Outcome, Window};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::batch::{BatchState, Verified};
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::falcon::{self, FalconCallError};
use crate::fleet::Fleet;
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct VerifySensors {
    fleet: Fleet,
    clock: Clock,
}

/// The batch.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As far as it is.
    state: BatchState,
}

/// Falcon could not be asked.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct VerifyError(#[from] FalconCallError);

impl ActivityError for VerifyError {
    const NAMES: &'static [ErrorName] = &[falcon::UNAVAILABLE, falcon::ACCESS_DENIED, falcon::REJECTED];

    fn name(&self) -> &'static str {
        self.0.name()
    }
}

impl From<&Services> for VerifySensors {
    fn from(services: &Services) -> Self {
        Self { fleet: services.fleet.clone(), clock: services.clock.clone() }
    }
}

impl Activity for VerifySensors {
    const NAME: &'static str = "VerifySensors";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Fleet::SENSORS], ..Actions::NONE };
    type Input = Input;
    type Output = Verified;
    type Error = VerifyError;

    async fn run(&self, _: TaskContext, Input { state }: Input) -> Result<Verified, VerifyError> {
        let (Some(sent), Some(progress)) = (&state.sent, &state.progress) else {
            return Ok(Verified { done: true, results: Vec::new() });
        };
        let mut sensors = self.fleet.sensors(state.batch.place.account, &progress.succeeded).await?;
        let is_over = self.clock.now() >= Window::asked_until(progress.at);
        let judge = |instance: &InstanceId| {
            let last = sensors.remove(instance).unwrap_or_default().into_iter().max_by_key(|sensor| sensor.last_seen);
            let outcome = match state.action {
                Action::Install => installed(last, sent.at, is_over),
                Action::Uninstall => uninstalled(last, progress.at, is_over),
            };
            Some(InstanceResult { instance: instance.clone(), outcome: outcome? })
        };
        let results: Vec<InstanceResult> = progress.succeeded.iter().filter_map(judge).collect();
        Ok(Verified { done: results.len() == progress.succeeded.len(), results })
    }
}

/// A sensor is there when it has reported since the command was sent: what reported before may be an older one that died.
fn installed(sensor: Option<SensorHost>, sent: Timestamp, is_over: bool) -> Option<Outcome> {
    match sensor {
        Some(sensor) if sensor.last_seen.is_some_and(|seen| seen >= sent) => {
            Some(Outcome::Installed { version: sensor.version })
        }
        _ if is_over => Some(Outcome::Failed {
            error: Failure::NotReporting,
            cause: Cause::of("the package said that it went well, and no sensor reported to Falcon since"),
        }),
        _ => None,
    }
}

/// A sensor is gone when it is silent to the end of the time for which it is watched.
fn uninstalled(sensor: Option<SensorHost>, ended: Timestamp, is_over: bool) -> Option<Outcome> {
    if !is_over {
        return None;
    }
    match sensor.and_then(|sensor| sensor.last_seen) {
        Some(seen) if seen > Window::silent_from(ended) => Some(Outcome::Failed {
            error: Failure::StillReporting,
            cause: Cause::of("the package said that the sensor is gone, and it still reports to Falcon"),
        }),
        _ => Some(Outcome::Uninstalled),
    }
}
