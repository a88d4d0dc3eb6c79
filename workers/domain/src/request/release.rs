//! The input of the runbook `release-block`: findings that a person chose, or the indicators that a person wrote.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{InvalidRequest, Origin, Request};
use crate::extract::Candidate;
use crate::finding::FindingSummary;

/// What is to be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReleaseRequest {
    /// The findings that no longer ask for their blocks; none for the manual form.
    pub findings: Vec<FindingSummary>,
    /// The indicators: of the findings, or those that the person wrote.
    pub indicators: Vec<Candidate>,
    /// Why, in a person's words.
    pub reason: Option<String>,
    /// Whether only to tell what would change.
    pub dry_run: bool,
}

impl ReleaseRequest {
    /// Reads an execution's input: the same two forms as for a block, but no imported finding takes a block back, and a
    /// release has neither a term nor a mode.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(input: &Value) -> Result<Self, InvalidRequest> {
        let Request { origin, findings, candidates, reason, ttl, mode, dry_run, .. } = Request::read(input)?;
        if origin == Origin::Imported {
            return Err(InvalidRequest::field("detail-type", "only a person takes blocks back, with a custom action"));
        }
        for (field, is_there) in [("ttl", ttl.is_some()), ("mode", mode.is_some())] {
            if is_there {
                return Err(InvalidRequest::field(field, "a release has none: leave it out"));
            }
        }
        Ok(Self { findings, indicators: candidates, reason, dry_run })
    }
}
