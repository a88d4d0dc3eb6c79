//! Takes every block whose time is over out of the rule groups, in one update of each.
//!
//! Tells how full the groups are. While automatic acts are paused it leaves everything as it is. Calls GetParameter, DescribeRuleGroup
//! and, if there is something to take out, UpdateRuleGroup. Idempotent because a second run finds nothing to take out.

use std::time::Duration;

use falconer_domain::ledger::{Change, Held};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::contain_finding::LedgerUpdate;
use crate::firewall::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use crate::firewall::rewrite::TOKEN_CONFLICT;
use crate::firewall::rule_group::GROUP_NOT_SURICATA;
use crate::firewall::{BlockGroups, LedgerWriter, WriteError};
use crate::measures::Measures;
use crate::registry::Services;
use crate::switch::{self, AutomaticSwitch, SwitchError};

/// Blocks that travel with the execution; the rest is counted. They stay far below the 262,144 bytes that Step Functions
/// hands on.
const MAX_SHOWN: usize = 200;

/// See the module.
#[derive(Debug)]
pub struct PruneLedger {
    groups: BlockGroups,
    writer: LedgerWriter,
    switch: AutomaticSwitch,
    measures: Measures,
    clock: Clock,
}

/// Nothing is needed.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {}

/// What was taken out.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Expired {
    /// Why nothing was done, if automatic acts are paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// The version without the blocks; absent if nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<LedgerUpdate>,
    /// The blocks, at most 200.
    pub blocks: Vec<Held>,
}

/// Why nothing was taken out.
#[derive(Debug, Error)]
pub enum PruneError {
    /// Nobody knows whether anything may act by itself.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// The rule groups were not written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ActivityError for PruneError {
    const NAMES: &'static [ErrorName] = &[
        switch::UNAVAILABLE,
        switch::ACCESS_DENIED,
        UNAVAILABLE,
        TOKEN_CONFLICT,
        ACCESS_DENIED,
        NOT_FOUND,
        REJECTED,
        GROUP_NOT_SURICATA,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Switch(error) => error.name(),
            Self::Write(error) => error.name(),
        }
    }
}

impl From<&Services> for PruneLedger {
    fn from(services: &Services) -> Self {
        Self {
            groups: services.groups.clone(),
            writer: services.writer.clone(),
            switch: services.switch.clone(),
            measures: services.measures.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for PruneLedger {
    const NAME: &'static str = "PruneLedger";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions =
        Actions { own: &[AutomaticSwitch::READ, BlockGroups::READ, LedgerWriter::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = Expired;
    type Error = PruneError;

    async fn run(&self, _: TaskContext, _: Input) -> Result<Expired, PruneError> {
        // Told while automatic acts are paused, too: a ledger that is full is no less full for it.
        let standing = self.groups.read().await.map_err(WriteError::from)?;
        self.measures.ledger(&standing).await;
        if let Some(because) = self.switch.read().await?.objection() {
            return Ok(Expired { paused: Some(because), update: None, blocks: Vec::new() });
        }
        let written = self.writer.change(Change::default()).await?;
        let blocks = written.expired.iter().take(MAX_SHOWN).cloned().collect();
        Ok(Expired { paused: None, blocks, update: Some(LedgerUpdate::new(written, self.clock.now())) })
    }
}
