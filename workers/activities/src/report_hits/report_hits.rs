//! Makes findings of what the firewall's alert log tells of our blocks and hunts.
//!
//! Reads the rule groups for what stands behind a signature id, and the findings for what they count already. Calls
//! DescribeRuleGroup, GetFindings and, for what has not been counted, BatchImportFindings; nothing at all if the input holds no
//! alert. Idempotent because a finding remembers which deliveries it counts.
//!
//! In one process one report at a time reads a finding and writes it. Two workers may do so at once with the same finding,
//! and so may one that does not see yet what another has just written: then what one of them counted is lost, and the
//! finding counts too little. It is there all the same, and never counts too much.

use std::time::Duration;

use falconer_domain::hits::{AlertLog, LeftOut, Met, NoAlertLog, Signatures};
use falconer_domain::hunt::HuntGroup;
use falconer_domain::ledger::SidRange;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::Mutex;

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::rule_group::{GROUP_NOT_SURICATA, RuleGroupVersion};
use crate::firewall::{BlockGroups, HuntRuleGroup, ReadError, error as firewall_error};
use crate::pace::Pace;
use crate::registry::Services;
use crate::security_hub::{
    FindingsError, HitFindings, IMPORT_FINDINGS, NOT_IMPORTED, READ_FINDINGS, error as hub_error,
};

/// See the module.
#[derive(Debug)]
pub struct ReportHits {
    groups: BlockGroups,
    hunt_group: HuntRuleGroup,
    block_sids: SidRange,
    /// Held by whoever reads findings and writes them.
    findings: Mutex<HitFindings>,
    clock: Clock,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The records that a pipe hands on, or the manual form of runbooks/report-hits.
    event: Value,
}

/// What was told of the log.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HitReport {
    /// Alerts in the input.
    pub alerts: usize,
    /// What they come to: alerts of one block or hunt, one workload, one firewall and one hour are one hit.
    pub hits: usize,
    /// Findings that were written; those of the others count all of it already.
    pub findings_written: usize,
    /// Alerts of rules that are not Falconer's.
    pub foreign: usize,
    /// Alerts of Falconer's signature ids of which nobody knows the rule any more.
    pub unknown: usize,
    /// What of the input is no alert.
    pub left_out: LeftOut,
}

/// Why not every hit is told.
#[derive(Debug, Error)]
pub enum ReportError {
    /// `Input.Invalid`.
    #[error(transparent)]
    Input(#[from] NoAlertLog),
    /// A rule group cannot be read, so nobody knows what stands behind a signature id.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Findings could not be read or written.
    #[error(transparent)]
    Findings(#[from] FindingsError),
}

impl ActivityError for ReportError {
    const NAMES: &'static [ErrorName] = &[
        firewall_error::UNAVAILABLE,
        firewall_error::ACCESS_DENIED,
        firewall_error::NOT_FOUND,
        firewall_error::REJECTED,
        GROUP_NOT_SURICATA,
        hub_error::UNAVAILABLE,
        hub_error::ACCESS_DENIED,
        hub_error::REJECTED,
        NOT_IMPORTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => INPUT_INVALID.name,
            Self::Read(error) => error.name(),
            Self::Findings(error) => error.name(),
        }
    }
}

impl From<&Services> for ReportHits {
    fn from(services: &Services) -> Self {
        Self {
            groups: services.groups.clone(),
            hunt_group: services.hunt_group.clone(),
            block_sids: services.settings.block_sids,
            findings: Mutex::new(HitFindings::new(
                services.security_hub.clone(),
                services.accounts.hub().place.clone(),
            )),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for ReportHits {
    const NAME: &'static str = "ReportHits";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions =
        Actions { own: &[BlockGroups::READ, HuntRuleGroup::READ, READ_FINDINGS, IMPORT_FINDINGS], ..Actions::NONE };
    type Input = Input;
    type Output = HitReport;
    type Error = ReportError;

    async fn run(&self, _: TaskContext, Input { event }: Input) -> Result<HitReport, ReportError> {
        let log = AlertLog::read(&event)?;
        let alerts = log.deliveries.iter().map(|delivery| delivery.alerts.len()).sum();
        let report = HitReport { alerts, left_out: log.left_out, ..HitReport::default() };
        if alerts == 0 {
            return Ok(report);
        }
        let Met { hits, foreign, unknown } = self.signatures().await?.meet(&log);
        let (mut findings_written, mut refused, mut pace) = (0, None, Pace::of_findings());
        for together in hits.chunks(HitFindings::TOGETHER) {
            let findings = self.findings.lock().await;
            match findings.count(together, self.clock.now(), &mut pace).await {
                Ok(written) => findings_written += written,
                // One that is never taken keeps no other from being written.
                Err(error @ FindingsError::NotImported { .. }) => refused = refused.or(Some(error)),
                Err(error) => return Err(error.into()),
            }
        }
        match refused {
            Some(error) => Err(error.into()),
            None => Ok(HitReport { hits: hits.len(), findings_written, foreign, unknown, ..report }),
        }
    }
}

impl ReportHits {
    async fn signatures(&self) -> Result<Signatures, ReadError> {
        let ledger = self.groups.read().await?.ledger();
        let hunts = self.hunt_group.read_if_there().await?;
        let hunts = hunts.as_ref().map_or_else(|| HuntGroup::read(""), RuleGroupVersion::hunts);
        Ok(Signatures::of(&ledger, &hunts, self.block_sids, self.hunt_group.rules().sids))
    }
}
