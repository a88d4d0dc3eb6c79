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
use falconer_runtime::{ActivityError, ErrorName};
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::block_groups::{BlockGroups, LedgerVersion};
use super::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use super::rule_group::{self, GROUP_NOT_SURICATA, ReadError, RuleGroupVersion, WriteFailure};
use crate::clock::Clock;
use crate::firewall::FirewallError;

/// How often one update is read, merged and written before it is given up. Each conflict means that another writer got
/// through, so many in a row mean that the group is written far more often than Network Firewall is made for.
const TRIES: u32 = 20;

/// Somebody else kept writing the group.
pub(crate) const TOKEN_CONFLICT: ErrorName = ErrorName::transient(
    "Firewall.TokenConflict",
    "Other writers kept changing the rule group; it is worth repeating.",
);

/// A handle to the writer; cheap to clone. The writer ends when its last handle is dropped.
#[derive(Clone, Debug)]
pub struct LedgerWriter {
    requests: mpsc::UnboundedSender<Request>,
    pen: Pen,
}

/// A rule group after a change.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupVersion {
    /// The group's name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// The version that holds the change.
    pub update_token: String,
    /// Rules in it, everybody's.
    pub rules: usize,
    /// Rules that it can hold.
    pub capacity: usize,
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

/// Why a change was not written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WriteError {
    /// A rule group could not be read, or is not ours to use.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The update did not go through.
    #[error(transparent)]
    Call(#[from] FirewallError),
    /// `Firewall.TokenConflict`.
    #[error(
        "somebody else changed one of {groups} each of the {TRIES} times that Falconer was writing it. It is worth repeating"
    )]
    TokenConflict {
        /// The rule groups.
        groups: String,
    },
    /// The writer's task is gone, which happens only while the process ends.
    #[error("the writer of {groups} has stopped with its worker. It is worth repeating")]
    Stopped {
        /// The rule groups.
        groups: String,
    },
}

impl ActivityError for WriteError {
    const NAMES: &'static [ErrorName] =
        &[UNAVAILABLE, TOKEN_CONFLICT, ACCESS_DENIED, NOT_FOUND, REJECTED, GROUP_NOT_SURICATA];

    fn name(&self) -> &'static str {
        match self {
            Self::Read(error) => error.name(),
            Self::Call(error) => error.name(),
            Self::TokenConflict { .. } => TOKEN_CONFLICT.name,
            Self::Stopped { .. } => UNAVAILABLE.name,
        }
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
        let merged = merge(&version.groups(), &change, self.pen.clock.now(), &self.pen.rules);
        Ok(written(&version, merged.report))
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

    /// Reads the tokens first and computes the texts after it: a text older than its token would undo somebody's write.
    async fn write(&self, change: &Change) -> Result<Written, WriteError> {
        let mut before: Option<Report> = None;
        for _ in 0..TRIES {
            let mut version = self.groups.read().await?;
            let merged = merge(&version.groups(), change, self.clock.now(), &self.rules);
            let report = match before {
                None => merged.report,
                Some(before) => merged.report.after(before),
            };
            match self.write_texts(&mut version, &merged.texts).await {
                Ok(()) => return Ok(written(&version, report)),
                Err(WriteFailure::Stale) => before = Some(report),
                Err(WriteFailure::Failed(error)) => return Err(error.into()),
            }
        }
        Err(WriteError::TokenConflict { groups: self.groups.named() })
    }

    /// Writes the groups in which something changes, and puts their new tokens into `version`. Every write comes to its end,
    /// whatever becomes of the others.
    async fn write_texts(&self, version: &mut LedgerVersion, texts: &[String]) -> Result<(), WriteFailure> {
        let write = async |(group, text): (&mut RuleGroupVersion, &String)| {
            if group.text != *text {
                group.token = rule_group::write(self.groups.client(), group, text).await?;
            }
            Ok(())
        };
        join_all(version.0.iter_mut().zip(texts).map(write)).await.into_iter().collect()
    }
}

fn written(version: &LedgerVersion, report: Report) -> Written {
    let group = |(group, rules): (&RuleGroupVersion, usize)| GroupVersion {
        name: group.name.clone(),
        arn: group.arn().to_owned(),
        update_token: group.token.clone(),
        rules,
        capacity: group.capacity,
    };
    Written {
        groups: version.0.iter().zip(report.rules).map(group).collect(),
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
