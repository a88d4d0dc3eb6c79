//! Recorders and delivery channels by account and region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::channel::Channel;
use super::{Config, Recorder, Setup, State};
use crate::wire::Caller;

/// What there is in one account and region.
#[derive(Clone, Debug, Default)]
pub(in crate::config) struct Place {
    pub(super) recorder: Option<Recorder>,
    pub(super) channel: Option<Channel>,
}

/// All of them.
#[derive(Debug, Default)]
pub(in crate::config) struct Places {
    /// By account, with the time since when.
    setups: BTreeMap<String, (Setup, Timestamp)>,
    /// By account and region; those that somebody has looked at.
    looked_at: BTreeMap<(String, String), Place>,
}

impl Places {
    /// Sets an account up in every region, as if nobody had done anything there.
    pub(in crate::config) fn set_up(&mut self, account: &str, setup: Setup, now: Timestamp) {
        self.looked_at.retain(|(of, _), _| of != account);
        self.setups.insert(account.to_owned(), (setup, now));
    }

    /// Whether resources of a type are recorded in an account and region now.
    pub(in crate::config) fn record(&self, account: &str, region: &str, kind: &str) -> bool {
        match self.looked_at.get(&(account.to_owned(), region.to_owned())) {
            Some(place) => place.recorder.as_ref().is_some_and(|recorder| recorder.records(kind)),
            None => self.setups.get(account).is_some_and(|(setup, _)| setup.records(kind)),
        }
    }
}

impl Place {
    pub(in crate::config) fn has_recorder(&self) -> bool {
        self.recorder.is_some()
    }
}

impl Config {
    /// What there is where the caller is.
    pub(in crate::config) fn place<'a>(&self, state: &'a mut State, caller: &Caller) -> &'a mut Place {
        let Places { setups, looked_at } = &mut state.places;
        let of = (caller.account.as_str(), caller.region.as_str());
        let set_up = |(setup, since): &(Setup, Timestamp)| setup.place(&self.organization, of, *since);
        let make = || setups.get(&caller.account).map(set_up).unwrap_or_default();
        looked_at.entry((caller.account.clone(), caller.region.clone())).or_insert_with(make)
    }
}
