//! The steps of the runbook `expire-blocks`, in their order; CheckEnforcement of `contain-finding` comes between them.

mod prune_ledger;
mod record_expiry;

pub use self::prune_ledger::{Expired, PruneLedger};
pub use self::record_expiry::{ExpiryError, ExpiryRecord, RecordExpiry};
