//! What one execution is going to do: decided once, by PlanContainment, so that a step which runs twice does the same.

use falconer_domain::block::{Mode, Ttl};
use falconer_domain::extract::{Candidate, Remark};
use falconer_domain::finding::FindingSummary;
use falconer_domain::guard::Refusal;
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
    /// The findings that are told of the outcome; none for the manual form.
    pub findings: Vec<FindingSummary>,
    /// What is to be blocked: the guard let it pass.
    pub blocks: Vec<Candidate>,
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
    #[schemars(with = "String")]
    pub created: Timestamp,
    /// How long they last.
    #[schemars(with = "String")]
    pub ttl: Ttl,
    /// Whether they drop or only alert.
    pub mode: Mode,
    /// Whether only to tell what would change.
    pub dry_run: bool,
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
