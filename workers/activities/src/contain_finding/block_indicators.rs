//! Merges the plan's blocks into the block rule groups, which are the ledger.
//!
//! Calls GetParameter (the switch that stops automatic acts), DescribeRuleGroup and UpdateRuleGroup. Idempotent because the
//! ledger is merged, not appended to: a block that stands there already is kept, and the plan has fixed when each block ends.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::block::Block;
use falconer_domain::guard::{Guard, Refusal};
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{BlockReport, Change, Held};
use falconer_domain::policy::Terms;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::plan::{ContainmentPlan, PlannedBlock};
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use crate::firewall::rewrite::TOKEN_CONFLICT;
use crate::firewall::rule_group::GROUP_NOT_SURICATA;
use crate::firewall::{GroupVersion, LedgerWriter, WriteError, Written};
use crate::registry::Services;
use crate::switch::{self, AutomaticSwitch, SwitchError};

/// See the module.
#[derive(Debug)]
pub struct BlockIndicators {
    guard: Arc<Guard>,
    writer: LedgerWriter,
    switch: AutomaticSwitch,
    clock: Clock,
}

/// What is to be blocked.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As PlanContainment made it.
    plan: ContainmentPlan,
}

/// What the rule groups hold of a change.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerUpdate {
    /// The rule groups whose versions must be enforced: those that hold the blocks, or all of them if nothing was to be blocked.
    pub groups: Vec<GroupVersion>,
    /// When it was written.
    #[schemars(with = "String")]
    pub written: Timestamp,
    /// What became of each wanted block.
    pub blocks: Vec<BlockReport>,
    /// The indicators for which no group had room.
    pub refused: Vec<Indicator>,
    /// How many blocks were taken out because their time was over.
    pub expired: usize,
}

impl LedgerUpdate {
    pub(crate) fn new(written: Written, at: Timestamp) -> Self {
        let refused = written.without_room().cloned().collect();
        let Written { mut groups, blocks, expired, .. } = written;
        if !blocks.is_empty() {
            groups.retain(|group| held_in(&group.name, &blocks).next().is_some());
        }
        Self { groups, written: at, blocks, refused, expired: expired.len() }
    }
}

/// The blocks that the rule group of this name holds.
pub(super) fn held_in<'a>(group: &str, blocks: &'a [BlockReport]) -> impl Iterator<Item = &'a Held> {
    blocks.iter().filter_map(|block| block.held.as_ref()).filter(move |held| held.group == group)
}

/// Why nothing was blocked.
#[derive(Debug, Error)]
pub enum BlockError {
    /// The guard refuses what the plan holds: the two were not made by the same configuration.
    #[error("{} Nothing was blocked: start the runbook again, so that the plan is made by the guard of now", .0.sentence)]
    Refused(Box<Refusal>),
    /// `Policy.Paused`.
    #[error("nothing was blocked: {0}. Approve it with the custom action \"Falconer: block\"")]
    Paused(String),
    /// Nobody knows whether anything may act by itself.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// The rule groups were not written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// `Firewall.CapacityExceeded`.
    #[error(
        "{} full: none of the wanted blocks fits. Release blocks (falconer blocks list), or create a further rule group, \
         put it into the firewall policy and name it in the configuration (firewall.block_groups)", full(.0)
    )]
    CapacityExceeded(Vec<GroupVersion>),
}

/// `rule group falconer-block (10,000 of 10,000 rules) is`.
fn full(groups: &[GroupVersion]) -> String {
    let each = groups.iter().map(|group| format!("{} ({} of {} rules)", group.name, group.rules, group.capacity));
    let each: Vec<String> = each.collect();
    let (plural, are) = if each.len() == 1 { ("", "is") } else { ("s", "are") };
    format!("rule group{plural} {} {are}", each.join(", "))
}

const REFUSED: ErrorName =
    ErrorName::terminal("Guard.Refused", "The guard of this worker refuses what another one had let pass.");
const PAUSED: ErrorName = ErrorName::terminal(
    "Policy.Paused",
    "A person paused automatic acts after the plan was made; nothing was blocked.",
);
const CAPACITY_EXCEEDED: ErrorName =
    ErrorName::terminal("Firewall.CapacityExceeded", "No rule group has room for any of the wanted blocks.");

impl ActivityError for BlockError {
    const NAMES: &'static [ErrorName] = &[
        UNAVAILABLE,
        TOKEN_CONFLICT,
        ACCESS_DENIED,
        NOT_FOUND,
        REJECTED,
        GROUP_NOT_SURICATA,
        REFUSED,
        PAUSED,
        switch::UNAVAILABLE,
        switch::ACCESS_DENIED,
        CAPACITY_EXCEEDED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => REFUSED.name,
            Self::Paused(_) => PAUSED.name,
            Self::Switch(error) => error.name(),
            Self::Write(error) => error.name(),
            Self::CapacityExceeded(_) => CAPACITY_EXCEEDED.name,
        }
    }
}

impl From<&Services> for BlockIndicators {
    fn from(services: &Services) -> Self {
        Self {
            guard: Arc::clone(&services.guard),
            writer: services.writer.clone(),
            switch: services.switch.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for BlockIndicators {
    const NAME: &'static str = "BlockIndicators";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[AutomaticSwitch::READ, LedgerWriter::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = LedgerUpdate;
    type Error = BlockError;

    async fn run(&self, _: TaskContext, Input { plan }: Input) -> Result<LedgerUpdate, BlockError> {
        if plan.origin.requester().is_automatic()
            && let Some(because) = self.switch.read().await?.objection()
        {
            return Err(BlockError::Paused(because));
        }
        let wanted = plan.blocks.iter().map(|planned| self.block(planned, &plan)).collect::<Result<_, _>>()?;
        let change = Change { wanted, released: Vec::new() };
        let written =
            if plan.dry_run { self.writer.preview(change).await? } else { self.writer.change(change).await? };
        if written.without_room().count() == written.blocks.len() {
            return Err(BlockError::CapacityExceeded(written.groups));
        }
        Ok(LedgerUpdate::new(written, self.clock.now()))
    }
}

impl BlockIndicators {
    /// The guard is asked again, because only what it admits can be a block: an execution's data alone never is.
    fn block(&self, planned: &PlannedBlock, plan: &ContainmentPlan) -> Result<Block, BlockError> {
        let admitted = self.guard.admit(planned.candidate.indicator.clone());
        let admitted = admitted.map_err(|refusal| BlockError::Refused(Box::new(refusal)))?;
        let (causes, Terms { ttl, mode }) = (plan.causes(planned), planned.terms);
        let account = plan.acting(planned).find_map(|finding| finding.account_id);
        Ok(Block::new(admitted, causes, plan.origin.requester(), mode, plan.created, ttl).about(account))
    }
}
