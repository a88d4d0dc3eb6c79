//! Takes every block whose time is over out of the rule groups, in one update of each.
//!
//! Calls DescribeRuleGroup and, if there is something to take out, UpdateRuleGroup. Idempotent because a second run finds
//! nothing to take out.

use std::time::Duration;

use falconer_domain::ledger::{Change, Held};
use falconer_runtime::{Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::contain_finding::LedgerUpdate;
use crate::firewall::{LedgerWriter, WriteError};
use crate::registry::Services;

/// Blocks that travel with the execution; the rest is counted. They stay far below the 262,144 bytes that Step Functions
/// hands on.
const MAX_SHOWN: usize = 200;

/// See the module.
#[derive(Debug)]
pub struct PruneLedger {
    writer: LedgerWriter,
    clock: Clock,
}

/// Nothing is needed.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {}

/// What was taken out.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expired {
    /// The version without the blocks.
    pub update: LedgerUpdate,
    /// The blocks, at most 200.
    pub blocks: Vec<Held>,
}

impl From<&Services> for PruneLedger {
    fn from(services: &Services) -> Self {
        Self { writer: services.writer.clone(), clock: services.clock.clone() }
    }
}

impl Activity for PruneLedger {
    const NAME: &'static str = "PruneLedger";
    const HEARTBEAT: Duration = HEARTBEAT;
    type Input = Input;
    type Output = Expired;
    type Error = WriteError;

    async fn run(&self, _: TaskContext, _: Input) -> Result<Expired, WriteError> {
        let written = self.writer.change(Change::default()).await?;
        let blocks = written.expired.iter().take(MAX_SHOWN).cloned().collect();
        Ok(Expired { blocks, update: LedgerUpdate::new(written, self.clock.now()) })
    }
}
