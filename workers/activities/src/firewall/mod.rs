//! AWS Network Firewall as Falconer uses it: the rule groups that are the ledger, the one that holds the hunts, the zones that
//! enforce them, and the flows that were open before.

pub(crate) mod block_groups;
pub(crate) mod error;
pub(crate) mod flows;
mod hunt_group;
pub(crate) mod rewrite;
pub(crate) mod rule_group;
pub(crate) mod writer;
pub(crate) mod zones;

pub use self::block_groups::{BlockGroups, LedgerVersion};
pub use self::error::FirewallError;
pub use self::hunt_group::HuntRuleGroup;
pub use self::rewrite::{GroupVersion, WriteError};
pub use self::rule_group::{ReadError, RuleGroupVersion};
pub use self::writer::{LedgerWriter, Written};
pub use self::zones::Zone;
