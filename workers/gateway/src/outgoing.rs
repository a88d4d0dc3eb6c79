//! A finding on its way to Security Hub.

use std::sync::Arc;

use bytes::Bytes;
use falconer_domain::detection::{self, Event, Host};
use falconer_domain::place::Place;
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

use crate::progress::Ticket;

/// A finding, as it is sent, and what it was made of.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// `Id`.
    pub(crate) id: String,
    /// The finding in JSON.
    pub(crate) body: Vec<u8>,
    /// The event, for the case that another account must take its finding, or that none does.
    pub(crate) line: Bytes,
    /// What Falcon knows of its host.
    pub(crate) host: Option<Arc<Host>>,
    /// What is settled with it: the event, and those whose findings have the same id.
    pub(crate) events: Vec<Underway>,
}

/// An event under way, and the place that it takes.
#[derive(Debug)]
pub(crate) struct Underway {
    pub(crate) ticket: Ticket,
    pub(crate) place: OwnedSemaphorePermit,
}

impl Outgoing {
    /// Its events need nobody any more.
    pub(crate) fn settle(self) {
        for Underway { ticket, place } in self.events {
            ticket.settle();
            drop(place);
        }
    }

    /// Takes over from one with the same id that was read before it.
    pub(crate) fn take_over(&mut self, earlier: Self) {
        self.events.extend(earlier.events);
    }
}

/// The finding of an event at a place: its id, and its JSON.
pub(crate) fn render(event: &Event<'_>, host: Option<&Host>, at: &Place, now: Timestamp) -> (String, Vec<u8>) {
    let finding = detection::finding(event, host, at, now);
    // A struct of texts and numbers is always JSON.
    let body = serde_json::to_vec(&finding).unwrap_or_default();
    (finding.id().to_owned(), body)
}
