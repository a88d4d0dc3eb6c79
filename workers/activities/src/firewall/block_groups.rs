//! The block rule groups together: the ledger is read from all of them.

use std::sync::Arc;

use aws_sdk_networkfirewall::Client;
use falconer_domain::ledger::{Group, Ledger};

use super::error::FirewallError;
use super::rewrite::read_all;
use super::rule_group::{self, ReadError, RuleGroupVersion};
use super::zones::{self, Zone};

/// The block rule groups, in the order in which they are filled. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BlockGroups {
    client: Client,
    names: Arc<[String]>,
}

/// The block rule groups as they were at one moment.
#[derive(Clone, Debug)]
pub struct LedgerVersion(pub Vec<RuleGroupVersion>);

impl BlockGroups {
    /// What it takes to read them.
    pub(crate) const READ: &[&str] = rule_group::READ;
    /// What [`zones`](Self::zones) must be allowed.
    pub(crate) const ZONES: &[&str] = zones::ACTIONS;

    /// The groups of these names, which exist.
    #[must_use]
    pub fn new(client: Client, names: &[String]) -> Self {
        Self { client, names: names.into() }
    }

    /// The calls of these groups.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Their names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The same for a person.
    #[must_use]
    pub fn named(&self) -> String {
        self.names.join(", ")
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// Of the first that cannot be read.
    pub async fn read(&self) -> Result<LedgerVersion, ReadError> {
        Ok(LedgerVersion(read_all(&self.client, &self.names).await?))
    }

    /// Every zone that runs one of the groups with these ARNs.
    ///
    /// # Errors
    /// What the calls met.
    pub async fn zones(&self, arns: &[&str]) -> Result<Vec<Zone>, FirewallError> {
        zones::zones_of(&self.client, arns).await
    }

    /// Reads one of them.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn read_one(&self, name: &str) -> Result<RuleGroupVersion, ReadError> {
        rule_group::read(&self.client, name).await
    }
}

impl LedgerVersion {
    /// What they hold.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger::read(self.0.iter().map(|group| (group.name.as_str(), group.text.as_str())))
    }
}

/// What a merge begins with.
pub(crate) fn groups(versions: &[RuleGroupVersion]) -> Vec<Group<'_>> {
    versions.iter().map(|one| Group { name: &one.name, text: &one.text, limits: one.limits() }).collect()
}
