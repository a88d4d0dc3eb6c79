//! What was used of AWS, as far as it is charged for.
#![expect(clippy::cast_precision_loss, reason = "no count here is beyond what a double counts")]

use falconer_cli::runbooks::RUNBOOKS;
use falconer_tests::house::House;
use serde_json::Value;

use crate::prices;

/// What was used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// States that were entered, and tasks that were tried again.
    pub(crate) transitions: u64,
    /// Events of all histories.
    pub(crate) events: u64,
    /// Findings that were imported or updated.
    pub(crate) findings: u64,
    /// Parameters of the advanced tier that were made: the secrets of installs, which live for an hour.
    pub(crate) parameters: u64,
    /// Calls of AWS's APIs but those of Step Functions.
    pub(crate) calls: u64,
}

impl Usage {
    /// What the house has used.
    pub(crate) async fn of(house: &House) -> Self {
        let mut usage = Self::default();
        for runbook in RUNBOOKS {
            for execution in house.executions_of(runbook.slug).await {
                usage.add_history(house, &execution).await;
            }
        }
        let calls = house.control("GET", "calls", Value::Null).await;
        let of = |operation: &str| calls[operation].as_u64().unwrap_or_default();
        usage.parameters = of("ssm.PutParameter");
        // What is annotated is updated one by one; what Falconer found stands under its own generators.
        let found = house.control("GET", "findings", Value::Null).await;
        let is_own = |finding: &&Value| finding["id"].as_str().is_some_and(|id| id.starts_with("falconer/"));
        let own = found.as_array().unwrap().iter().filter(is_own).count();
        usage.findings = of("securityhub.BatchUpdateFindings") + u64::try_from(own).unwrap();
        let is_charged = |name: &str| !name.starts_with("states.") && !name.starts_with("falcon.");
        let calls = calls.as_object().unwrap();
        usage.calls = calls.iter().filter(|(name, _)| is_charged(name)).filter_map(|(_, count)| count.as_u64()).sum();
        usage
    }

    /// Adds what an execution took: its states, and the attempts at its tasks beyond the first.
    async fn add_history(&mut self, house: &House, execution: &str) {
        let events = house.whole_history(execution).await;
        let count = |suffix: &str| events.iter().filter(|event| event.r#type.as_str().ends_with(suffix)).count();
        let attempts = count("ActivityScheduled") + count("TaskScheduled");
        let transitions = count("StateEntered") + attempts.saturating_sub(count("TaskStateEntered"));
        self.transitions += u64::try_from(transitions).unwrap();
        self.events += u64::try_from(events.len()).unwrap();
    }

    /// In dollars.
    pub(crate) fn cost(&self) -> f64 {
        let times = |count: u64, price: f64| count as f64 * price;
        times(self.transitions, prices::TRANSITION)
            + times(self.findings, prices::FINDING)
            + times(self.parameters, prices::ADVANCED_PARAMETER / prices::HOURS)
            + times(self.events * 600, prices::LOGGED_GIGABYTE / 1e9)
    }

    /// The same, that many times.
    pub(crate) fn times(self, times: u64) -> Self {
        let Self { transitions, events, findings, parameters, calls } = self;
        let [transitions, events, findings, parameters, calls] =
            [transitions, events, findings, parameters, calls].map(|count| count * times);
        Self { transitions, events, findings, parameters, calls }
    }
}
