//! Reads the event or the manual form, takes the indicators out of its findings, and asks the guard about each.
//!
//! Calls nothing. Idempotent because it only decides; a second run may see a later time, and then nothing of the first
//! was used.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::block::{Mode, Ttl};
use falconer_domain::guard::Guard;
use falconer_domain::request::{InvalidRequest, Request};
use falconer_runtime::{Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::plan::{ContainmentPlan, RefusedCandidate};
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::registry::Services;

/// Refusals that travel with the execution; the rest is counted. With the longest names they stay far below the
/// 262,144 bytes that Step Functions hands on.
const MAX_REFUSALS: usize = 50;

/// See the module.
#[derive(Debug)]
pub struct PlanContainment {
    guard: Arc<Guard>,
    default_ttl: Ttl,
    default_mode: Mode,
    clock: Clock,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The EventBridge event, or the manual form of runbooks/contain-finding.
    event: Value,
}

/// The input is neither an event nor the manual form, or one of its fields is wrong: `Input.Invalid`.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct PlanError(#[from] InvalidRequest);

impl ActivityError for PlanError {
    const NAMES: &'static [ErrorName] = &[];

    fn name(&self) -> &'static str {
        INPUT_INVALID.name
    }
}

impl From<&Services> for PlanContainment {
    fn from(services: &Services) -> Self {
        Self {
            guard: Arc::clone(&services.guard),
            default_ttl: services.settings.default_ttl,
            default_mode: services.settings.default_mode,
            clock: services.clock.clone(),
        }
    }
}

impl Activity for PlanContainment {
    const NAME: &'static str = "PlanContainment";
    const HEARTBEAT: Duration = HEARTBEAT;
    type Input = Input;
    type Output = ContainmentPlan;
    type Error = PlanError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<ContainmentPlan, PlanError> {
        let Request { origin, findings, candidates, remarks, remarks_left_out, reason, ttl, mode, dry_run } =
            Request::read(&input.event)?;
        let mut blocks = Vec::new();
        let mut refused = Vec::new();
        for candidate in candidates {
            match self.guard.admit(candidate.indicator.clone()) {
                Ok(_) => blocks.push(candidate),
                Err(refusal) => refused.push(RefusedCandidate { refusal, findings: candidate.findings }),
            }
        }
        let refused_left_out = refused.len().saturating_sub(MAX_REFUSALS);
        refused.truncate(MAX_REFUSALS);
        Ok(ContainmentPlan {
            origin,
            findings,
            blocks,
            refused,
            refused_left_out,
            remarks,
            remarks_left_out,
            reason,
            created: self.clock.now(),
            ttl: ttl.unwrap_or(self.default_ttl),
            mode: mode.unwrap_or(self.default_mode),
            dry_run,
        })
    }
}
