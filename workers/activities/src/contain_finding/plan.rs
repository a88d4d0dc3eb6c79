//! What one execution is going to do: decided once, by PlanContainment, so that a step which runs twice does the same.

use falconer_domain::block::{Causes, FindingRef};
use falconer_domain::extract::{Candidate, Remark};
use falconer_domain::finding::FindingSummary;
use falconer_domain::guard::Refusal;
use falconer_domain::note::Reserved;
use falconer_domain::policy::{Decision, Terms};
use falconer_domain::request::Origin;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The plan of an execution.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainmentPlan {
    /// What started it.
    pub origin: Origin,
    /// The findings, with what the policy says of each; none for the manual form.
    pub findings: Vec<PlannedFinding>,
    /// What is to be blocked: the policy lets it act and the guard let it pass.
    pub blocks: Vec<PlannedBlock>,
    /// What waits for a person because none of its findings acts.
    pub waiting: Vec<Candidate>,
    /// What waits for a person although a finding acts: the guard keeps it for one.
    pub reserved: Vec<ReservedCandidate>,
    /// What the guard refused, at most 50.
    pub refused: Vec<RefusedCandidate>,
    /// How many further refusals there were.
    pub refused_left_out: usize,
    /// What the findings hold that no network can block.
    pub remarks: Vec<Remark>,
    /// How many further remarks there were.
    pub remarks_left_out: usize,
    /// Why, in a person's words.
    pub reason: Option<String>,
    /// When the blocks begin: the time of the plan, so that a repeated step makes the same blocks.
    pub created: Timestamp,
    /// Whether only to tell what would change.
    pub dry_run: bool,
}

/// A finding, and what the policy says of it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedFinding {
    /// What names and classifies it.
    pub summary: FindingSummary,
    /// Whether it acts.
    #[serde(flatten)]
    pub decision: Decision,
}

/// A block to be made.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedBlock {
    /// What is to be blocked, and which findings name it.
    pub candidate: Candidate,
    /// How long it lasts and what it does: the strongest of what the findings that act ask for.
    pub terms: Terms,
}

/// What the guard keeps for a person, with the findings that name it.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservedCandidate {
    /// What, and why.
    #[serde(flatten)]
    pub reserved: Reserved,
    /// Indices into the plan's findings.
    pub findings: Vec<usize>,
}

/// A refusal, with the findings that name the indicator.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedCandidate {
    /// Why.
    pub refusal: Refusal,
    /// Indices into the plan's findings.
    pub findings: Vec<usize>,
}

impl ContainmentPlan {
    /// The findings that act and name the block's indicator.
    pub(crate) fn acting<'a>(&'a self, block: &'a PlannedBlock) -> impl Iterator<Item = &'a FindingSummary> {
        let named = block.candidate.findings.iter().filter_map(|&index| self.findings.get(index));
        named.filter(|finding| matches!(finding.decision, Decision::Act(_))).map(|finding| &finding.summary)
    }

    /// Who stands behind the block: the findings that act, or the person who wrote the manual form.
    pub(crate) fn causes(&self, block: &PlannedBlock) -> Causes {
        let mut references = self.acting(block).map(FindingSummary::reference);
        let first = references.next().unwrap_or(FindingRef::Manual);
        references.fold(Causes::from(first), Causes::with)
    }
}
