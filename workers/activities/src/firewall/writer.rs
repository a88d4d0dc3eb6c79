//! The one writer of the block rule groups in this process.
//!
//! Requests that arrive while an update is under way are collected and written together by the next one: a thousand
//! simultaneous blocks cost a handful of updates. Between processes each group's update token decides; whoever loses
//! reads, merges and writes again, so nothing is lost however many workers run.

use std::collections::{BTreeMap, HashSet};

use falconer_domain::block::FindingRef;
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{
    BlockOutcome, BlockReport, BlockRules, Change, Held, Release, ReleaseReport, Report, merge,
};
use tokio::sync::{mpsc, oneshot};

use super::block_groups::{BlockGroups, groups};
use super::rewrite::{self, GroupVersion, WriteError, rewrite};
use super::rule_group::RuleGroupVersion;
use crate::clock::Clock;

/// A handle to the writer; cheap to clone. The writer ends when its last handle is dropped.
#[derive(Clone, Debug)]
pub struct LedgerWriter {
    requests: mpsc::UnboundedSender<Request>,
    pen: Pen,
}

/// What a change did, as far as the one who asked for it is concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The rule groups, all of them.
    pub groups: Vec<GroupVersion>,
    /// What became of each wanted block.
    pub blocks: Vec<BlockReport>,
    /// What became of each block that was to be released.
    pub released: Vec<ReleaseReport>,
    /// What each finding that was to end still has in force.
    pub left: BTreeMap<FindingRef, Vec<Held>>,
    /// The blocks that were taken out because their time was over.
    pub expired: Vec<Held>,
}

impl Written {
    /// The wanted indicators for which no group had room.
    pub fn without_room(&self) -> impl Iterator<Item = &Indicator> {
        let refused = self.blocks.iter().filter(|block| block.outcome == BlockOutcome::RefusedForCapacity);
        refused.map(|block| &block.indicator)
    }
}

/// What it takes to write the groups.
#[derive(Clone, Debug)]
struct Pen {
    groups: BlockGroups,
    rules: BlockRules,
    clock: Clock,
}

#[derive(Debug)]
struct Request {
    change: Change,
    answer: oneshot::Sender<Result<Written, WriteError>>,
}

impl LedgerWriter {
    /// What the writer must be allowed.
    pub(crate) const ACTIONS: &[&str] = rewrite::ACTIONS;

    /// Starts the writer of `groups`, on the current tokio runtime.
    #[must_use]
    pub fn start(groups: BlockGroups, rules: BlockRules, clock: Clock) -> Self {
        let (requests, inbox) = mpsc::unbounded_channel();
        let pen = Pen { groups, rules, clock };
        tokio::spawn(serve(pen.clone(), inbox));
        Self { requests, pen }
    }

    /// Writes the change and answers when AWS has taken it. A caller that goes away does not take the change back.
    ///
    /// # Errors
    /// See [`WriteError`]. Where there are several groups, part of the change may stand in one of them all the same: asking
    /// again completes it.
    pub async fn change(&self, change: Change) -> Result<Written, WriteError> {
        let stopped = || WriteError::Stopped { groups: self.pen.groups.named() };
        let (answer, written) = oneshot::channel();
        self.requests.send(Request { change, answer }).map_err(|_| stopped())?;
        written.await.map_err(|_| stopped())?
    }

    /// What [`change`](Self::change) would do now. Writes nothing.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn preview(&self, change: Change) -> Result<Written, WriteError> {
        let version = self.pen.groups.read().await?;
        let merged = merge(&groups(&version.0), &change, self.pen.clock.now(), &self.pen.rules);
        Ok(written(&version.0, merged.report))
    }
}

async fn serve(pen: Pen, mut inbox: mpsc::UnboundedReceiver<Request>) {
    while let Some(first) = inbox.recv().await {
        let mut batch = vec![first];
        while let Ok(next) = inbox.try_recv() {
            batch.push(next);
        }
        pen.write_together(batch).await;
    }
}

impl Pen {
    async fn write_together(&self, batch: Vec<Request>) {
        let together = Change {
            wanted: batch.iter().flat_map(|request| request.change.wanted.clone()).collect(),
            released: batch.iter().flat_map(|request| request.change.released.clone()).collect(),
        };
        let outcome = self.write(&together).await;
        tracing::info!(
            groups = self.groups.named(),
            requests = batch.len(),
            written = outcome.is_ok(),
            "ledger update"
        );
        for Request { change, answer } in batch {
            // A caller that has gone away no longer wants to know.
            let _ = answer.send(outcome.clone().map(|written| share(written, &change)));
        }
    }

    async fn write(&self, change: &Change) -> Result<Written, WriteError> {
        let (versions, report) = rewrite(self.groups.client(), self.groups.names(), |versions, before| {
            let merged = merge(&groups(versions), change, self.clock.now(), &self.rules);
            let report = match before {
                None => merged.report,
                Some(before) => merged.report.after(before),
            };
            (merged.texts, report)
        })
        .await?;
        Ok(written(&versions, report))
    }
}

fn written(versions: &[RuleGroupVersion], report: Report) -> Written {
    Written {
        groups: versions.iter().zip(report.rules).map(|(group, rules)| GroupVersion::of(group, rules)).collect(),
        blocks: report.blocks,
        released: report.released,
        left: report.left,
        expired: report.expired,
    }
}

/// What of a common update belongs to the one who asked for `change`.
fn share(mut written: Written, change: &Change) -> Written {
    let wanted: HashSet<&Indicator> = change.wanted.iter().map(|block| &block.entry().indicator).collect();
    written.blocks.retain(|block| wanted.contains(&block.indicator));
    let findings = change.released.iter().filter_map(Release::finding).collect::<HashSet<_>>();
    let blocks = change.released.iter().filter_map(Release::block).collect::<HashSet<_>>();
    written.released.retain(|report| match &report.cause {
        Some(finding) => findings.contains(finding),
        None => blocks.contains(&report.indicator),
    });
    written.left.retain(|finding, _| findings.contains(finding));
    written
}
