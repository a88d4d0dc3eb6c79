//! Takes the blocks out of the rule groups, in one update.
//!
//! For a finding, its claim on each block ends, and a block stays for others that ask for it; for an indicator that a person
//! wrote, the block goes. Calls DescribeRuleGroup and UpdateRuleGroup. Idempotent because what is gone is not held.

use std::time::Duration;

use falconer_domain::finding::FindingSummary;
use falconer_domain::ledger::{Change, Held, Release, ReleaseReport};
use falconer_domain::request::ReleaseRequest;
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::contain_finding::LedgerUpdate;
use crate::firewall::{LedgerWriter, WriteError};
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct ReleaseBlocks {
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
        Self { writer: services.writer.clone(), clock: services.clock.clone() }
    }
}

impl Activity for ReleaseBlocks {
    const NAME: &'static str = "ReleaseBlocks";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[LedgerWriter::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = Released;
    type Error = WriteError;

    async fn run(&self, _: TaskContext, Input { request }: Input) -> Result<Released, WriteError> {
        let change = Change { released: releases(&request), ..Change::default() };
        let mut written =
            if request.dry_run { self.writer.preview(change).await? } else { self.writer.change(change).await? };
        let releases = std::mem::take(&mut written.released);
        let left = |finding: &FindingSummary| written.left.get(&finding.reference()).cloned().unwrap_or_default();
        let left = request.findings.iter().map(left).collect();
        Ok(Released { left, update: LedgerUpdate::new(written, self.clock.now()), releases })
    }
}

/// For a finding, whatever the ledger holds for it and whatever it names; else what the person wrote.
fn releases(request: &ReleaseRequest) -> Vec<Release> {
    if request.findings.is_empty() {
        return request.indicators.iter().map(|named| Release::Block(named.indicator.clone())).collect();
    }
    let of_finding = |(index, finding): (usize, &FindingSummary)| {
        let named = request.indicators.iter().filter(|named| named.findings.contains(&index));
        let indicators = named.map(|named| named.indicator.clone()).collect();
        Release::Finding { finding: finding.reference(), indicators }
    };
    request.findings.iter().enumerate().map(of_finding).collect()
}
