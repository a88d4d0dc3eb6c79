//! The input of the `contain-finding` runbook: whatever starts an execution becomes one typed request.
//!
//! Two forms come in: an event of Security Hub (`event.rs`) and what a person wrote (`manual.rs`). Anything else is
//! refused with the name of the field that is wrong and what to do about it.

pub(crate) mod event;
pub(crate) mod form;
mod manual;
mod release;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

pub use release::ReleaseRequest;

use crate::block::{Mode, Requester, Ttl};
use crate::extract::{Alerts, Candidate, Extraction, Lookup, Remark, TooManyIndicators};
use crate::finding::{FindingSummary, UnnamedFinding};

/// What an execution is asked to do. It is small enough to be handed from state to state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// What started it.
    pub origin: Origin,
    /// The findings of the event, each once; none for the manual form.
    pub findings: Vec<FindingSummary>,
    /// What is to be blocked, each indicator once. None is a request with nothing to block, which the findings are told.
    pub candidates: Vec<Candidate>,
    /// What the findings hold that cannot be blocked, at most 50.
    pub remarks: Vec<Remark>,
    /// How many further remarks there were.
    pub remarks_left_out: usize,
    /// Falcon's alerts that name what findings leave out.
    pub lookups: Vec<Lookup>,
    /// Why, in a person's words.
    pub reason: Option<String>,
    /// How long the blocks last, if the request says so.
    pub ttl: Option<Ttl>,
    /// What the blocks do, if the request says so.
    pub mode: Option<Mode>,
    /// Whether only to tell what would change.
    pub dry_run: bool,
}

/// What started an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Origin {
    /// Security Hub imported or updated a finding; no person was in it.
    Imported,
    /// A person chose findings and a custom action in Security Hub. Its event does not name the person.
    CustomAction {
        /// The custom action's ARN, which the trigger has checked.
        arn: String,
    },
    /// A person wrote the manual form.
    Manual,
}

impl Origin {
    /// Who asks, as the ledger records it.
    pub fn requester(&self) -> Requester {
        match self {
            Self::Imported => Requester::Imported,
            Self::CustomAction { .. } => Requester::Action,
            Self::Manual => Requester::Manual,
        }
    }
}

/// Why an input is refused, as `Input.Invalid`. The sentence names the field and says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidRequest {
    /// Neither of the two forms.
    #[error(
        "the input is neither an event of Security Hub (with `source`, `detail-type` and `detail.findings`) nor the \
         manual form (with `indicators` and `reason`): start the execution with one of them"
    )]
    UnknownForm,
    /// A field is missing or wrong.
    #[error("{field}: {problem}")]
    Field {
        /// The field's path, such as `detail.findings[0].Id`.
        field: String,
        /// What is wrong with it and what to write instead.
        problem: String,
    },
    /// More findings than one update of Security Hub takes.
    #[error("detail.findings: {count} findings are more than {limit}: send them in several events")]
    TooManyFindings {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A finding without a name.
    #[error(transparent)]
    UnnamedFinding(#[from] UnnamedFinding),
    /// More indicators than one execution takes.
    #[error(transparent)]
    TooManyIndicators(#[from] TooManyIndicators),
}

impl InvalidRequest {
    pub(crate) fn field(field: &str, problem: impl ToString) -> Self {
        Self::Field { field: field.to_owned(), problem: problem.to_string() }
    }
}

impl Request {
    /// Reads an execution's input.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(input: &Value) -> Result<Self, InvalidRequest> {
        let members = input.as_object().ok_or(InvalidRequest::UnknownForm)?;
        if members.contains_key("detail-type") {
            return event::read(input);
        }
        if members.contains_key("indicators") {
            return manual::read(members);
        }
        Err(InvalidRequest::UnknownForm)
    }

    /// The request with what the alerts name that it says are to be looked up; `None` where Falcon cannot be asked. An alert
    /// that is not among them, or names nothing, is remarked upon.
    ///
    /// # Errors
    /// More indicators than one execution takes.
    pub fn with_alerts(self, alerts: Option<&Alerts>) -> Result<Self, InvalidRequest> {
        let Self { candidates, remarks, remarks_left_out, lookups, .. } = self;
        let extraction = Extraction::resumed(candidates, remarks, remarks_left_out, lookups).with_alerts(alerts)?;
        let Extraction { candidates, remarks, remarks_left_out, lookups, .. } = extraction;
        Ok(Self { candidates, remarks, remarks_left_out, lookups, ..self })
    }
}
