//! From lines of the stream to findings on their way, or to events that are settled without one.

use std::sync::Arc;

use bytes::Bytes;
use falconer_activities::clock::Clock;
use falconer_domain::detection::{Event, EventUnreadable, Host, LeftOut, home, mended};
use falconer_domain::place::Place;
use falconer_falcon::FeedError;
use tokio::sync::Semaphore;

use crate::config::{GatewayRules, PublishInto};
use crate::dead_letters::{DeadLetter, DeadLetters};
use crate::hosts::Hosts;
use crate::metrics::Counters;
use crate::outgoing::{Outgoing, Underway, render};
use crate::progress::{Progress, Ticket};
use crate::publish::Publisher;

/// Events that are under way at the same time, in all partitions: with their lines and findings some 60 MB.
const MOST_UNDERWAY: usize = 8_000;

/// What maps the lines of every partition; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) hosts: Hosts,
    pub(crate) rules: Arc<GatewayRules>,
    pub(crate) hub: Place,
    pub(crate) publisher: Publisher,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) counters: Arc<Counters>,
    pub(crate) clock: Clock,
    pub(crate) places: Arc<Semaphore>,
}

/// An event that is not settled.
struct Begun<'a> {
    line: &'a Bytes,
    event: Event<'a>,
    ticket: Ticket,
}

/// The places for events under way.
pub(crate) fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MOST_UNDERWAY))
}

impl Mapping {
    /// Takes lines of one partition, in their order; when it answers, each is settled or on its way. It must not be dropped in
    /// the middle while the process goes on: what it had begun would never be settled.
    pub(crate) async fn take(&self, lines: &[Bytes], progress: &Progress) {
        self.counters.read.add(lines.len() as u64);
        let (mut events, mut unread) = (Vec::with_capacity(lines.len()), Vec::new());
        for line in lines {
            match Event::read(line) {
                Ok(event) => events.push((line, event)),
                Err(unreadable) => unread.push((line, mended(line), unreadable)),
            }
        }
        let mut broken = Vec::new();
        for (line, mended, unreadable) in &unread {
            match mended.as_deref().map(Event::read) {
                Some(Ok(event)) => events.push((line, event)),
                _ => broken.push((line, unreadable, unreadable.offset.map(|offset| progress.begin(offset, None)))),
            }
        }
        // All have begun before the first is settled: none may lie below what is settled.
        let begun = events.into_iter().map(|(line, event)| {
            let ticket = progress.begin(event.offset(), event.created());
            Begun { line, event, ticket }
        });
        let begun: Vec<_> = begun.collect();
        for (line, unreadable, ticket) in broken {
            self.give_up(line, unreadable, ticket).await;
        }
        let wanted: Vec<_> = begun.into_iter().filter_map(|one| self.want(one)).collect();
        let hosts = self.hosts.of(wanted.iter().filter_map(|one| one.event.device())).await;
        for Begun { line, event, ticket } in wanted {
            let host = event.device().and_then(|device| hosts.known.get(device));
            // A host of which Falcon has said nothing may run in a cloud that is wanted.
            let passes = if event.device().is_some_and(|device| hosts.unanswered.contains(device)) {
                self.counters.without_host.add(1);
                Ok(())
            } else {
                self.rules.filter.with_host(&event, host.map(Arc::as_ref))
            };
            match passes {
                Ok(()) => self.send(line, &event, host, ticket).await,
                Err(left_out) => self.leave_out(left_out, ticket),
            }
        }
    }

    /// A line that nobody has read. It has no place among the dead letters, since nobody has it.
    pub(crate) fn pass_over(&self, error: &FeedError, progress: &Progress) {
        self.counters.failed.add(1);
        tracing::error!(error = "Event.TooLong", at_or_after = progress.next(), "{error}");
    }

    /// An event that may become a finding; one that may not is settled.
    fn want<'a>(&self, begun: Begun<'a>) -> Option<Begun<'a>> {
        match self.rules.filter.before_lookup(&begun.event, self.clock.now()) {
            Ok(()) => Some(begun),
            Err(left_out) => {
                self.leave_out(left_out, begun.ticket);
                None
            }
        }
    }

    fn leave_out(&self, why: LeftOut, ticket: Ticket) {
        self.counters.left_out(why);
        ticket.settle();
    }

    /// A line that is no event does not hold up those behind it.
    async fn give_up(&self, line: &Bytes, unreadable: &EventUnreadable, ticket: Option<Ticket>) {
        let letter = DeadLetter {
            at: self.clock.now().to_string(),
            error: "Event.Unreadable",
            cause: &unreadable.to_string(),
            place: None,
            finding: None,
            event: &String::from_utf8_lossy(line),
        };
        tracing::warn!(error = "Event.Unreadable", offset = unreadable.offset, "{unreadable}");
        match self.dead_letters.add(&[letter]).await {
            Ok(()) => {
                self.counters.failed.add(1);
                ticket.into_iter().for_each(Ticket::settle);
            }
            Err(error) => tracing::error!(error = "DeadLetters.Unwritable", "{error}"),
        }
    }

    async fn send(&self, line: &Bytes, event: &Event<'_>, host: Option<&Arc<Host>>, ticket: Ticket) {
        // Only a closed semaphore has no permit to give, and nobody closes this one.
        let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
        let at = match self.rules.publish_into {
            PublishInto::Instance => home(host.map(Arc::as_ref), &self.hub),
            PublishInto::Hub => self.hub.clone(),
        };
        let (id, body) = render(event, host.map(Arc::as_ref), &at, self.clock.now());
        let outgoing = Outgoing {
            id,
            body,
            // A copy: a line is a part of what came over the wire together, all of which it would keep in memory.
            line: Bytes::copy_from_slice(line),
            host: host.cloned(),
            events: vec![Underway { ticket, place }],
        };
        self.publisher.send(&at, outgoing);
    }
}
