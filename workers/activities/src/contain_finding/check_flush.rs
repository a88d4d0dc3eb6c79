//! How far has the flush come?
//!
//! Calls DescribeFlowOperation. Idempotent because it only reads. The waiting is done by the state machine.

use std::time::Duration;

use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::flush_flows::Flush;
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::FirewallError;
use crate::firewall::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use crate::firewall::flows::{self, FlushOperation};
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct CheckFlush {
    client: aws_sdk_networkfirewall::Client,
    patience: Duration,
    clock: Clock,
}

/// What to follow.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As FlushFlows, or the check before this one, answered.
    flush: Flush,
}

/// Why flows may still be open.
#[derive(Debug, Error)]
pub enum FlushError {
    /// A call did not go through.
    #[error(transparent)]
    Call(#[from] FirewallError),
    /// `Firewall.FlushFailed`.
    #[error(
        "the block is enforced, but connections that were open before may last: {reason}. Flush them in the firewall's console"
    )]
    FlushFailed {
        /// Zone, operation and what AWS says of it.
        reason: String,
    },
}

const FLUSH_FAILED: ErrorName = ErrorName::terminal(
    "Firewall.FlushFailed",
    "The block is enforced, but connections that were open before may last.",
);

impl ActivityError for FlushError {
    const NAMES: &'static [ErrorName] = &[UNAVAILABLE, ACCESS_DENIED, NOT_FOUND, REJECTED, FLUSH_FAILED];

    fn name(&self) -> &'static str {
        match self {
            Self::Call(error) => error.name(),
            Self::FlushFailed { .. } => FLUSH_FAILED.name,
        }
    }
}

impl From<&Services> for CheckFlush {
    fn from(services: &Services) -> Self {
        Self {
            client: services.firewall.clone(),
            patience: services.settings.flush_patience,
            clock: services.clock.clone(),
        }
    }
}

impl Activity for CheckFlush {
    const NAME: &'static str = "CheckFlush";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[flows::FOLLOW], ..Actions::NONE };
    type Input = Input;
    type Output = Flush;
    type Error = FlushError;

    async fn run(&self, _: TaskContext, Input { flush }: Input) -> Result<Flush, FlushError> {
        let mut operations = Vec::with_capacity(flush.operations.len());
        for operation in flush.operations {
            let now = if operation.in_progress() { flows::follow(&self.client, operation).await? } else { operation };
            if now.failed() {
                return Err(FlushError::FlushFailed { reason: describe(&now) });
            }
            operations.push(now);
        }
        let flush = Flush::new(operations, flush.started);
        let waited = self.clock.now().duration_since(flush.started).as_secs();
        if !flush.finished && waited >= self.patience.as_secs().cast_signed() {
            let slow = flush.operations.iter().filter(|operation| operation.in_progress());
            let slow: Vec<String> = slow.map(describe).collect();
            return Err(FlushError::FlushFailed { reason: format!("{} after {waited} s", slow.join(", ")) });
        }
        Ok(flush)
    }
}

fn describe(operation: &FlushOperation) -> String {
    let FlushOperation { zone, id, status, message, .. } = operation;
    let message = message.as_ref().map(|message| format!(" ({message})")).unwrap_or_default();
    format!("operation {id} in {zone} is {status}{message}")
}
