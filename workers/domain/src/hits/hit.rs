//! Alerts of one rule, one workload, one firewall and one hour together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::Timestamp;

use super::alert::{Action, Alert};
use super::tally::DeliveryRef;
use super::workload::ends;
use super::{Subject, Window};
use crate::hunt::Label;
use crate::indicator::DomainName;

/// What met one block or one hunt: one workload, through one firewall, within one hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// What was met.
    pub subject: Subject,
    /// The address of the workload.
    pub workload: IpAddr,
    /// The firewall's name.
    pub firewall: String,
    /// The hour.
    pub window: Window,
    /// What was seen, for each delivery in which it came.
    pub seen: BTreeMap<DeliveryRef, Sightings>,
}

/// What was seen of one hit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sightings {
    /// Packets that were blocked.
    pub blocked: u64,
    /// Packets that passed.
    pub allowed: u64,
    /// When the first was seen.
    pub first: Option<Timestamp>,
    /// When the last was seen.
    pub last: Option<Timestamp>,
    /// The ports that were spoken to.
    pub ports: BTreeSet<u16>,
    /// The protocols.
    pub protocols: BTreeSet<Label>,
    /// The names that were asked for.
    pub names: BTreeSet<DomainName>,
    /// The other ends.
    pub remotes: BTreeSet<IpAddr>,
}

/// The hits of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Met {
    /// The hits, in the order of their findings' Ids.
    pub hits: Vec<Hit>,
    /// Alerts of rules that are not ours.
    pub foreign: usize,
    /// Alerts of our signature ids of which nobody knows the rule.
    pub unknown: usize,
}

/// Hits while alerts come in, by the Id of their finding.
#[derive(Debug, Default)]
pub(super) struct Hits(BTreeMap<String, Hit>);

impl Hits {
    pub(super) fn add(&mut self, subject: Subject, alert: &Alert, reference: &DeliveryRef) {
        let ends = ends(alert, subject.indicator());
        let (workload, firewall, window) = (ends.workload, alert.firewall.clone(), Window::of(alert.at));
        let new = Hit { subject, workload, firewall, window, seen: BTreeMap::new() };
        let id = new.finding_id();
        let hit = match self.0.remove(&id) {
            Some(known) => Hit { subject: known.subject.or(new.subject), ..known },
            None => new,
        };
        let hit = self.0.entry(id).or_insert(hit);
        hit.seen.entry(reference.clone()).or_default().add(alert, ends.remote.address, ends.port);
    }

    pub(super) fn into_hits(self) -> Vec<Hit> {
        self.0.into_values().collect()
    }
}

impl Sightings {
    /// How many of ports, protocols, names and addresses are kept: the first in their order, so that the same is kept whoever
    /// comes first.
    const KEPT: usize = 5;

    fn add(&mut self, alert: &Alert, remote: IpAddr, port: Option<u16>) {
        let (blocked, allowed) = match alert.action {
            Action::Blocked => (1, 0),
            Action::Allowed => (0, 1),
        };
        *self = std::mem::take(self).and(&Self {
            blocked,
            allowed,
            first: Some(alert.at),
            last: Some(alert.at),
            ports: port.into_iter().collect(),
            protocols: alert.protocol.clone().into_iter().collect(),
            names: alert.names.clone(),
            remotes: [remote].into(),
        });
    }

    /// These and others together.
    #[must_use]
    pub(super) fn and(self, other: &Self) -> Self {
        Self {
            blocked: self.blocked.saturating_add(other.blocked),
            allowed: self.allowed.saturating_add(other.allowed),
            first: self.first.into_iter().chain(other.first).min(),
            last: self.last.max(other.last),
            ports: kept(self.ports, &other.ports),
            protocols: kept(self.protocols, &other.protocols),
            names: kept(self.names, &other.names),
            remotes: kept(self.remotes, &other.remotes),
        }
    }
}

fn kept<T: Clone + Ord>(mut these: BTreeSet<T>, others: &BTreeSet<T>) -> BTreeSet<T> {
    these.extend(others.iter().cloned());
    while these.len() > Sightings::KEPT {
        these.pop_last();
    }
    these
}
