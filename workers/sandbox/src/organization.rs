//! The accounts that the sandbox holds, and how their resources are named.

use std::collections::BTreeSet;

/// Who exists: the hub, which runs the workers and administers Security Hub, and its members.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    /// `aws`, `aws-us-gov`, `aws-cn`.
    pub(crate) partition: String,
    /// Where the seeded resources are.
    pub(crate) region: String,
    /// The hub's twelve digits.
    pub(crate) hub: String,
    /// The members' twelve digits.
    pub(crate) members: Vec<String>,
    /// All of them, to be found quickly among very many.
    accounts: BTreeSet<String>,
}

impl Organization {
    pub(crate) fn new(partition: String, region: String, hub: String, members: Vec<String>) -> Self {
        let accounts = std::iter::once(&hub).chain(&members).cloned().collect();
        Self { partition, region, hub, members, accounts }
    }

    /// All accounts, the hub first.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.hub.as_str()).chain(self.members.iter().map(String::as_str))
    }

    /// Whether the account belongs to the organization.
    pub(crate) fn holds(&self, account: &str) -> bool {
        self.accounts.contains(account)
    }

    /// The ARN of a resource; `region` or `account` may be empty, where the service's ARNs leave them out.
    pub(crate) fn arn(&self, service: &str, region: &str, account: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{account}:{resource}", self.partition)
    }
}
