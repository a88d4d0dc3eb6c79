//! Scenario files: what goes wrong, and what is there from the beginning.

use serde::Deserialize;
use serde_json::Value;

use crate::faults::{Fault, FaultRefused};
use crate::fleet::Instance;
use crate::network_firewall::Flow;
use crate::services::Services;

/// A scenario, written in JSON: every part may be left out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Faults to switch on.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// Instances to put, each in place of the one of the same account, region and id.
    #[serde(default)]
    pub instances: Vec<Instance>,
    /// Flows to open, beside the seeded ones.
    #[serde(default)]
    pub flows: Vec<Flow>,
    /// Findings (ASFF or OCSF) that arrive in the hub's Security Hub, of whatever product; their events are emitted.
    #[serde(default)]
    pub findings: Vec<Value>,
    /// Alerts of the Falcon cloud, each with its `composite_id`.
    #[serde(default)]
    pub alerts: Vec<Value>,
}

/// A scenario that cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Not JSON of this form.
    #[error("the scenario cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// One of its faults.
    #[error(transparent)]
    Fault(#[from] FaultRefused),
    /// One of its findings.
    #[error("finding {id}: {problem}")]
    Finding {
        /// The finding's Id, or in OCSF its `metadata.uid`, as far as it has one.
        id: String,
        /// What Security Hub says.
        problem: String,
    },
    /// One of its alerts.
    #[error("alert: {0}")]
    Alert(String),
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// [`ScenarioError::Unreadable`], with line and column.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        Ok(serde_json::from_str(text)?)
    }

    pub(crate) fn apply(self, services: &Services) -> Result<(), ScenarioError> {
        for fault in self.faults {
            services.faults.add(fault)?;
        }
        for instance in self.instances {
            services.fleet.put(instance);
        }
        for flow in self.flows {
            services.network_firewall.open_flow(flow);
        }
        for finding in self.findings {
            let id = finding.get("Id").or(finding.pointer("/metadata/uid"));
            let id = id.and_then(Value::as_str).unwrap_or_default().to_owned();
            let taken = services.security_hub.receive(finding);
            taken.map_err(|problem| ScenarioError::Finding { id, problem })?;
        }
        for alert in self.alerts {
            services.falcon.raise(alert).map_err(ScenarioError::Alert)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_with_an_unknown_part_is_refused_by_its_name() {
        let error = Scenario::parse(r#"{"faults": [], "flaws": []}"#).unwrap_err().to_string();
        assert!(error.contains("flaws"), "{error}");
    }
}
