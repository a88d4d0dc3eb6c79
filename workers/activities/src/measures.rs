//! What activities tell in numbers, beside what the runtime tells of every worker: how full the ledger is, how many zones are behind,
//! and how the fleet is.
//!
//! Each is written where it is known anyway, into the metrics of the worker's process; what the dashboard and the alarms make of them
//! stands in cdk/lib/operations.

use falconer_domain::fleet::{Tally, VerdictKind};
use falconer_domain::ledger::Ledger;
use falconer_runtime::MetricLines;
use serde_json::json;

use crate::firewall::{LedgerVersion, RuleGroupVersion};

/// Where the numbers go; cheap to clone.
#[derive(Clone, Debug)]
pub struct Measures(MetricLines);

impl Measures {
    /// Into the metrics of this process.
    #[must_use]
    pub fn new(metrics: MetricLines) -> Self {
        Self(metrics)
    }

    /// `GroupUse`, how full each block rule group is, and `BlocksInForce`, the blocks in it.
    pub(crate) async fn ledger(&self, version: &LedgerVersion) {
        let ledger = version.ledger();
        let mut lines = String::new();
        for (group, rules) in version.0.iter().zip(ledger.rules()) {
            let blocks = ledger.held().iter().filter(|held| held.group == group.name).count();
            let used = group.limits().taken(rules, group.text.len());
            let numbers = [("GroupUse", "Percent", json!(used)), ("BlocksInForce", "Count", json!(blocks))];
            lines += &self.0.line(&[("RuleGroup", &group.name)], numbers);
        }
        self.0.write(lines).await;
    }

    /// `GroupUse` of the hunt rule group, which now holds this text.
    pub(crate) async fn hunts(&self, group: &RuleGroupVersion, text: &str) {
        let rules = Ledger::read([(group.name.as_str(), text)]).rules().into_iter().sum();
        let numbers = [("GroupUse", "Percent", json!(group.limits().taken(rules, text.len())))];
        self.0.write(self.0.line(&[("RuleGroup", &group.name)], numbers)).await;
    }

    /// `ZonesBehind`: how many zones do not run what was written although they had their time.
    pub(crate) async fn zones_behind(&self, zones: usize) {
        self.0.write(self.0.line(&[], [("ZonesBehind", "Count", json!(zones))])).await;
    }

    /// `Instances`, by verdict.
    pub(crate) async fn fleet(&self, instances: &Tally) {
        let line = |verdict: VerdictKind| {
            let number = json!(instances.of(verdict));
            self.0.line(&[("Verdict", verdict.words())], [("Instances", "Count", number)])
        };
        self.0.write(VerdictKind::ALL.into_iter().map(line).collect()).await;
    }
}
