//! Writes on each finding what was done and how to take it back.
//!
//! Calls GetFindings and BatchUpdateFindings, of a finding in OCSF GetFindingsV2 and BatchUpdateFindingsV2. Idempotent
//! because the note and the fields are written as a whole, and the time in them is the plan's.

use std::time::Duration;

use falconer_domain::extract::{Candidate, Remark};
use falconer_domain::guard::Refusal;
use falconer_domain::indicator::Indicator;
use falconer_domain::ledger::{BlockOutcome, BlockReport};
use falconer_domain::note::{Annotation, Approval, Notification, Outcome, Reserved};
use falconer_domain::policy::{Decision, Waiting};
use falconer_runtime::{Actions, Activity, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::block_indicators::LedgerUpdate;
use super::plan::{ContainmentPlan, PlannedFinding};
use crate::HEARTBEAT;
use crate::registry::Services;
use crate::security_hub::{Record, SecurityHubError, Standing, annotate_all};

/// See the module.
#[derive(Debug)]
pub struct RecordOutcome {
    client: aws_sdk_securityhub::Client,
}

/// What was done.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The execution's ARN.
    execution: String,
    /// What the execution knows.
    outcome: Contained,
}

/// The data of an execution that has come to its end.
#[derive(Debug, Deserialize, JsonSchema)]
struct Contained {
    /// As PlanContainment made it.
    plan: ContainmentPlan,
    /// As BlockIndicators answered; absent if there was nothing to block.
    ledger: Option<LedgerUpdate>,
}

/// What the findings were told, and what people are to be told.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// What the findings were told.
    #[serde(flatten)]
    pub record: Record,
    /// What waits for a person, if anything does; the state machine publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notification>,
}

impl From<&Services> for RecordOutcome {
    fn from(services: &Services) -> Self {
        Self { client: services.security_hub.clone() }
    }
}

impl Activity for RecordOutcome {
    const NAME: &'static str = "RecordOutcome";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Standing::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = Recorded;
    type Error = SecurityHubError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<Recorded, SecurityHubError> {
        let Input { execution, outcome: Contained { plan, ledger } } = input;
        let reports = ledger.map(|ledger| ledger.blocks).unwrap_or_default();
        let shares: Vec<Share> = (0..plan.findings.len()).map(|finding| Share::of(finding, &plan, &reports)).collect();
        let annotations = plan.findings.iter().zip(&shares).filter_map(|(finding, share)| {
            let outcome = match &finding.decision {
                Decision::Act(_) => {
                    Outcome::Done { blocks: &share.blocks, reserved: &share.reserved, dry_run: plan.dry_run }
                }
                Decision::Wait(waiting) => Outcome::Waiting { waiting, indicators: &share.waiting },
                // Whoever has archived, suppressed or resolved it does not want to hear of it.
                Decision::Ignore(_) => return None,
            };
            let annotation = Annotation {
                at: plan.created,
                execution: &execution,
                outcome,
                refused: &share.refused,
                remarks: &share.remarks,
                remarks_left_out: plan.refused_left_out + plan.remarks_left_out,
            };
            Some((&finding.summary, annotation))
        });
        let record = annotate_all(&self.client, annotations).await?;
        let approvals: Vec<Approval<'_>> =
            plan.findings.iter().zip(&shares).filter_map(|(finding, share)| share.approval(finding)).collect();
        Ok(Recorded { record, notification: Notification::asking(&approvals, &execution) })
    }
}

/// What of the outcome belongs to one finding.
struct Share {
    blocks: Vec<BlockReport>,
    waiting: Vec<Indicator>,
    reserved: Vec<Reserved>,
    refused: Vec<Refusal>,
    remarks: Vec<Remark>,
    beyond_cap: Waiting,
}

impl Share {
    fn of(finding: usize, plan: &ContainmentPlan, reports: &[BlockReport]) -> Self {
        let is_named = |candidate: &&Candidate| candidate.findings.contains(&finding);
        let named = |report: &&BlockReport| {
            let mut candidates = plan.blocks.iter().map(|block| &block.candidate).filter(is_named);
            candidates.any(|candidate| candidate.indicator == report.indicator)
        };
        let reserved = plan.reserved.iter().filter(|reserved| reserved.findings.contains(&finding));
        let refused = plan.refused.iter().filter(|refused| refused.findings.contains(&finding));
        Self {
            beyond_cap: Waiting::beyond_cap(),
            blocks: reports.iter().filter(named).cloned().collect(),
            waiting: plan.waiting.iter().filter(is_named).map(|candidate| candidate.indicator.clone()).collect(),
            reserved: reserved.map(|reserved| reserved.reserved.clone()).collect(),
            refused: refused.map(|refused| refused.refusal.clone()).collect(),
            remarks: plan.remarks.iter().filter(|remark| remark.finding == finding).cloned().collect(),
        }
    }

    /// What of the finding waits for a person.
    fn approval<'a>(&'a self, finding: &'a PlannedFinding) -> Option<Approval<'a>> {
        let waits: Vec<(&Waiting, &Indicator)> = match &finding.decision {
            Decision::Ignore(_) => Vec::new(),
            Decision::Wait(waiting) => self.waiting.iter().map(|indicator| (waiting, indicator)).collect(),
            Decision::Act(_) => {
                let beyond_cap = self.blocks.iter().filter(|block| block.outcome == BlockOutcome::BeyondCap);
                let beyond_cap = beyond_cap.map(|block| (&self.beyond_cap, &block.indicator));
                beyond_cap
                    .chain(self.reserved.iter().map(|reserved| (&reserved.waiting, &reserved.indicator)))
                    .collect()
            }
        };
        let sentences = waits.iter().map(|(waiting, _)| waiting.sentence.as_str()).collect();
        let indicators: Vec<&Indicator> = waits.iter().map(|(_, indicator)| *indicator).collect();
        (!indicators.is_empty()).then_some(Approval { finding: &finding.summary, sentences, indicators })
    }
}
