//! BatchUpdateFindings: what people and runbooks write onto findings.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html>. An update leaves UpdatedAt as
//! the provider set it, and emits an event as an import does. It leaves WorkflowState alone, which Workflow has replaced
//! and which has no NOTIFIED and no SUPPRESSED:
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::finding::{Key, complete_severity};
use super::format::{MAX_FINDING_BYTES, fields};
use super::{SecurityHub, State, given, invalid};
use crate::wire::{Answer, Call, ServiceError};

/// Findings of one call.
const MAX_FINDINGS: usize = 100;
/// Characters of a note.
const MAX_NOTE: usize = 512;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    finding_identifiers: Option<Vec<Identifier>>,
    note: Option<Note>,
    severity: Option<Value>,
    verification_state: Option<String>,
    confidence: Option<i64>,
    criticality: Option<i64>,
    types: Option<Vec<String>>,
    user_defined_fields: Option<Value>,
    workflow: Option<Workflow>,
    related_findings: Option<Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "PascalCase")]
struct Identifier {
    id: Option<String>,
    product_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Note {
    text: Option<String>,
    updated_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Workflow {
    status: Option<String>,
}

impl SecurityHub {
    pub(super) fn update(&self, state: &mut State, call: &Call) -> Answer {
        let mut input: Input = call.input()?;
        let identifiers = given("FindingIdentifiers", input.finding_identifiers.take())?;
        if identifiers.is_empty() || identifiers.len() > MAX_FINDINGS {
            return Err(invalid(format!("FindingIdentifiers must have between 1 and {MAX_FINDINGS} entries")));
        }
        let changes = self.changes(input)?;
        let mut seen = BTreeSet::new();
        let (mut processed, mut unprocessed) = (Vec::new(), Vec::new());
        for identifier in identifiers {
            let id = given("Id", identifier.id.clone())?;
            let product = given("ProductArn", identifier.product_arn.clone())?;
            let named = json!({ "Id": id, "ProductArn": product });
            let outcome = if seen.insert(identifier) {
                self.change(state, call, (&id, &product), &changes)
            } else {
                Err(("DuplicatedFindingIdentifier", "Finding Identifier is duplicated"))
            };
            match outcome {
                Ok(()) => processed.push(named),
                Err((code, message)) => {
                    unprocessed.push(json!({ "FindingIdentifier": named, "ErrorCode": code, "ErrorMessage": message }));
                }
            }
        }
        Ok(json!({ "ProcessedFindings": processed, "UnprocessedFindings": unprocessed }))
    }

    /// The attributes as they will stand on every finding. Each replaces the whole attribute.
    fn changes(&self, input: Input) -> Result<Map<String, Value>, ServiceError> {
        let mut changes = Map::new();
        if let Some(note) = input.note {
            let text = given("Note.Text", note.text)?;
            if text.is_empty() || text.chars().count() > MAX_NOTE {
                return Err(invalid(format!("Note.Text must have 1 to {MAX_NOTE} characters")));
            }
            let by = given("Note.UpdatedBy", note.updated_by)?;
            let now = format!("{:.3}", self.clock.now());
            changes.insert("Note".to_owned(), json!({ "Text": text, "UpdatedBy": by, "UpdatedAt": now }));
        }
        if let Some(status) = input.workflow.and_then(|workflow| workflow.status) {
            one_of("Workflow.Status", &status, &["NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED"])?;
            changes.insert("Workflow".to_owned(), json!({ "Status": status }));
        }
        if let Some(state) = input.verification_state {
            let allowed = ["UNKNOWN", "TRUE_POSITIVE", "FALSE_POSITIVE", "BENIGN_POSITIVE"];
            one_of("VerificationState", &state, &allowed)?;
            changes.insert("VerificationState".to_owned(), state.into());
        }
        if let Some(value) = input.user_defined_fields {
            if let Some(problem) = fields("UserDefinedFields", Some(&value), 1024).first() {
                return Err(invalid(problem.as_str()));
            }
            changes.insert("UserDefinedFields".to_owned(), value);
        }
        for (name, number) in [("Confidence", input.confidence), ("Criticality", input.criticality)] {
            let Some(number) = number else { continue };
            if !(0..=100).contains(&number) {
                return Err(invalid(format!("{name} must be between 0 and 100")));
            }
            changes.insert(name.to_owned(), number.into());
        }
        if let Some(mut severity) = input.severity {
            complete_severity(&mut severity);
            changes.insert("Severity".to_owned(), severity);
        }
        let whole = [("Types", input.types.map(Value::from)), ("RelatedFindings", input.related_findings)];
        changes.extend(whole.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        if changes.is_empty() {
            return Err(invalid("At least one attribute to update is required"));
        }
        Ok(changes)
    }

    fn change(
        &self,
        state: &mut State,
        call: &Call,
        (id, product): (&str, &str),
        changes: &Map<String, Value>,
    ) -> Result<(), (&'static str, &'static str)> {
        let is_seen = |key: &&Key| self.sees(&call.caller, key.place());
        let key = state.findings.named(product, id).find(is_seen).cloned();
        let record = key.and_then(|key| state.findings.get_mut(&key));
        let record = record.ok_or(("FindingNotFound", "Finding Not Found"))?;
        let mut finding = record.finding.clone();
        if let Some(members) = finding.as_object_mut() {
            members.extend(changes.clone());
        }
        if finding.to_string().len() > MAX_FINDING_BYTES {
            return Err(("FindingSizeExceeded", "Finding size exceeded 240 KB"));
        }
        record.finding = finding;
        record.customers.extend(changes.keys().cloned());
        self.emit_imported(&record.finding);
        Ok(())
    }
}

fn one_of(name: &str, value: &str, allowed: &[&str]) -> Result<(), ServiceError> {
    if allowed.contains(&value) {
        Ok(())
    } else {
        Err(invalid(format!("{name} must be one of {}", allowed.join(", "))))
    }
}
