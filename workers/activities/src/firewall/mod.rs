//! AWS Network Firewall as Falconer uses it: one rule group that is the ledger, the zones that enforce it, and the flows
//! that were open before.

pub(crate) mod error;
pub(crate) mod flows;
pub(crate) mod rule_group;
pub(crate) mod writer;
pub(crate) mod zones;

pub use self::error::FirewallError;
pub use self::rule_group::{ReadError, RuleGroupVersion, read};
pub use self::writer::{BlockRules, LedgerWriter, WriteError, Written};
