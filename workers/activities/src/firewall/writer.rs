//! The one writer of the block rule group in this process.
//!
//! Requests that arrive while an update is under way are collected and written together by the next one: a thousand
//! simultaneous blocks cost a handful of updates. Between processes the group's update token decides; whoever loses
//! reads, merges and writes again, so nothing is lost however many workers run.

use std::collections::HashSet;

use aws_sdk_networkfirewall::Client;
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{
    BlockOutcome, BlockReport, Caps, Change, Held, Limits, Release, ReleaseReport, Report, SidRange, merge,
};
use falconer_runtime::{ActivityError, ErrorName};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

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
    rule_group: RuleGroupHandle,
}

/// What a change did, as far as the one who asked for it is concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The rule group's ARN.
    pub group: String,
    /// The version that holds the change.
    pub update_token: String,
    /// What became of each wanted block.
    pub blocks: Vec<BlockReport>,
    /// What became of each indicator that was to be released.
    pub released: Vec<ReleaseReport>,
    /// The blocks that were taken out because their time was over.
    pub expired: Vec<Held>,
    /// Rules in the group, everybody's.
    pub rules: usize,
    /// Rules that it can hold.
    pub capacity: usize,
}

impl Written {
    /// The wanted indicators for which the group had no room.
    pub fn without_room(&self) -> impl Iterator<Item = &Indicator> {
        let refused = self.blocks.iter().filter(|block| block.outcome == BlockOutcome::RefusedForCapacity);
        refused.map(|block| &block.indicator)
    }
}

/// Why a change was not written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WriteError {
    /// The rule group could not be read, or is not ours to use.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The update did not go through.
    #[error(transparent)]
    Call(#[from] FirewallError),
    /// `Firewall.TokenConflict`.
    #[error(
        "rule group {group} was changed by somebody else {TRIES} times while Falconer was writing it. It is worth repeating"
    )]
    TokenConflict {
        /// The rule group.
        group: String,
    },
    /// The writer's task is gone, which happens only while the process ends.
    #[error("the writer of rule group {group} has stopped with its worker. It is worth repeating")]
    Stopped {
        /// The rule group.
        group: String,
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

/// What the configuration says of new blocks.
#[derive(Clone, Copy, Debug)]
pub struct BlockRules {
    /// Their signature ids.
    pub sids: SidRange,
    /// Whether those of domains have a rule for QUIC.
    pub quic: bool,
    /// How many may come from findings at which nobody has looked.
    pub automatic: Caps,
}

#[derive(Clone, Debug)]
struct RuleGroupHandle {
    client: Client,
    group: String,
    rules: BlockRules,
    clock: Clock,
}

#[derive(Debug)]
struct Request {
    change: Change,
    answer: oneshot::Sender<Result<Written, WriteError>>,
}

impl LedgerWriter {
    /// Starts the writer of `group`, on the current tokio runtime.
    #[must_use]
    pub fn start(client: Client, group: &str, rules: BlockRules, clock: Clock) -> Self {
        let (requests, inbox) = mpsc::unbounded_channel();
        let rule_group = RuleGroupHandle { client, group: group.to_owned(), rules, clock };
        tokio::spawn(serve(rule_group.clone(), inbox));
        Self { requests, rule_group }
    }

    /// Writes the change and answers when AWS has taken it. A caller that goes away does not take the change back.
    ///
    /// # Errors
    /// See [`WriteError`]; then nothing of the change is in the group.
    pub async fn change(&self, change: Change) -> Result<Written, WriteError> {
        let stopped = || WriteError::Stopped { group: self.rule_group.group.clone() };
        let (answer, written) = oneshot::channel();
        self.requests.send(Request { change, answer }).map_err(|_| stopped())?;
        written.await.map_err(|_| stopped())?
    }

    /// What [`change`](Self::change) would do now. Writes nothing.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn preview(&self, change: Change) -> Result<Written, WriteError> {
        let version = self.rule_group.read().await?;
        let merged = merge(&version.text, &change, self.rule_group.clock.now(), &self.rule_group.limits(&version));
        Ok(written(&version, &version.token, merged.report))
    }
}

async fn serve(rule_group: RuleGroupHandle, mut inbox: mpsc::UnboundedReceiver<Request>) {
    while let Some(first) = inbox.recv().await {
        let mut batch = vec![first];
        while let Ok(next) = inbox.try_recv() {
            batch.push(next);
        }
        rule_group.write_together(batch).await;
    }
}

impl RuleGroupHandle {
    async fn write_together(&self, batch: Vec<Request>) {
        let together = Change {
            wanted: batch.iter().flat_map(|request| request.change.wanted.clone()).collect(),
            released: batch.iter().flat_map(|request| request.change.released.clone()).collect(),
        };
        let outcome = self.write(&together).await;
        tracing::info!(group = self.group, requests = batch.len(), written = outcome.is_ok(), "rule group update");
        for Request { change, answer } in batch {
            // A caller that has gone away no longer wants to know.
            let _ = answer.send(outcome.clone().map(|written| share(written, &change)));
        }
    }

    /// Reads the token first and computes the text after it: a text older than its token would undo somebody's write.
    async fn write(&self, change: &Change) -> Result<Written, WriteError> {
        for _ in 0..TRIES {
            let version = self.read().await?;
            let merged = merge(&version.text, change, self.clock.now(), &self.limits(&version));
            if merged.text == version.text {
                return Ok(written(&version, &version.token, merged.report));
            }
            match rule_group::write(&self.client, &version, &merged.text).await {
                Ok(token) => return Ok(written(&version, &token, merged.report)),
                Err(WriteFailure::Stale) => {}
                Err(WriteFailure::Failed(error)) => return Err(error.into()),
            }
        }
        Err(WriteError::TokenConflict { group: self.group.clone() })
    }

    async fn read(&self) -> Result<RuleGroupVersion, ReadError> {
        rule_group::read(&self.client, &self.group).await
    }

    fn limits(&self, version: &RuleGroupVersion) -> Limits {
        let BlockRules { sids, quic, automatic } = self.rules;
        Limits { sids, quic, automatic: Some(automatic), ..Limits::of_capacity(version.capacity) }
    }
}

fn written(version: &RuleGroupVersion, token: &str, report: Report) -> Written {
    Written {
        group: version.arn().to_owned(),
        update_token: token.to_owned(),
        blocks: report.blocks,
        released: report.released,
        expired: report.expired,
        rules: report.rules,
        capacity: version.capacity,
    }
}

/// What of a common update belongs to the one who asked for `change`.
fn share(mut written: Written, change: &Change) -> Written {
    let wanted: HashSet<&Indicator> = change.wanted.iter().map(|block| &block.entry().indicator).collect();
    written.blocks.retain(|block| wanted.contains(&block.indicator));
    written.released.retain(|report| {
        let same = |release: &Release| release.indicator == report.indicator && release.cause == report.cause;
        change.released.iter().any(same)
    });
    written
}
