//! A block: an admitted indicator with its term, its causes and its mode.

mod cause;
mod causes;
mod ttl;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use cause::{FindingRef, FindingRefError, Requester};
pub use causes::{Causes, CausesError};
pub use ttl::{Ttl, TtlError};

use crate::guard::Admitted;
use crate::indicator::Indicator;
use crate::place::AccountId;

/// What the firewall does with traffic that meets a block. A later mode is stronger than an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Writes it to the alert log and lets it pass: look before you leap.
    Alert,
    /// Drops it.
    #[default]
    Drop,
}

/// What the ledger records of one block. As such it is only a record: a new rule needs a [`Block`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// What is blocked.
    pub indicator: Indicator,
    /// The findings that asked for it.
    pub causes: Causes,
    /// When it was asked for, in whole seconds.
    pub created: Timestamp,
    /// When it ends, in whole seconds.
    pub expires: Timestamp,
    /// Who asked for it first.
    pub by: Requester,
    /// The account that the finding is about, if nobody but the finding asked: such blocks are capped for each account.
    pub account: Option<AccountId>,
    /// What happens to the traffic.
    pub mode: Mode,
}

/// An entry whose indicator the guard has admitted: what the ledger takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block(Entry);

impl Block {
    /// A block from `now` for the time of `ttl`. Fractions of a second are dropped, since a rule's metadata has none.
    pub fn new(
        indicator: Admitted,
        causes: impl Into<Causes>,
        by: Requester,
        mode: Mode,
        now: Timestamp,
        ttl: Ttl,
    ) -> Self {
        let created = whole_seconds(now);
        let (indicator, causes) = (indicator.into_indicator(), causes.into());
        Self(Entry { indicator, causes, created, expires: ttl.end(created), by, account: None, mode })
    }

    /// The block with the account that its finding is about. Of a block that a person asked for it is not recorded.
    #[must_use]
    pub fn about(mut self, account: Option<AccountId>) -> Self {
        self.0.account = account.filter(|_| self.0.by.is_automatic());
        self
    }

    /// A block as a ledger has recorded it before, with its causes, its times and who asked: to bring a lost ledger back. The
    /// guard's word counts for the indicator, not the record's.
    pub fn restored(indicator: Admitted, entry: Entry) -> Self {
        Self(Entry { indicator: indicator.into_indicator(), ..entry })
    }

    /// What the ledger will record.
    pub fn entry(&self) -> &Entry {
        &self.0
    }
}

fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
