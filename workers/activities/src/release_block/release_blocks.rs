//! Takes the blocks out of the rule group, in one update.
//!
//! For a finding, its claim on each block ends, and a block stays for others that ask for it; for an indicator that a person
//! wrote, the block goes. Calls DescribeRuleGroup and UpdateRuleGroup. Idempotent because what is gone is not held.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::ledger::{Change, Held, Ledger, Release, ReleaseReport};
use falconer_domain::request::ReleaseRequest;
use falconer_runtime::{Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::contain_finding::LedgerUpdate;
use crate::firewall::rule_group;
use crate::firewall::{LedgerWriter, WriteError};
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct ReleaseBlocks {
    client: aws_sdk_networkfirewall::Client,
    block_group: Arc<str>,
    writer: LedgerWriter,
    clock: Clock,
}

/// What is to be taken back.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As PlanRelease answered.
    request: ReleaseRequest,
}

/// What was taken back.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Released {
    /// The version without the blocks.
    pub update: LedgerUpdate,
    /// What became of each.
    pub releases: Vec<ReleaseReport>,
    /// What each finding still has in force, in the order of the request's findings.
    pub left: Vec<Vec<Held>>,
}

impl From<&Services> for ReleaseBlocks {
    fn from(services: &Services) -> Self {
        Self {
            client: services.firewall.clone(),
            block_group: Arc::clone(&services.settings.block_group),
            writer: services.writer.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for ReleaseBlocks {
    const NAME: &'static str = "ReleaseBlocks";
    const HEARTBEAT: Duration = HEARTBEAT;
    type Input = Input;
    type Output = Released;
    type Error = WriteError;

    async fn run(&self, _: TaskContext, Input { request }: Input) -> Result<Released, WriteError> {
        let released = releases(&request, &self.ledger().await?);
        let change = Change { released, ..Change::default() };
        let mut written =
            if request.dry_run { self.writer.preview(change).await? } else { self.writer.change(change).await? };
        let releases = std::mem::take(&mut written.released);
        let ledger = self.ledger().await?;
        let left = request.findings.iter().map(|finding| ledger.held_for(&finding.reference()).cloned().collect());
        Ok(Released { left: left.collect(), update: LedgerUpdate::new(written, self.clock.now()), releases })
    }
}

impl ReleaseBlocks {
    async fn ledger(&self) -> Result<Ledger, WriteError> {
        Ok(Ledger::read(&rule_group::read(&self.client, &self.block_group).await?.text))
    }
}

/// For a finding, whatever the ledger holds for it and whatever it names; else what the person wrote.
fn releases(request: &ReleaseRequest, ledger: &Ledger) -> Vec<Release> {
    if request.findings.is_empty() {
        return request.indicators.iter().map(|named| Release::whole(named.indicator.clone())).collect();
    }
    let of_finding = |(index, cause)| {
        let held = ledger.held_for(&cause).map(|held| held.entry.indicator.clone());
        let named = request.indicators.iter().filter(|named| named.findings.contains(&index));
        let indicators: Vec<_> = held.chain(named.map(|named| named.indicator.clone())).collect();
        indicators.into_iter().map(move |indicator| Release { indicator, cause: Some(cause.clone()) })
    };
    let findings = request.findings.iter().map(|finding| finding.reference()).enumerate();
    findings.flat_map(of_finding).collect()
}
