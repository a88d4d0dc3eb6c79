//! The step of the runbook `expire-blocks`; CheckEnforcement of `contain-finding` follows it.

mod prune_ledger;

pub use self::prune_ledger::{Expired, PruneLedger};
