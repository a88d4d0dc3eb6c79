//! Rule groups read, changed and written, as often as somebody else comes in between.

use aws_sdk_networkfirewall::Client;
use falconer_runtime::{ActivityError, ErrorName};
use futures_util::future::{join_all, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::error::{ACCESS_DENIED, FirewallError, NOT_FOUND, REJECTED, UNAVAILABLE};
use super::rule_group::{self, GROUP_NOT_SURICATA, ReadError, RuleGroupVersion, WriteFailure};

/// How often one update is read, merged and written before it is given up. Each conflict means that another writer got
/// through, so many in a row mean that the group is written far more often than Network Firewall is made for.
const TRIES: u32 = 20;

/// Somebody else kept writing the group.
pub(crate) const TOKEN_CONFLICT: ErrorName = ErrorName::transient(
    "Firewall.TokenConflict",
    "Other writers kept changing the rule group; it is worth repeating.",
);

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

impl GroupVersion {
    /// A group with so many rules.
    pub(crate) fn of(group: &RuleGroupVersion, rules: usize) -> Self {
        Self {
            name: group.name.clone(),
            arn: group.arn().to_owned(),
            update_token: group.token.clone(),
            rules,
            capacity: group.capacity,
        }
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

/// Reads all groups of these names.
///
/// # Errors
/// Of the first that cannot be read.
pub(crate) async fn read_all(client: &Client, names: &[String]) -> Result<Vec<RuleGroupVersion>, ReadError> {
    try_join_all(names.iter().map(|name| rule_group::read(client, name))).await
}

/// What [`rewrite`] must be allowed.
pub(super) const ACTIONS: &[&str] = &["network-firewall:DescribeRuleGroup", "network-firewall:UpdateRuleGroup"];

/// Gives the groups the texts that `change` makes of them, and answers their new versions and its report.
///
/// The tokens are read first and the texts computed after it: a text older than its token would undo somebody's write. When a
/// token is no longer the group's, somebody else has written, or the answer to our own write was lost: `change` is asked
/// again, with the report that it gave before.
///
/// # Errors
/// See [`WriteError`]. Where there are several groups, part of the change may stand in one of them all the same: asking
/// again completes it.
pub(crate) async fn rewrite<Report>(
    client: &Client,
    names: &[String],
    change: impl Fn(&[RuleGroupVersion], Option<Report>) -> (Vec<String>, Report),
) -> Result<(Vec<RuleGroupVersion>, Report), WriteError> {
    let mut before = None;
    for _ in 0..TRIES {
        let mut groups = read_all(client, names).await?;
        let (texts, report) = change(&groups, before.take());
        match write_all(client, &mut groups, &texts).await {
            Ok(()) => return Ok((groups, report)),
            Err(WriteFailure::Stale) => before = Some(report),
            Err(WriteFailure::Failed(error)) => return Err(error.into()),
        }
    }
    Err(WriteError::TokenConflict { groups: names.join(", ") })
}

/// Writes the groups in which something changes, and puts their new tokens into them. Every write comes to its end, whatever
/// becomes of the others.
async fn write_all(client: &Client, groups: &mut [RuleGroupVersion], texts: &[String]) -> Result<(), WriteFailure> {
    let write = async |(group, text): (&mut RuleGroupVersion, &String)| {
        if group.text != *text {
            group.token = rule_group::write(client, group, text).await?;
        }
        Ok(())
    };
    join_all(groups.iter_mut().zip(texts).map(write)).await.into_iter().collect()
}
