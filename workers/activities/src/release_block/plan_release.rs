//! Reads the custom action's event or the manual form.
//!
//! Calls nothing. Idempotent because it only reads its input.

use std::time::Duration;

use falconer_domain::request::{InvalidRequest, ReleaseRequest};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::HEARTBEAT;
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct PlanRelease;

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The EventBridge event, or the manual form of runbooks/release-block.
    event: Value,
}

/// The input is neither an event nor the manual form, or one of its fields is wrong: `Input.Invalid`.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct ReleaseError(#[from] InvalidRequest);

impl ActivityError for ReleaseError {
    const NAMES: &'static [ErrorName] = &[];

    fn name(&self) -> &'static str {
        INPUT_INVALID.name
    }
}

impl From<&Services> for PlanRelease {
    fn from(_: &Services) -> Self {
        Self
    }
}

impl Activity for PlanRelease {
    const NAME: &'static str = "PlanRelease";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions::NONE;
    type Input = Input;
    type Output = ReleaseRequest;
    type Error = ReleaseError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<ReleaseRequest, ReleaseError> {
        Ok(ReleaseRequest::read(&input.event)?)
    }
}
