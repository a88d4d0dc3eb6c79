//! Which events become findings.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::event::Event;
use super::host::{Cloud, Host};
use super::kind::Kind;
use crate::finding::Severity;

/// Which events become findings. Every key has a default, and a list that is given replaces its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FilterConfig {
    /// The lowest severity. Default `INFORMATIONAL`: everything passes.
    pub min_severity: Severity,
    /// Days after which an event is too old. From 1 to 3,650. Default 21, as in the Falcon Integration Gateway.
    pub max_age_days: u32,
    /// The types of events. By default all that say that something was detected.
    pub event_types: Vec<Kind>,
    /// Where the host runs: `aws`, `azure`, `gcp`, `other`, or `none` if it is in no cloud, or not known to Falcon. By default all;
    /// `["aws"]` is what the Falcon Integration Gateway does without `accept_all_events`.
    pub clouds: Vec<Cloud>,
}

/// One mistake in a [`FilterConfig`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: {problem}")]
pub struct FilterConfigProblem {
    /// The key.
    pub key: &'static str,
    /// What is wrong with it, and what to write instead.
    pub problem: &'static str,
}

/// What decides which events become findings.
#[derive(Clone, Debug)]
pub struct Filter {
    min_severity: Severity,
    max_age: SignedDuration,
    kinds: Vec<Kind>,
    clouds: Vec<Cloud>,
}

/// What kept an event from becoming a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// It says not that something was detected, or its type is not wanted.
    Type,
    /// It is too old.
    Age,
    /// It is not bad enough.
    Severity,
    /// Its host does not run in a cloud that is wanted.
    Cloud,
}

impl Default for FilterConfig {
    fn default() -> Self {
        Self {
            min_severity: Severity::Informational,
            max_age_days: 21,
            event_types: Kind::DETECTIONS.to_vec(),
            clouds: Cloud::ALL.to_vec(),
        }
    }
}

impl Filter {
    /// # Errors
    /// Every mistake of the configuration, with its key.
    pub fn new(config: &FilterConfig) -> Result<Self, Vec<FilterConfigProblem>> {
        let mut problems = Vec::new();
        let mut refuse = |key, problem| problems.push(FilterConfigProblem { key, problem });
        if !(1..=3650).contains(&config.max_age_days) {
            refuse("max_age_days", "it must be from 1 to 3650");
        }
        if config.event_types.is_empty() {
            refuse("event_types", "it must name a type, or nothing would ever pass; leave it out for all");
        }
        if config.clouds.is_empty() {
            refuse("clouds", "it must name a cloud or `none`, or nothing would ever pass; leave it out for all");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            min_severity: config.min_severity,
            max_age: SignedDuration::from_hours(i64::from(config.max_age_days) * 24),
            kinds: config.event_types.clone(),
            clouds: config.clouds.clone(),
        })
    }

    /// The kinds that pass, for the stream's own filter.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// What can be said without the host. An event that does not say when it was made is taken for a new one.
    ///
    /// # Errors
    /// What keeps it out.
    pub fn before_lookup(&self, event: &Event<'_>, now: Timestamp) -> Result<(), LeftOut> {
        if !self.kinds.contains(&event.kind()) {
            return Err(LeftOut::Type);
        }
        if event.created().is_some_and(|created| now.duration_since(created) > self.max_age) {
            return Err(LeftOut::Age);
        }
        if event.severity() < self.min_severity {
            return Err(LeftOut::Severity);
        }
        Ok(())
    }

    /// What the host decides; of an event about a cloud account, the account's own cloud.
    ///
    /// # Errors
    /// What keeps it out.
    pub fn with_host(&self, event: &Event<'_>, host: Option<&Host>) -> Result<(), LeftOut> {
        let cloud = match event.kind() {
            Kind::CloudIoa => Cloud::of(event.members.cloud_provider.get()),
            _ => host.map_or(Cloud::None, Host::cloud),
        };
        if self.clouds.contains(&cloud) { Ok(()) } else { Err(LeftOut::Cloud) }
    }
}

impl LeftOut {
    /// One word for a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Age => "age",
            Self::Severity => "severity",
            Self::Cloud => "cloud",
        }
    }
}
