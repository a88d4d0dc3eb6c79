//! AWS Network Firewall as Falconer uses it: the rule groups that are the ledger, the zones that enforce them, and the flows
//! that were open before.

pub(crate) mod block_groups;
pub(crate) mod error;
pub(crate) mod flows;
pub(crate) mod rule_group;
pub(crate) mod writer;
pub(crate) mod zones;

pub use self::block_groups::{BlockGroups, LedgerVersion};
pub use self::error::FirewallError;
pub use self::rule_group::{ReadError, RuleGroupVersion};
pub use self::writer::{GroupVersion, LedgerWriter, WriteError, Written};
pub use self::zones::Zone;
