//! The findings of one account and region.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_securityhub::Client;
use falconer_activities::accounts::AccountError;
use falconer_activities::aws_failure::{CallFailure, says_later};
use falconer_domain::detection::{Event, mended};
use falconer_domain::place::Place;
use falconer_runtime::Pauses;
use serde_json::value::RawValue;
use tokio::sync::{Mutex as AsyncMutex, OnceCell, Semaphore, mpsc};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep};

use super::batch::gather;
use super::import::{Refusal, import};
use super::{Delivery, Publisher};
use crate::dead_letters::DeadLetter;
use crate::outgoing::{Outgoing, render};

/// Between two calls: ten a second, with a burst of thirty
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html>).
const BETWEEN_CALLS: Duration = Duration::from_millis(100);

/// Calls under way at the same time: ten a second, each of which may take eight tenths of one.
const CALLS: usize = 8;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How the gateway is called in the member's CloudTrail.
const SESSION: &str = "falconer-gateway";

/// A code of Security Hub for rates, beside the common ones.
const LIMIT_EXCEEDED: &str = "LimitExceededException";

/// Where the findings of a place are handed in.
pub(super) struct Desk {
    place: Place,
    delivery: Delivery,
    /// The way to the hub's desk, for findings that the account does not let in; `None` at that desk itself.
    elsewhere: Option<Publisher>,
    client: OnceCell<Client>,
    pace: AsyncMutex<Interval>,
    /// Since when nothing was taken.
    failing_since: Mutex<Option<Instant>>,
}

/// What an attempt left undone.
struct Left {
    findings: Vec<Outgoing>,
    error: &'static str,
    cause: String,
    /// Whether this place lets nobody in, so that another must take them.
    is_closed: bool,
}

impl Desk {
    pub(super) fn new(place: Place, delivery: Delivery, elsewhere: Option<Publisher>) -> Self {
        let mut pace = interval(BETWEEN_CALLS);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (client, pace) = (OnceCell::new(), AsyncMutex::new(pace));
        Self { place, delivery, elsewhere, client, pace, failing_since: Mutex::default() }
    }

    /// Delivers what comes in, several batches at a time, until nothing will come any more.
    pub(super) async fn serve(self, mut inbox: mpsc::UnboundedReceiver<Outgoing>) {
        let most_delay = self.delivery.most_delay;
        let (desk, calls, mut kept) = (Arc::new(self), Arc::new(Semaphore::new(CALLS)), None);
        while let Some(findings) = gather(&mut inbox, &mut kept, most_delay).await {
            let Ok(call) = Arc::clone(&calls).acquire_owned().await else { return };
            let desk = Arc::clone(&desk);
            tokio::spawn(async move {
                desk.deliver(findings).await;
                drop(call);
            });
        }
        // All of them are back when the last delivery has ended.
        let _ended = calls.acquire_many(CALLS as u32).await;
    }

    /// Sends findings until each is taken, handed on, or among the dead letters.
    async fn deliver(&self, mut findings: Vec<Outgoing>) {
        let (began, mut pauses) = (Instant::now(), Pauses::new(FIRST_PAUSE, LONGEST_PAUSE));
        while let Some(left) = self.attempt(findings).await {
            let Left { error, cause, .. } = &left;
            tracing::warn!(error, place = %self.place, findings = left.findings.len(), "not published: {cause}");
            match &self.elsewhere {
                Some(publisher) if left.is_closed => return self.hand_on(publisher, left.findings),
                _ if self.is_patience_over(began) => {
                    return self.bury(left.findings, |_| (left.error, left.cause.clone())).await;
                }
                _ => findings = left.findings,
            }
            sleep(pauses.next()).await;
        }
    }

    /// One attempt; what it left undone, if it did.
    async fn attempt(&self, findings: Vec<Outgoing>) -> Option<Left> {
        let client = match self.client.get_or_try_init(|| self.connect()).await {
            Ok(client) => client,
            Err(error) => {
                let (is_closed, name) = match error {
                    AccountError::Unavailable { .. } => (false, "Account.Unavailable"),
                    AccountError::Refused { .. } => (true, "Account.AccessDenied"),
                };
                return Some(Left { findings, error: name, cause: error.to_string(), is_closed });
            }
        };
        self.pace.lock().await.tick().await;
        match import(client, &findings).await {
            Ok(refused) => self.sort(findings, refused).await,
            Err(CallFailure::Unavailable(cause)) => {
                Some(Left { findings, error: "SecurityHub.Unavailable", cause, is_closed: false })
            }
            Err(CallFailure::AccessDenied(cause)) => {
                Some(Left { findings, error: "SecurityHub.AccessDenied", cause, is_closed: true })
            }
            Err(CallFailure::Refused { code, message }) if code == LIMIT_EXCEEDED => {
                let cause = format!("{code}: {message}");
                Some(Left { findings, error: "SecurityHub.Unavailable", cause, is_closed: false })
            }
            Err(CallFailure::Refused { code, message }) => self.find_culprit(findings, code, message).await,
        }
    }

    async fn connect(&self) -> Result<Client, AccountError> {
        self.delivery.accounts.clients(&self.place, SESSION).await.map(|clients| clients.security_hub)
    }

    /// Settles what was taken; buries what never will be; what may be taken later is left.
    async fn sort(&self, findings: Vec<Outgoing>, refused: Vec<Refusal>) -> Option<Left> {
        let mut refused: HashMap<String, Refusal> = refused.into_iter().map(|one| (one.id.clone(), one)).collect();
        let (mut left, mut buried, mut taken) = (Vec::new(), Vec::new(), 0);
        for finding in findings {
            match refused.get(&finding.id) {
                None => {
                    taken += 1;
                    finding.settle();
                }
                Some(refusal) if says_later(&refusal.code) => left.push(finding),
                Some(_) => buried.push(finding),
            }
        }
        self.delivery.counters.published.add(taken);
        if taken > 0 {
            *self.failing_since.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        let cause =
            left.first().and_then(|one| refused.get(&one.id)).map(|one| format!("{}: {}", one.code, one.message));
        self.bury(buried, |finding| {
            let cause = refused.remove(&finding.id).map(|one| format!("{}: {}", one.code, one.message));
            ("SecurityHub.NotImported", cause.unwrap_or_default())
        })
        .await;
        cause.map(|cause| Left { findings: left, error: "SecurityHub.Unavailable", cause, is_closed: false })
    }

    /// The call as a whole was refused: one of its findings may be the reason, and the others must not suffer for it.
    async fn find_culprit(&self, mut findings: Vec<Outgoing>, code: String, message: String) -> Option<Left> {
        if findings.len() < 2 {
            self.bury(findings, |_| ("SecurityHub.Rejected", format!("{code}: {message}"))).await;
            return None;
        }
        let second = findings.split_off(findings.len() / 2);
        let first = Box::pin(self.attempt(findings)).await;
        let second = Box::pin(self.attempt(second)).await;
        match (first, second) {
            (Some(mut first), Some(second)) => {
                first.findings.extend(second.findings);
                Some(first)
            }
            (first, second) => first.or(second),
        }
    }

    /// Lets the hub take the findings. They must say whose they are, and so they are made anew.
    fn hand_on(&self, publisher: &Publisher, findings: Vec<Outgoing>) {
        let Delivery { hub, clock, counters, .. } = &self.delivery;
        counters.handed_on.add(findings.len() as u64);
        for mut finding in findings {
            let mended = mended(&finding.line);
            // It was read before, in the one way or the other.
            if let Ok(event) = Event::read(mended.as_deref().unwrap_or(&finding.line)) {
                (finding.id, finding.body) = render(&event, finding.host.as_deref(), hub, clock.now());
            }
            publisher.send(hub, finding);
        }
    }

    /// Keeps findings as dead letters. What cannot even be kept is not settled: the next start reads it again.
    async fn bury(&self, findings: Vec<Outgoing>, mut why: impl FnMut(&Outgoing) -> (&'static str, String)) {
        if findings.is_empty() {
            return;
        }
        let causes: Vec<(&'static str, String)> = findings.iter().map(&mut why).collect();
        let events: Vec<_> = findings.iter().map(|finding| String::from_utf8_lossy(&finding.line)).collect();
        let letters = findings.iter().zip(&causes).zip(&events).map(|((finding, (error, cause)), event)| DeadLetter {
            at: self.delivery.clock.now().to_string(),
            error,
            cause,
            place: Some(self.place.to_string()),
            finding: serde_json::from_slice::<&RawValue>(&finding.body).ok(),
            event,
        });
        let letters: Vec<DeadLetter<'_>> = letters.collect();
        for letter in &letters {
            tracing::error!(error = letter.error, place = %self.place, "dead letter: {}", letter.cause);
        }
        match self.delivery.dead_letters.add(&letters).await {
            Ok(()) => {
                self.delivery.counters.failed.add(letters.len() as u64);
                drop(letters);
                findings.into_iter().for_each(Outgoing::settle);
            }
            Err(error) => tracing::error!(error = "DeadLetters.Unwritable", "{error}"),
        }
    }

    /// Whether nothing was taken for so long that a failure is no longer waited out, or nothing of what is delivered since `began`.
    fn is_patience_over(&self, began: Instant) -> bool {
        let mut since = self.failing_since.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *since.get_or_insert_with(Instant::now);
        since.min(began).elapsed() >= self.delivery.patience
    }
}
