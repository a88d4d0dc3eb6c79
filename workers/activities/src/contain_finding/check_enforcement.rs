//! Does every zone run the rules that were written?
//!
//! Calls ListFirewalls, DescribeFirewall and, when all zones are in sync and one names another version than ours,
//! DescribeRuleGroup.
//! Idempotent because it only reads. The waiting is done by the state machine, which holds no slot.

use std::time::Duration;

use falconer_domain::ledger::{Held, Ledger};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::block_indicators::{LedgerUpdate, held_in};
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use crate::firewall::rule_group::GROUP_NOT_SURICATA;
use crate::firewall::{BlockGroups, FirewallError, GroupVersion, ReadError, Zone};
use crate::measures::Measures;
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct CheckEnforcement {
    groups: BlockGroups,
    patience: Duration,
    measures: Measures,
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
    /// Every zone of every firewall that uses one of the rule groups, once for each group.
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
        "no firewall uses rule group {group}, so the blocks in it stop nothing. Add it to a firewall policy that a firewall uses"
    )]
    GroupNotInUse {
        /// The rule group.
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
            groups: services.groups.clone(),
            patience: services.settings.enforcement_patience,
            measures: services.measures.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for CheckEnforcement {
    const NAME: &'static str = "CheckEnforcement";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[BlockGroups::ZONES, BlockGroups::READ], ..Actions::NONE };
    type Input = Input;
    type Output = Enforcement;
    type Error = EnforcementError;

    async fn run(&self, _: TaskContext, Input { ledger }: Input) -> Result<Enforcement, EnforcementError> {
        let arns: Vec<&str> = ledger.groups.iter().map(|group| group.arn.as_str()).collect();
        let zones = self.groups.zones(&arns).await?;
        let waited_seconds = self.clock.now().duration_since(ledger.written).as_secs();
        let is_over = waited_seconds >= self.patience.as_secs().cast_signed();
        // While a zone is on its way the answer is no, whatever the groups hold; and they may be long, and many may ask.
        let may_be_enforced = is_over || zones.iter().all(Zone::in_sync);
        let none_in_use = zones.is_empty();
        let mut behind = Vec::new();
        for group in &ledger.groups {
            let zones: Vec<&Zone> = zones.iter().filter(|zone| zone.group == group.arn).collect();
            let blocks: Vec<&Held> = held_in(&group.name, &ledger.blocks).collect();
            // A further group that nobody uses yet may be empty, or let a block go; it must not hold one.
            if zones.is_empty() && (none_in_use || !blocks.is_empty()) {
                return Err(EnforcementError::GroupNotInUse { group: group.name.clone() });
            }
            let versions = if may_be_enforced {
                self.versions_that_hold(&blocks, group, &zones).await?
            } else {
                vec![group.update_token.clone()]
            };
            let is_behind = |zone: &&Zone| !(zone.in_sync() && versions.contains(&zone.update_token));
            behind.extend(zones.into_iter().filter(is_behind));
        }
        if behind.is_empty() || is_over {
            self.measures.zones_behind(behind.len()).await;
        }
        if !behind.is_empty() && is_over {
            return Err(EnforcementError::NotEnforced { waited_seconds, behind: describe(&behind) });
        }
        Ok(Enforcement { enforced: behind.is_empty(), zones, waited_seconds })
    }
}

impl CheckEnforcement {
    /// The version that we wrote, and the one of now if somebody wrote after us and the blocks are still in it.
    async fn versions_that_hold(
        &self,
        blocks: &[&Held],
        group: &GroupVersion,
        zones: &[&Zone],
    ) -> Result<Vec<String>, ReadError> {
        let mut versions = vec![group.update_token.clone()];
        if zones.iter().any(|zone| zone.update_token != group.update_token) {
            let now = self.groups.read_one(&group.name).await?;
            if now.token != group.update_token && holds(&now.ledger(), blocks) {
                versions.push(now.token);
            }
        }
        Ok(versions)
    }
}

/// Whether the ledger holds each of the blocks, or a stronger one.
fn holds(now: &Ledger, blocks: &[&Held]) -> bool {
    let is_held = |wanted: &&Held| {
        let (indicator, mode) = (&wanted.entry.indicator, wanted.entry.mode);
        now.held().iter().any(|held| held.entry.indicator == *indicator && held.entry.mode >= mode)
    };
    blocks.iter().all(is_held)
}

fn describe(zones: &[&Zone]) -> String {
    let zones: Vec<String> = zones.iter().map(|zone| format!("{} {}", zone.zone, zone.status)).collect();
    zones.join(", ")
}
