//! The part of a Security Hub finding (ASFF) that Falconer reads.
//!
//! A finding is written by whoever may import one. So it is read field by field out of plain JSON: a field of the wrong
//! type is a field that is not there, and only what names the finding must be right, because without it nobody could be
//! told what became of it. Format: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>.

mod severity;
mod state;
mod tags;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

pub use severity::Severity;
pub use state::{STATE_FIELD, State};
pub use tags::{ResourceTags, Tag};

use crate::block::{AccountId, FindingRef};

/// What names a finding and what decides whether it may act by itself: small enough to travel with an execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingSummary {
    /// `Id`: the provider's, with any character in it.
    pub id: String,
    /// `ProductArn`: with the Id it names the finding in Security Hub.
    pub product_arn: String,
    /// `AwsAccountId`, if it is one: the account that the finding is about.
    pub account_id: Option<AccountId>,
    /// `Region`, if it looks like one.
    pub region: Option<String>,
    /// `Types`, as the provider writes them: not always the taxonomy of ASFF.
    pub types: Vec<String>,
    /// `Severity.Label`.
    pub severity: Option<Severity>,
    /// `Confidence`, from 0 to 100, that the finding is right: few providers say it.
    pub confidence: Option<u8>,
    /// `Resources[].Tags`.
    pub resource_tags: ResourceTags,
    /// `RecordState`: `ACTIVE` or `ARCHIVED`.
    pub record_state: Option<String>,
    /// `Workflow.Status`: `NEW`, `NOTIFIED`, `RESOLVED` or `SUPPRESSED`.
    pub workflow_status: Option<String>,
    /// What Falconer wrote on the finding before. Security Hub sends a finding again after every update, and so also
    /// after Falconer's own.
    pub falconer_state: Option<State>,
}

impl FindingSummary {
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
    /// `ProductFields`: what the provider adds. Numbers and truth values are taken as their text.
    pub product_fields: BTreeMap<String, String>,
    /// `Action`, as it is; `Null` if there is none.
    pub action: Value,
    /// `ThreatIntelIndicators` that have a type and a value.
    pub threat_intel: Vec<ThreatIntelIndicator>,
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
    /// Reads a finding.
    ///
    /// # Errors
    /// [`UnnamedFinding`] if it is no object, or has no `Id` or no `ProductArn`; `field` is the finding's own place, such
    /// as `detail.findings[0]`, and stands in the error.
    pub fn read(finding: &Value, field: &str) -> Result<Self, UnnamedFinding> {
        if !finding.is_object() {
            return Err(UnnamedFinding::new(field, "it must be a finding: an object in the format of ASFF"));
        }
        let falconer_state = finding["UserDefinedFields"][STATE_FIELD].as_str();
        let summary = FindingSummary {
            id: required(finding, "Id", field)?,
            product_arn: required(finding, "ProductArn", field)?,
            account_id: finding["AwsAccountId"].as_str().and_then(|id| id.parse().ok()),
            region: text(&finding["Region"]).filter(|region| is_region(region)),
            types: list(&finding["Types"]).iter().filter_map(text).collect(),
            severity: finding["Severity"]["Label"].as_str().and_then(Severity::from_label),
            confidence: finding["Confidence"].as_u64().and_then(|confidence| u8::try_from(confidence).ok()),
            resource_tags: resource_tags(&finding["Resources"]),
            record_state: text(&finding["RecordState"]),
            workflow_status: text(&finding["Workflow"]["Status"]),
            falconer_state: falconer_state.and_then(State::from_token),
        };
        Ok(Self {
            summary,
            product_fields: texts(&finding["ProductFields"]),
            action: finding["Action"].clone(),
            threat_intel: threat_intel(&finding["ThreatIntelIndicators"]),
        })
    }
}

fn required(finding: &Value, name: &str, field: &str) -> Result<String, UnnamedFinding> {
    text(&finding[name]).filter(|value| !value.trim().is_empty()).ok_or_else(|| {
        UnnamedFinding::new(
            &format!("{field}.{name}"),
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

/// The members of an object that are texts, numbers or truth values.
fn texts(value: &Value) -> BTreeMap<String, String> {
    let members = value.as_object().into_iter().flatten();
    let as_text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    members.filter_map(|(name, value)| as_text(value).map(|value| (name.clone(), value))).collect()
}

fn resource_tags(resources: &Value) -> ResourceTags {
    let maps = list(resources).iter().filter_map(|resource| resource["Tags"].as_object());
    ResourceTags::read(maps.flatten().map(|(key, value)| (Some(key.as_str()), value)))
}

fn threat_intel(value: &Value) -> Vec<ThreatIntelIndicator> {
    let entries = list(value).iter().enumerate();
    let read = |(index, entry): (usize, &Value)| {
        Some(ThreatIntelIndicator { index, kind: text(&entry["Type"])?, value: text(&entry["Value"])? })
    };
    entries.filter_map(read).collect()
}

fn is_region(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (5..=32).contains(&text.len()) && text.bytes().all(fits)
}
