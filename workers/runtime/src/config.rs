//! What may be set about a worker.

use std::{collections::BTreeMap, time::Duration};

use crate::limits::{POLLERS_MOST, WORKER_NAME_CHARACTERS};

/// How a worker polls, runs and stops. The defaults fit a container with one vCPU on Fargate.
///
/// Every activity keeps one slot for itself, and the others are shared: an activity that fills all it can get never
/// stops another one. So there must be at least as many slots as activities.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// The worker's name in the execution history (`workerName`), 1–80 characters; a host or container name helps.
    /// Default: none.
    pub worker_name: Option<String>,
    /// Tasks and open polls of the whole process at the same time. Default: 256.
    pub slots: usize,
    /// Smaller limits for single activities, by activity name. An activity that is not here may use all shared slots.
    pub slots_of: BTreeMap<String, usize>,
    /// Polls that each activity keeps open while nothing arrives. Default: 2, so that one that hangs blocks nobody.
    ///
    /// More open polls mean less pick-up latency, and AWS recommends at least 100 per activity, counting all workers
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/bp-activity-pollers.html>). Each costs a slot, a
    /// connection and one request a minute.
    pub idle_pollers: usize,
    /// Pollers that an activity may grow to while its polls bring tasks, at most 1,000, the service's own limit, and
    /// never more than its equal share of the slots: its tasks may fill the others, its waiting may not. Default: 64.
    pub most_pollers: usize,
    /// How long a report is retried before it is given up. Heartbeats continue meanwhile. Default: 5 minutes.
    pub report_deadline: Duration,
    /// How long running tasks may go on after the first signal. Default: 85 s.
    pub grace: Duration,
    /// How long cancelled work may take to end by itself before its future is dropped. Default: 5 s.
    pub cancel_window: Duration,
    /// How long the last reports of a stopping worker are retried, after everything else has ended. Default: 15 s.
    pub last_reports: Duration,
    /// The CloudWatch namespace of the metrics. Default: `ActivityWorker`.
    pub metrics_namespace: String,
    /// How often metrics are written. Default: 60 s, CloudWatch's standard resolution.
    pub metrics_period: Duration,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            worker_name: None,
            slots: 256,
            slots_of: BTreeMap::new(),
            idle_pollers: 2,
            most_pollers: 64,
            report_deadline: Duration::from_secs(300),
            grace: Duration::from_secs(85),
            cancel_window: Duration::from_secs(5),
            last_reports: Duration::from_secs(15),
            metrics_namespace: "ActivityWorker".to_owned(),
            metrics_period: Duration::from_secs(60),
        }
    }
}

impl WorkerConfig {
    /// Everything that is wrong with the configuration for a worker of these activities, one sentence each.
    pub(crate) fn problems(&self, activities: &[&str]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut must = |holds: bool, problem: &str| {
            if !holds {
                problems.push(problem.to_owned());
            }
        };
        must(!activities.is_empty(), "no activity is registered");
        must(self.slots >= activities.len(), "`slots` is smaller than the number of activities: each keeps one");
        must(self.idle_pollers >= 1, "`idle_pollers` must be at least 1");
        must(self.most_pollers >= self.idle_pollers, "`most_pollers` is smaller than `idle_pollers`");
        must(self.most_pollers <= POLLERS_MOST, "`most_pollers` is over 1,000, the service's limit for one activity");
        must(!self.metrics_period.is_zero(), "`metrics_period` must be longer than zero");
        must(is_namespace(&self.metrics_namespace), "`metrics_namespace` must be 1–255 of A–Z a–z 0–9 . - _ / # :");
        if let Some(name) = &self.worker_name {
            must(
                (1..=WORKER_NAME_CHARACTERS).contains(&name.chars().count()),
                "`worker_name` must have 1 to 80 characters",
            );
        }
        for (activity, slots) in &self.slots_of {
            must(
                activities.contains(&activity.as_str()),
                &format!("`slots_of` names `{activity}`, which is not registered"),
            );
            must(*slots >= 1, &format!("`slots_of.{activity}` must be at least 1"));
        }
        problems
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace>
fn is_namespace(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/#:".contains(c))
}

#[cfg(test)]
mod tests {
    use super::WorkerConfig;

    #[test]
    fn the_defaults_have_no_problem() {
        assert_eq!(WorkerConfig::default().problems(&["Wait"]), Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let config = WorkerConfig {
            slots: 0,
            idle_pollers: 3,
            most_pollers: 2,
            slots_of: [("Gone".to_owned(), 0)].into(),
            worker_name: Some(String::new()),
            metrics_namespace: " ".to_owned(),
            ..WorkerConfig::default()
        };
        let problems = config.problems(&["Wait"]);
        assert_eq!(problems.len(), 6, "{problems:#?}");
    }
}
