//! The hunt rule group, which is the only record of what is hunted.

use aws_sdk_networkfirewall::Client;
use falconer_domain::hunt::{HuntChange, HuntRules, MergedHunts, merge};

use super::error::FirewallError;
use super::rewrite::{self, WriteError, rewrite};
use super::rule_group::{self, ReadError, RuleGroupVersion};

/// A handle to the hunt rule group; cheap to clone.
#[derive(Clone, Debug)]
pub struct HuntRuleGroup {
    client: Client,
    name: String,
    rules: HuntRules,
}

impl HuntRuleGroup {
    /// What it takes to read it.
    pub(crate) const READ: &[&str] = rule_group::READ;
    /// What [`change`](Self::change) must be allowed.
    pub(crate) const CHANGE: &[&str] = rewrite::ACTIONS;

    /// The group of this name, in which new rules are like these.
    #[must_use]
    pub fn new(client: Client, name: &str, rules: HuntRules) -> Self {
        Self { client, name: name.to_owned(), rules }
    }

    /// What new rules are like.
    pub(crate) fn rules(&self) -> HuntRules {
        self.rules
    }

    /// Reads it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn read(&self) -> Result<RuleGroupVersion, ReadError> {
        rule_group::read(&self.client, &self.name).await
    }

    /// Reads it where it may be that there is none, since nobody hunts.
    ///
    /// # Errors
    /// If it is there and cannot be read.
    pub async fn read_if_there(&self) -> Result<Option<RuleGroupVersion>, ReadError> {
        match self.read().await {
            Err(ReadError::Call(FirewallError::NotFound { .. })) => Ok(None),
            read => read.map(Some),
        }
    }

    /// Writes the change, in one update if it changes anything.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub(crate) async fn change(&self, change: &HuntChange) -> Result<(RuleGroupVersion, MergedHunts), WriteError> {
        let names = std::slice::from_ref(&self.name);
        // Of one name there is one version.
        let (mut versions, merged) = rewrite(&self.client, names, |versions, before: Option<MergedHunts>| {
            let merged = self.merged(&versions[0], change);
            let merged = match before {
                None => merged,
                Some(before) => merged.after(before.hunts),
            };
            (vec![merged.text.clone()], merged)
        })
        .await?;
        Ok((versions.swap_remove(0), merged))
    }

    /// What [`change`](Self::change) would do now. Writes nothing.
    ///
    /// # Errors
    /// If the group cannot be read.
    pub(crate) async fn preview(&self, change: &HuntChange) -> Result<(RuleGroupVersion, MergedHunts), ReadError> {
        let version = self.read().await?;
        let merged = self.merged(&version, change);
        Ok((version, merged))
    }

    fn merged(&self, version: &RuleGroupVersion, change: &HuntChange) -> MergedHunts {
        merge(&version.text, version.limits(), change, &self.rules)
    }
}
