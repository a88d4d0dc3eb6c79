//! Recorders and delivery channels by account and region.

use std::collections::BTreeMap;

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
    /// By account.
    setups: BTreeMap<String, Setup>,
    /// By account and region; those that somebody has looked at.
    looked_at: BTreeMap<(String, String), Place>,
}

impl Places {
    /// Sets an account up in every region, as if nobody had done anything there.
    pub(in crate::config) fn set_up(&mut self, account: &str, setup: Setup) {
        self.looked_at.retain(|(of, _), _| of != account);
        self.setups.insert(account.to_owned(), setup);
    }

    /// Whether resources of a type are recorded in an account and region now.
    pub(in crate::config) fn record(&self, account: &str, region: &str, kind: &str) -> bool {
        match self.looked_at.get(&(account.to_owned(), region.to_owned())) {
            Some(place) => place.recorder.as_ref().is_some_and(|recorder| recorder.records(kind)),
            None => self.setup(account).records(kind),
        }
    }

    fn setup(&self, account: &str) -> Setup {
        self.setups.get(account).copied().unwrap_or_default()
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
        let setup = state.places.setup(&caller.account);
        let key = (caller.account.clone(), caller.region.clone());
        let make = || setup.place(&self.organization, (&caller.account, &caller.region), self.clock.now());
        state.places.looked_at.entry(key).or_insert_with(make)
    }
}
