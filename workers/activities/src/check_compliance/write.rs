//! Where the verdicts on a place's instances go: to its Config rule, and to its findings. Each goes on if the other fails.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_securityhub::types::AwsSecurityFinding;
use falconer_domain::fleet::{Failure, InstanceId, Summary, Verdict};
use falconer_domain::install::{Attempts, BackOff};
use falconer_domain::place::Place;
use jiff::Timestamp;

use crate::accounts::Clients;
use crate::fleet::findings::{self, Standing};
use crate::fleet::{Judged, Silence, evaluations};
use crate::security_hub::{MOST_IMPORTED, import_findings};

/// The evaluations of one call of a rule.
pub(super) struct Evaluations<'a> {
    clients: &'a Clients,
    token: &'a str,
    taken: u64,
    failed: Option<Silence>,
}

impl<'a> Evaluations<'a> {
    pub(super) fn new(clients: &'a Clients, token: &'a str) -> Self {
        Self { clients, token, taken: 0, failed: None }
    }

    /// Puts what the verdicts of one page come to.
    pub(super) async fn judged(&mut self, page: &[Judged], now: Timestamp) {
        let of = |judged: &Judged| evaluations::of_verdict(&judged.instance.id, &judged.verdict, now);
        self.put(page.iter().filter_map(of).collect()).await;
    }

    /// Puts that these instances are gone.
    pub(super) async fn gone(&mut self, gone: &BTreeSet<InstanceId>, now: Timestamp) {
        self.put(gone.iter().filter_map(|instance| evaluations::of_gone(instance, now)).collect()).await;
    }

    async fn put(&mut self, evaluations: Vec<aws_sdk_config::types::Evaluation>) {
        if self.failed.is_some() {
            return;
        }
        match evaluations::put(self.clients, self.token, evaluations).await {
            Ok(taken) => self.taken += taken,
            Err(error) => self.failed = Some(Silence::of(&error)),
        }
    }

    /// What came of it.
    pub(super) fn end(self, summary: &mut Summary) -> Option<Silence> {
        summary.evaluations += self.taken;
        self.failed
    }
}

/// The findings about the instances of a place.
pub(super) struct Findings<'a> {
    clients: &'a Clients,
    asking: Asking,
    back_off: BackOff,
    /// Those that stand, without those about instances that were seen.
    standing: HashMap<InstanceId, Standing>,
    due: Vec<AwsSecurityFinding>,
    written: u64,
    archived: u64,
    missing: u64,
    failed: Option<Silence>,
}

/// Who asks for a sensor where one is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// Each finding by itself: its event starts an install. For a few instances.
    Alone,
    /// The check, for all instances of the place at once.
    Together,
}

impl<'a> Findings<'a> {
    /// Reads what stands about these instances, or about all: then the check asks for them together.
    pub(super) async fn begin(clients: &'a Clients, ids: Option<&BTreeSet<InstanceId>>, back_off: BackOff) -> Self {
        let asking = if ids.is_some() { Asking::Alone } else { Asking::Together };
        let (standing, failed) = match findings::standing(clients, ids).await {
            Ok(standing) => (standing, None),
            Err(error) => (HashMap::new(), Some(Silence::of(&error))),
        };
        Self { clients, asking, back_off, standing, due: Vec::new(), written: 0, archived: 0, missing: 0, failed }
    }

    /// Writes what is new in the verdicts of one page, and archives what is over.
    pub(super) async fn judged(&mut self, page: &[Judged], now: Timestamp) {
        for Judged { instance, verdict, .. } in page {
            let standing = self.standing.remove(&instance.id);
            let attempts = standing.as_ref().map(|standing| Attempts::read(&standing.fields)).unwrap_or_default();
            let is_missing = matches!(verdict, Verdict::Missing { .. } | Verdict::Stale { .. })
                && attempts.held_back_until(self.back_off, now).is_none();
            self.missing += u64::from(is_missing);
            let asks = is_missing && self.asking == Asking::Alone;
            // After an install that failed, the same is written again: its event begins the next one.
            let is_retried = asks && attempts.failures() > 0;
            if !is_retried && !findings::is_due(verdict, standing.as_ref(), now) {
                continue;
            }
            match verdict.needs_finding() {
                Some(true) => self.written += 1,
                _ => self.archived += 1,
            }
            let place = &self.clients.place;
            self.write(findings::about(place, &instance.id, verdict, standing.as_ref(), now, asks)).await;
        }
    }

    /// Archives what stands about instances that were not seen: they are gone.
    pub(super) async fn gone(&mut self, now: Timestamp) {
        for (instance, standing) in std::mem::take(&mut self.standing) {
            self.archived += 1;
            self.write(findings::about_gone(&self.clients.place, &instance, &standing, now)).await;
        }
    }

    async fn write(&mut self, finding: AwsSecurityFinding) {
        self.due.push(finding);
        if self.due.len() == MOST_IMPORTED {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        let due = std::mem::take(&mut self.due);
        if self.failed.is_some() {
            return;
        }
        if let Err(error) = import_findings(&self.clients.security_hub, &self.clients.place, due).await {
            self.failed = Some(Silence::of(&error));
        }
    }

    /// Writes the rest; what came of it all, and how many instances the check asks a sensor for. Nobody knows which installs failed
    /// not long ago if the findings cannot be read: then none.
    pub(super) async fn end(mut self, summary: &mut Summary) -> (Option<Silence>, u64) {
        self.flush().await;
        if self.failed.is_none() {
            summary.findings_written += self.written;
            summary.findings_archived += self.archived;
        }
        let asked_for = if self.asking == Asking::Together && self.failed.is_none() { self.missing } else { 0 };
        (self.failed, asked_for)
    }
}

/// Adds a failure of a part to what the place came to.
pub(super) fn note(summary: &mut Summary, place: &Place, silence: &Silence) {
    summary.fail(Failure::new(place, silence.error, &silence.cause));
}
