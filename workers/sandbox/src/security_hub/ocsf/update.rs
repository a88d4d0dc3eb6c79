//! BatchUpdateFindingsV2: what people and runbooks write onto findings in OCSF.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html>. An update leaves the times of
//! the finding alone, and emits an event, as the arrival of a finding does:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-rules.html>. The comment stands in
//! the attribute `comment`, under which OCSF has what a user says of a finding
//! (<https://schema.ocsf.io/1.5.0/classes/detection_finding>) and GetFindingsV2 finds it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{SecurityHub, State};
use super::finding::{OcsfRecord, SEVERITIES, STATUSES};
use super::invalid;
use crate::wire::{Answer, Call, Caller, ServiceError};

/// Findings of one call.
const MAX_FINDINGS: usize = 100;
/// Characters of a comment.
const MAX_COMMENT: usize = 512;
/// The one status that customers cannot give.
const DELETED: i64 = 6;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    metadata_uids: Vec<String>,
    #[serde(default)]
    finding_identifiers: Vec<Identifier>,
    comment: Option<String>,
    severity_id: Option<i64>,
    status_id: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identifier {
    cloud_account_uid: Option<String>,
    finding_info_uid: Option<String>,
    metadata_product_uid: Option<String>,
}

/// How a request names a finding.
enum Name {
    Uid(String),
    Parts { account: String, id: String, product: String },
}

impl SecurityHub {
    pub(super) fn update_ocsf_findings(&self, state: &mut State, call: &Call) -> Answer {
        let Input { metadata_uids, finding_identifiers, comment, severity_id, status_id } = call.input()?;
        let names = names(metadata_uids, finding_identifiers)?;
        let changes = changes(comment, severity_id, status_id)?;
        let (mut processed, mut unprocessed) = (Vec::new(), Vec::new());
        for name in names {
            let mut named = name.to_value();
            match self.find(state, &call.caller, &name) {
                Some(record) => {
                    record.change(&changes);
                    self.emit_imported_v2(record);
                    processed.push(named);
                }
                None => {
                    named["ErrorCode"] = "ResourceNotFoundException".into();
                    named["ErrorMessage"] = "Finding not found".into();
                    unprocessed.push(named);
                }
            }
        }
        Ok(json!({ "ProcessedFindings": processed, "UnprocessedFindings": unprocessed }))
    }

    fn find<'a>(&self, state: &'a mut State, caller: &Caller, name: &Name) -> Option<&'a mut OcsfRecord> {
        let is_named = |record: &OcsfRecord| match name {
            Name::Uid(uid) => record.uid == *uid,
            Name::Parts { account, id, product } => record.is(account, product, id),
        };
        let mut records = state.ocsf_findings.values_mut();
        records.find(|record| is_named(record) && self.sees(caller, record.place()))
    }
}

impl Name {
    /// As the answer repeats it.
    fn to_value(&self) -> Value {
        match self {
            Self::Uid(uid) => json!({ "MetadataUid": uid }),
            Self::Parts { account, id, product } => json!({ "FindingIdentifier": {
                "CloudAccountUid": account, "FindingInfoUid": id, "MetadataProductUid": product,
            } }),
        }
    }
}

fn names(uids: Vec<String>, identifiers: Vec<Identifier>) -> Result<Vec<Name>, ServiceError> {
    if uids.is_empty() == identifiers.is_empty() {
        return Err(invalid("Name the findings by either MetadataUids or FindingIdentifiers"));
    }
    if uids.len().max(identifiers.len()) > MAX_FINDINGS {
        return Err(invalid(format!("At most {MAX_FINDINGS} findings can be updated at once")));
    }
    let uids = uids.into_iter().map(|uid| Ok(Name::Uid(not_blank("MetadataUids", Some(uid))?)));
    let identifiers = identifiers.into_iter().map(|identifier| {
        Ok(Name::Parts {
            account: not_blank("CloudAccountUid", identifier.cloud_account_uid)?,
            id: not_blank("FindingInfoUid", identifier.finding_info_uid)?,
            product: not_blank("MetadataProductUid", identifier.metadata_product_uid)?,
        })
    });
    uids.chain(identifiers).collect()
}

/// The attributes as they will stand on every finding: of a number its text too.
fn changes(
    comment: Option<String>,
    severity_id: Option<i64>,
    status_id: Option<i64>,
) -> Result<Map<String, Value>, ServiceError> {
    let mut changes = Map::new();
    if let Some(comment) = comment {
        let comment = not_blank("Comment", Some(comment))?;
        if comment.chars().count() > MAX_COMMENT {
            return Err(invalid(format!("Comment must have 1 to {MAX_COMMENT} characters")));
        }
        changes.insert("comment".to_owned(), comment.into());
    }
    let severities = SEVERITIES.to_vec();
    let statuses = STATUSES.into_iter().filter(|(status, _)| *status != DELETED).collect();
    let numbers = [
        ("SeverityId", severity_id, "severity_id", "severity", severities),
        ("StatusId", status_id, "status_id", "status", statuses),
    ];
    for (member, number, id, sibling, known) in numbers {
        let Some(number) = number else { continue };
        let name = known.iter().find(|(known, _)| *known == number).map(|(_, name)| *name);
        let name = name.ok_or_else(|| invalid(format!("{member} is not one of the allowed values")))?;
        changes.insert(id.to_owned(), number.into());
        changes.insert(sibling.to_owned(), name.into());
    }
    if changes.is_empty() {
        return Err(invalid("At least one of Comment, SeverityId and StatusId is required"));
    }
    Ok(changes)
}

/// A text as the model asks for it: with something in it that is no white space.
fn not_blank(name: &str, value: Option<String>) -> Result<String, ServiceError> {
    let value = value.filter(|value| !value.trim().is_empty());
    value.ok_or_else(|| invalid(format!("{name} is required and must not be blank")))
}
