//! `[worker]`: how the worker polls and stops.

use std::net::SocketAddr;
use std::time::Duration;

use falconer_activities::registry;
use falconer_runtime::WorkerConfig;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::ConfigProblem;

/// `[worker]`
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkerSettings {
    /// The activities whose tasks the worker works on; empty for all of them. Default empty.
    pub activities: Vec<String>,
    /// Tasks and open polls of the process at the same time: one for each of its activities at least, at most 10,000. Default 256.
    pub slots: usize,
    /// Polls that each activity keeps open while nothing arrives, from 1. Default 2.
    pub idle_pollers: usize,
    /// Polls that an activity may grow to while tasks arrive, up to 1,000. Default 64.
    pub most_pollers: usize,
    /// Seconds that running tasks may go on after SIGTERM. Default 85: with an open poll's 60 s and the last reports it
    /// fits into the 120 s that Fargate allows.
    pub grace_seconds: u64,
    /// What the activities' ARNs begin with, such as `arn:aws:states:us-east-1:111122223333:activity:`; empty to ask
    /// Step Functions for them (ListActivities). Default empty.
    pub activity_arns: String,
    /// Where `/healthz` and `/readyz` answer, such as `0.0.0.0:8080`; empty for nowhere. Default empty.
    pub health: String,
    /// The CloudWatch namespace of the metrics. Default `Falconer`.
    pub metrics_namespace: String,
    /// Seconds between two metrics. Default 60.
    pub metrics_seconds: u64,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        let runtime = WorkerConfig::default();
        Self {
            activities: Vec::new(),
            slots: runtime.slots,
            idle_pollers: runtime.idle_pollers,
            most_pollers: runtime.most_pollers,
            grace_seconds: runtime.grace.as_secs(),
            activity_arns: String::new(),
            health: String::new(),
            metrics_namespace: "Falconer".to_owned(),
            metrics_seconds: runtime.metrics_period.as_secs(),
        }
    }
}

impl WorkerSettings {
    pub(super) fn out_of_range(&self) -> Vec<ConfigProblem> {
        let activities = self.selected().len();
        let must = |holds: bool, key: &str, rule: &str| (!holds).then(|| ConfigProblem::new(key, rule));
        [
            self.unknown_activities(),
            must(
                (activities..=10_000).contains(&self.slots),
                "worker.slots",
                &format!("must be {activities} to 10,000: each activity needs one"),
            ),
            must(self.idle_pollers >= 1, "worker.idle_pollers", "must be at least 1"),
            must(
                (self.idle_pollers..=1000).contains(&self.most_pollers),
                "worker.most_pollers",
                "must be from worker.idle_pollers to 1,000",
            ),
            must(self.metrics_seconds >= 1, "worker.metrics_seconds", "must be at least 1"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The activities that the worker works on, in the registry's order.
    pub(super) fn selected(&self) -> Vec<&'static str> {
        let is_selected = |name: &&str| self.activities.is_empty() || self.activities.iter().any(|one| one == name);
        registry::names().into_iter().filter(is_selected).collect()
    }

    fn unknown_activities(&self) -> Option<ConfigProblem> {
        let known = registry::names();
        let unknown = self.activities.iter().map(String::as_str).filter(|name| !known.contains(name));
        let unknown: Vec<&str> = unknown.collect();
        let problem = || format!("there is no {}; there are {}", unknown.join(", "), known.join(", "));
        (!unknown.is_empty()).then(|| ConfigProblem::new("worker.activities", problem()))
    }

    pub(super) fn health_address(&self) -> Result<Option<SocketAddr>, ConfigProblem> {
        if self.health.is_empty() {
            return Ok(None);
        }
        let rule = "must be an address with a port, such as 0.0.0.0:8080, or empty";
        self.health.parse().map(Some).map_err(|_| ConfigProblem::new("worker.health", rule))
    }

    pub(super) fn into_runtime(self) -> WorkerConfig {
        WorkerConfig {
            slots: self.slots,
            idle_pollers: self.idle_pollers,
            most_pollers: self.most_pollers,
            grace: Duration::from_secs(self.grace_seconds),
            metrics_namespace: self.metrics_namespace,
            metrics_period: Duration::from_secs(self.metrics_seconds),
            ..WorkerConfig::default()
        }
    }
}
