//! The part of a Security Hub finding that Falconer reads, in both formats: ASFF, and OCSF of the new Security Hub.
//!
//! A finding is written by whoever may import one. So it is read field by field out of plain JSON: a field of the wrong
//! type is a field that is not there, and only what names the finding must be right, because without it nobody could be
//! told what became of it.

mod asff;
mod ocsf;
mod severity;
mod state;
mod tags;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

pub use severity::Severity;
pub use state::{NOTE_OPENING, STATE_FIELD, State};
pub use tags::{ResourceTags, Tag};

use crate::block::FindingRef;
use crate::place::AccountId;

/// What names a finding and what decides whether it may act by itself: small enough to travel with an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingSummary {
    /// `Id`, or `finding_info.uid` in OCSF: the provider's, with any character in it.
    pub id: String,
    /// `ProductArn`, or `metadata.product.uid`: with the Id it names the finding in Security Hub.
    pub product_arn: String,
    /// `metadata.uid`, by which the new Security Hub names a finding; an ASFF finding has none.
    pub metadata_uid: Option<String>,
    /// `AwsAccountId`, or `cloud.account.uid`, if it is one: the account that the finding is about.
    pub account_id: Option<AccountId>,
    /// `Region`, if it looks like one.
    pub region: Option<String>,
    /// `Types`, as the provider writes them: not always the taxonomy of ASFF.
    pub types: Vec<String>,
    /// `Severity.Label`, or `severity_id`.
    pub severity: Option<Severity>,
    /// `Confidence`, or `confidence_score`, from 0 to 100, that the finding is right: few providers say it.
    pub confidence: Option<u8>,
    /// `Resources[].Tags`, or `resources[].tags`.
    pub resource_tags: ResourceTags,
    /// `RecordState`: `ACTIVE` or `ARCHIVED`; of an OCSF finding, what its `status_id` means in these words.
    pub record_state: Option<String>,
    /// `Workflow.Status`: `NEW`, `NOTIFIED`, `RESOLVED` or `SUPPRESSED`; of an OCSF finding, the same.
    pub workflow_status: Option<String>,
    /// Whether Falconer has written on the finding before, in [`STATE_FIELD`] or as an OCSF finding's comment. Security
    /// Hub sends a finding again after every update, and so also after Falconer's own.
    pub dealt_with: bool,
}

impl FindingSummary {
    /// Whether it is known to be active, and neither resolved nor suppressed.
    pub(crate) fn is_open(&self) -> bool {
        self.record_state.as_deref() == Some("ACTIVE")
            && matches!(self.workflow_status.as_deref(), Some("NEW" | "NOTIFIED"))
    }

    /// How rules refer to the finding.
    pub fn reference(&self) -> FindingRef {
        FindingRef::of(&self.id, &self.product_arn)
    }
}

/// A finding, as far as Falconer reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What names and classifies it.
    pub summary: FindingSummary,
    /// `GeneratorId`: the part of the provider that made it; an OCSF finding has none.
    pub generator_id: Option<String>,
    /// `Resources` that have a type and an id; of an OCSF finding, none are read.
    pub resources: Vec<Resource>,
    /// `ProductFields`: what the provider adds. Numbers and truth values are taken as their text.
    pub product_fields: BTreeMap<String, String>,
    /// `SourceUrl`: the provider's own page of the finding.
    pub source_url: Option<String>,
    /// `Action`, as it is; `Null` if there is none.
    pub action: Value,
    /// `ThreatIntelIndicators` that have a type and a value.
    pub threat_intel: Vec<ThreatIntelIndicator>,
    /// `evidences` of an OCSF finding, as they are; `Null` if there are none.
    pub evidences: Value,
    /// `observables` of an OCSF finding, as they are; `Null` if there are none.
    pub observables: Value,
}

/// One entry of `Resources`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `Type`: `AwsEc2Instance` and others.
    pub kind: String,
    /// `Id`: an ARN, or whatever the provider writes.
    pub id: String,
}

/// One entry of `ThreatIntelIndicators`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreatIntelIndicator {
    /// Its place in the list.
    pub index: usize,
    /// `Type`: `DOMAIN`, `IPV4_ADDRESS`, `URL` and others.
    pub kind: String,
    /// `Value`.
    pub value: String,
}

/// A finding that cannot be named, so that nobody could be told what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {problem}")]
pub struct UnnamedFinding {
    /// The field's path, such as `detail.findings[0].Id`.
    pub field: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl UnnamedFinding {
    fn new(field: &str, problem: &'static str) -> Self {
        Self { field: field.to_owned(), problem }
    }
}

impl Finding {
    /// Reads a finding, in OCSF if it has a `class_uid` and else in ASFF.
    ///
    /// # Errors
    /// [`UnnamedFinding`] if it is no object, or lacks what names it: `Id` and `ProductArn`, or in OCSF
    /// `finding_info.uid`, `metadata.product.uid` and `metadata.uid`. `field` is the finding's own place, such as
    /// `detail.findings[0]`, and stands in the error.
    pub fn read(finding: &Value, field: &str) -> Result<Self, UnnamedFinding> {
        let Some(members) = finding.as_object() else {
            return Err(UnnamedFinding::new(field, "it must be a finding: an object in the format of ASFF or OCSF"));
        };
        if members.contains_key("class_uid") { ocsf::read(finding, field) } else { asff::read(finding, field) }
    }
}

/// The text at a path of members, such as `metadata.product.uid`.
fn required(finding: &Value, path: &str, field: &str) -> Result<String, UnnamedFinding> {
    let value = path.split('.').fold(finding, |value, member| &value[member]);
    text(value).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
        UnnamedFinding::new(
            &format!("{field}.{path}"),
            "it must be a text that is not empty: without it the finding cannot be told what was done",
        )
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn small_number(value: &Value) -> Option<u8> {
    value.as_u64().and_then(|number| u8::try_from(number).ok())
}

fn region(value: &Value) -> Option<String> {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    text(value).filter(|text| (5..=32).contains(&text.len()) && text.bytes().all(fits))
}
