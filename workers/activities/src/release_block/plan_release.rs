//! Reads the custom action's event or the manual form.
//!
//! Calls nothing. Idempotent because it only reads its input.

use std::time::Duration;

use falconer_domain::request::ReleaseRequest;
use falconer_runtime::{Activity, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::HEARTBEAT;
use crate::contain_finding::PlanError;
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

impl From<&Services> for PlanRelease {
    fn from(_: &Services) -> Self {
        Self
    }
}

impl Activity for PlanRelease {
    const NAME: &'static str = "PlanRelease";
    const HEARTBEAT: Duration = HEARTBEAT;
    type Input = Input;
    type Output = ReleaseRequest;
    type Error = PlanError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<ReleaseRequest, PlanError> {
        Ok(ReleaseRequest::read(&input.event)?)
    }
}
