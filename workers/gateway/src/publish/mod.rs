//! Findings to the Security Hub of their account and region. One that cannot be reached holds up no other.

mod batch;
mod desk;
mod import;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use falconer_activities::accounts::Accounts;
use falconer_activities::clock::Clock;
use falconer_domain::place::Place;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use self::desk::Desk;
use crate::dead_letters::DeadLetters;
use crate::metrics::Counters;
use crate::outgoing::Outgoing;

/// How often a gateway that stops looks whether everything is delivered.
const LOOK: Duration = Duration::from_millis(100);

/// What every place needs.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) accounts: Accounts,
    pub(crate) hub: Place,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) counters: Arc<Counters>,
    pub(crate) clock: Clock,
    /// How long a batch that is not full waits for more.
    pub(crate) most_delay: Duration,
    /// How long a place may take nothing until its findings become dead letters.
    pub(crate) patience: Duration,
}

/// A handle to the desks of all places; clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Publisher {
    delivery: Delivery,
    desks: Arc<Mutex<HashMap<Place, mpsc::UnboundedSender<Outgoing>>>>,
    tasks: TaskTracker,
}

impl Publisher {
    pub(crate) fn new(delivery: Delivery) -> Self {
        Self { delivery, desks: Arc::default(), tasks: TaskTracker::new() }
    }

    /// Hands a finding to its place. It holds the place of an event under way, and so no more can wait than there are of these.
    pub(crate) fn send(&self, place: &Place, outgoing: Outgoing) {
        // A desk ends only after `finish`, with the process: what is not settled is read again by the next one.
        let _ended = self.desk(place).send(outgoing);
    }

    /// Waits until everything is delivered that was handed over. Nothing may be sent after it.
    pub(crate) async fn finish(&self) {
        self.tasks.close();
        // A place that lets nobody in may still open the hub's desk.
        while !self.tasks.is_empty() {
            self.desks.lock().unwrap_or_else(PoisonError::into_inner).clear();
            let _not_yet = timeout(LOOK, self.tasks.wait()).await;
        }
    }

    fn desk(&self, place: &Place) -> mpsc::UnboundedSender<Outgoing> {
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || {
            let (desk, inbox) = mpsc::unbounded_channel();
            let elsewhere = (*place != self.delivery.hub).then(|| self.clone());
            self.tasks.spawn(Desk::new(place.clone(), self.delivery.clone(), elsewhere).serve(inbox));
            desk
        };
        desks.entry(place.clone()).or_insert_with(open).clone()
    }
}
