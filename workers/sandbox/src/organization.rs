//! The accounts that the sandbox holds, and how their resources are named.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

/// Who exists: the hub, which runs the workers and administers Security Hub, and its members, who come and go.
#[derive(Debug)]
pub(crate) struct Organization {
    /// `aws`, `aws-us-gov`, `aws-cn`.
    pub(crate) partition: String,
    /// Where the seeded resources are.
    pub(crate) region: String,
    /// The hub's twelve digits.
    pub(crate) hub: String,
    /// By their twelve digits.
    members: RwLock<BTreeMap<String, Member>>,
}

/// What the organization knows of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) email: String,
}

impl Member {
    /// An account with a name and an address of its own.
    pub(crate) fn of(account: &str, name: Option<String>, email: Option<String>) -> Self {
        let name = name.unwrap_or_else(|| format!("account-{account}"));
        let email = email.unwrap_or_else(|| format!("aws+{account}@example.com"));
        Self { name, email }
    }
}

impl Organization {
    pub(crate) fn new(partition: String, region: String, hub: String, members: Vec<String>) -> Self {
        let members = members.into_iter().map(|account| (account.clone(), Member::of(&account, None, None)));
        Self { partition, region, hub, members: RwLock::new(members.collect()) }
    }

    /// All accounts, the hub first.
    pub(crate) fn accounts(&self) -> Vec<String> {
        std::iter::once(self.hub.clone()).chain(self.members()).collect()
    }

    /// The members' twelve digits, in their order.
    pub(crate) fn members(&self) -> Vec<String> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    pub(crate) fn member(&self, account: &str) -> Option<Member> {
        self.members.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned()
    }

    /// Whether the account belongs to the organization.
    pub(crate) fn holds(&self, account: &str) -> bool {
        account == self.hub || self.members.read().unwrap_or_else(PoisonError::into_inner).contains_key(account)
    }

    /// Takes an account in, as a member.
    pub(crate) fn add(&self, account: &str, member: Member) {
        self.members.write().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned(), member);
    }

    /// Lets a member go; whether there was one.
    pub(crate) fn remove(&self, account: &str) -> bool {
        self.members.write().unwrap_or_else(PoisonError::into_inner).remove(account).is_some()
    }

    /// The ARN of a resource; `region` or `account` may be empty, where the service's ARNs leave them out.
    pub(crate) fn arn(&self, service: &str, region: &str, account: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{region}:{account}:{resource}", self.partition)
    }
}
