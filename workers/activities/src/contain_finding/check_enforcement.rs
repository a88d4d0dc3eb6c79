//! Does every zone run the rules that were written?
//!
//! Calls ListFirewalls, DescribeFirewall and, when all zones are in sync and one names another version than ours,
//! DescribeRuleGroup.
//! Idempotent because it only reads. The waiting is done by the state machine, which holds no slot.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::ledger::{BlockReport, Ledger};
use falconer_runtime::{Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::block_indicators::LedgerUpdate;
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use crate::firewall::rule_group::{self, GROUP_NOT_SURICATA};
use crate::firewall::zones::{self, Zone};
use crate::firewall::{FirewallError, ReadError};
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct CheckEnforcement {
    client: aws_sdk_networkfirewall::Client,
    block_group: Arc<str>,
    patience: Duration,
    clock: Clock,
}

/// What was written.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As BlockIndicators answered.
    ledger: LedgerUpdate,
}

/// How far the zones have come.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Enforcement {
    /// Whether every zone runs the blocks.
    pub enforced: bool,
    /// Every zone of every firewall that uses the rule group.
    pub zones: Vec<Zone>,
    /// How long it has taken so far, in seconds.
    pub waited_seconds: i64,
}

/// Why the blocks are not enforced.
#[derive(Debug, Error)]
pub enum EnforcementError {
    /// A call did not go through.
    #[error(transparent)]
    Call(#[from] FirewallError),
    /// The rule group cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// `Firewall.GroupNotInUse`.
    #[error(
        "no firewall uses rule group {group}, so its blocks stop nothing. Add the group to a firewall policy that a firewall uses"
    )]
    GroupNotInUse {
        /// The rule group's ARN.
        group: String,
    },
    /// `Firewall.NotEnforced`.
    #[error(
        "the blocks are written, but after {waited_seconds} s not every zone enforces them: {behind}. Look at the firewall's sync states"
    )]
    NotEnforced {
        /// How long was waited.
        waited_seconds: i64,
        /// The zones that stayed behind, with their status.
        behind: String,
    },
}

const GROUP_NOT_IN_USE: ErrorName =
    ErrorName::terminal("Firewall.GroupNotInUse", "No firewall uses the rule group, so its blocks stop nothing.");
const NOT_ENFORCED: ErrorName = ErrorName::terminal(
    "Firewall.NotEnforced",
    "The blocks are written, but a zone does not enforce them within the time allowed.",
);

impl ActivityError for EnforcementError {
    const NAMES: &'static [ErrorName] =
        &[UNAVAILABLE, ACCESS_DENIED, NOT_FOUND, REJECTED, GROUP_NOT_SURICATA, GROUP_NOT_IN_USE, NOT_ENFORCED];

    fn name(&self) -> &'static str {
        match self {
            Self::Call(error) => error.name(),
            Self::Read(error) => error.name(),
            Self::GroupNotInUse { .. } => GROUP_NOT_IN_USE.name,
            Self::NotEnforced { .. } => NOT_ENFORCED.name,
        }
    }
}

impl From<&Services> for CheckEnforcement {
    fn from(services: &Services) -> Self {
        Self {
            client: services.firewall.clone(),
            block_group: Arc::clone(&services.settings.block_group),
            patience: services.settings.enforcement_patience,
            clock: services.clock.clone(),
        }
    }
}

impl Activity for CheckEnforcement {
    const NAME: &'static str = "CheckEnforcement";
    const HEARTBEAT: Duration = HEARTBEAT;
    type Input = Input;
    type Output = Enforcement;
    type Error = EnforcementError;

    async fn run(&self, _: TaskContext, Input { ledger }: Input) -> Result<Enforcement, EnforcementError> {
        let zones = zones::zones_of(&self.client, &ledger.group).await?;
        if zones.is_empty() {
            return Err(EnforcementError::GroupNotInUse { group: ledger.group });
        }
        let waited_seconds = self.clock.now().duration_since(ledger.written).as_secs();
        let is_over = waited_seconds >= self.patience.as_secs().cast_signed();
        // While a zone is on its way the answer is no, whatever the group holds; and the group may be long, and many may ask.
        let versions = if is_over || zones.iter().all(Zone::in_sync) {
            self.versions_that_hold_the_blocks(&ledger, &zones).await?
        } else {
            vec![ledger.update_token.clone()]
        };
        let behind: Vec<&Zone> =
            zones.iter().filter(|zone| !(zone.in_sync() && versions.contains(&zone.update_token))).collect();
        if !behind.is_empty() && is_over {
            return Err(EnforcementError::NotEnforced { waited_seconds, behind: describe(&behind) });
        }
        Ok(Enforcement { enforced: behind.is_empty(), zones, waited_seconds })
    }
}

impl CheckEnforcement {
    /// The version that we wrote, and the one of now if somebody wrote after us and the blocks are still in it.
    async fn versions_that_hold_the_blocks(
        &self,
        ledger: &LedgerUpdate,
        zones: &[Zone],
    ) -> Result<Vec<String>, ReadError> {
        let mut versions = vec![ledger.update_token.clone()];
        if zones.iter().any(|zone| zone.update_token != ledger.update_token) {
            let now = rule_group::read(&self.client, &self.block_group).await?;
            if now.token != ledger.update_token && holds(&now.text, &ledger.blocks) {
                versions.push(now.token);
            }
        }
        Ok(versions)
    }
}

/// Whether the rules hold each of the blocks, or a stronger one.
fn holds(text: &str, blocks: &[BlockReport]) -> bool {
    let now = Ledger::read(text);
    let is_held = |block: &BlockReport| {
        let wanted = block.held.as_ref().map(|held| &held.entry);
        wanted.is_none_or(|wanted| {
            now.held().iter().any(|held| held.entry.indicator == wanted.indicator && held.entry.mode >= wanted.mode)
        })
    };
    blocks.iter().all(is_held)
}

fn describe(zones: &[&Zone]) -> String {
    let zones: Vec<String> = zones.iter().map(|zone| format!("{} {}", zone.zone, zone.status)).collect();
    zones.join(", ")
}
