//! How many blocks findings may make by themselves.

use jiff::{SignedDuration, Timestamp};

use super::Ledger;
use crate::block::Entry;
use crate::place::AccountId;

/// How many new blocks within an hour may come from imported findings, at which nobody has looked. Whoever can make a
/// trusted product see things, or who owns one account, could otherwise fill the rule group or cut off a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// From all accounts together.
    pub per_hour: usize,
    /// From findings about one account. Findings that name none count as one account.
    pub per_account_per_hour: usize,
}

/// The automatic blocks that there are, by when they were made.
#[derive(Debug)]
pub(super) struct Automatic<'a> {
    caps: Option<&'a Caps>,
    made: Vec<Made>,
}

#[derive(Clone, Copy, Debug)]
struct Made {
    created: Timestamp,
    account: Option<AccountId>,
}

impl<'a> Automatic<'a> {
    /// Those that the ledger holds. One that was released or has expired no longer counts.
    pub(super) fn of(ledger: &Ledger, caps: Option<&'a Caps>) -> Self {
        let entries = ledger.held().iter().map(|held| &held.entry);
        Self { caps, made: entries.filter(|entry| entry.by.is_automatic()).map(made).collect() }
    }

    /// Whether a new block would be one too many.
    ///
    /// Those count that were made within an hour of it, before or after, rather than within the last hour: so the answer
    /// does not depend on when it is asked, and the same request later is refused as well.
    pub(super) fn is_beyond_cap(&self, entry: &Entry) -> bool {
        let Some(caps) = self.caps.filter(|_| entry.by.is_automatic()) else {
            return false;
        };
        let is_near = |made: &&Made| entry.created.duration_since(made.created).abs() < SignedDuration::from_hours(1);
        let near = || self.made.iter().filter(is_near);
        near().count() >= caps.per_hour
            || near().filter(|made| made.account == entry.account).count() >= caps.per_account_per_hour
    }

    /// Counts a block that was added.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.made.extend(entry.by.is_automatic().then(|| made(entry)));
    }
}

fn made(entry: &Entry) -> Made {
    Made { created: entry.created, account: entry.account }
}
