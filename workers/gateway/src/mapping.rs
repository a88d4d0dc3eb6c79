//! From lines of the stream to findings on their way, or to events that are settled without one.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use falconer_activities::clock::Clock;
use falconer_domain::detection::{self, Event, EventUnreadable, Host, home, readable};
use falconer_domain::place::Place;
use falconer_runtime::Pauses;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use crate::config::{GatewayRules, PublishInto};
use crate::dead_letters::{DeadLetter, DeadLetters};
use crate::hosts::{Found, Hosts};
use crate::metrics::Counters;
use crate::outgoing::{Outgoing, Underway};
use crate::progress::{Progress, Ticket};
use crate::publish::Publisher;

/// Events that are under way at the same time, in all partitions: with their lines and findings some 60 MB.
const MOST_UNDERWAY: usize = 8_000;

/// How long events wait for Falcon to say what it knows of their hosts. A finding without its instance is worth more than none.
const HOST_PATIENCE: Duration = Duration::from_mins(1);

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

/// An event that may become a finding.
struct Wanted<'a> {
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
        let texts: Vec<Cow<'_, [u8]>> = lines.iter().map(|line| readable(line)).collect();
        let mut wanted = Vec::with_capacity(lines.len());
        for (line, text) in lines.iter().zip(&texts) {
            wanted.extend(self.read(line, text, progress).await);
        }
        let hosts = self.hosts(&wanted).await;
        for Wanted { line, event, ticket } in wanted {
            let host = event.device().and_then(|device| hosts.get(device));
            match self.rules.filter.with_host(&event, host.map(Arc::as_ref)) {
                Ok(()) => self.send(line, &event, host, ticket).await,
                Err(left_out) => {
                    self.counters.left_out(left_out);
                    ticket.settle();
                }
            }
        }
    }

    /// The event of a line, if it may become a finding.
    async fn read<'a>(&self, line: &'a Bytes, text: &'a [u8], progress: &Progress) -> Option<Wanted<'a>> {
        self.counters.read.add(1);
        let event = match Event::read(text) {
            Ok(event) => event,
            Err(unreadable) => {
                self.give_up(line, &unreadable, progress).await;
                return None;
            }
        };
        let ticket = progress.begin(event.offset(), event.created());
        match self.rules.filter.before_lookup(&event, self.clock.now()) {
            Ok(()) => Some(Wanted { line, event, ticket }),
            Err(left_out) => {
                self.counters.left_out(left_out);
                ticket.settle();
                None
            }
        }
    }

    /// A line that is no event does not hold up those behind it.
    async fn give_up(&self, line: &Bytes, unreadable: &EventUnreadable, progress: &Progress) {
        let ticket = unreadable.offset.map(|offset| progress.begin(offset, None));
        let letter = DeadLetter {
            at: self.clock.now().to_string(),
            error: "Event.Unreadable",
            cause: &unreadable.to_string(),
            place: None,
            finding: None,
            event: &String::from_utf8_lossy(line),
        };
        self.counters.failed.add(1);
        tracing::warn!(error = "Event.Unreadable", offset = unreadable.offset, "{unreadable}");
        match self.dead_letters.add(&[letter]).await {
            Ok(()) => ticket.into_iter().for_each(Ticket::settle),
            Err(error) => tracing::error!(error = "DeadLetters.Unwritable", "{error}"),
        }
    }

    /// What Falcon knows of the events' hosts; nothing, if it does not answer for a minute.
    async fn hosts(&self, wanted: &[Wanted<'_>]) -> Found {
        let devices = || wanted.iter().filter_map(|one| one.event.device());
        let (began, mut pauses) = (Instant::now(), Pauses::new(Duration::from_millis(500), Duration::from_secs(10)));
        loop {
            match self.hosts.of(devices()).await {
                Ok(found) => return found,
                Err(error) if error.is_transient() && began.elapsed() < HOST_PATIENCE => {
                    tracing::debug!("hosts are asked for again: {error}");
                    sleep(pauses.next()).await;
                }
                Err(error) => {
                    self.counters.without_host.add(devices().count() as u64);
                    tracing::warn!(error = "Falcon.Hosts", "findings go without their instances: {error}");
                    return Found::new();
                }
            }
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
        self.publisher.send(&at, outgoing).await;
    }
}

/// The finding of an event at a place: its id, and its JSON.
pub(crate) fn render(event: &Event<'_>, host: Option<&Host>, at: &Place, now: Timestamp) -> (String, Vec<u8>) {
    let finding = detection::finding(event, host, at, now);
    // A struct of texts and numbers is always JSON.
    let body = serde_json::to_vec(&finding).unwrap_or_default();
    (finding.id().to_owned(), body)
}
