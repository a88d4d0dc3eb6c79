//! Findings in OCSF, the format of the new Security Hub:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/ocsf-findings.html>, with the attributes of
//! <https://schema.ocsf.io/1.5.0/classes/detection_finding>.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Finding, FindingSummary, NOTE_OPENING, ResourceTags, Severity, UnnamedFinding, list, region, required,
    small_number, text,
};

pub(super) fn read(finding: &Value, field: &str) -> Result<Finding, UnnamedFinding> {
    let (record_state, workflow_status) = states(finding).unzip();
    let summary = FindingSummary {
        id: required(finding, "finding_info.uid", field)?,
        product_arn: required(finding, "metadata.product.uid", field)?,
        metadata_uid: Some(required(finding, "metadata.uid", field)?),
        account_id: finding["cloud"]["account"]["uid"].as_str().and_then(|id| id.parse().ok()),
        region: region(&finding["cloud"]["region"]),
        types: list(&finding["finding_info"]["types"]).iter().filter_map(text).collect(),
        severity: severity(&finding["severity_id"]),
        confidence: small_number(&finding["confidence_score"]),
        resource_tags: resource_tags(&finding["resources"]),
        record_state: record_state.map(str::to_owned),
        workflow_status: workflow_status.map(str::to_owned),
        // There are no user-defined fields.
        dealt_with: finding["comment"].as_str().is_some_and(|comment| comment.starts_with(NOTE_OPENING)),
    };
    Ok(Finding {
        summary,
        generator_id: None,
        resources: Vec::new(),
        product_fields: BTreeMap::new(),
        source_url: None,
        action: Value::Null,
        threat_intel: Vec::new(),
        evidences: finding["evidences"].clone(),
        observables: finding["observables"].clone(),
    })
}

/// `activity_id` of a finding that its provider has closed.
const CLOSE: u64 = 3;

/// `RecordState` and `Workflow.Status` as ASFF would say it. A status is new, in progress, suppressed, resolved, archived
/// or deleted; whatever it is, a closed finding is over.
fn states(finding: &Value) -> Option<(&'static str, &'static str)> {
    if finding["activity_id"].as_u64() == Some(CLOSE) {
        return Some(("ARCHIVED", "NEW"));
    }
    match finding["status_id"].as_u64()? {
        1 => Some(("ACTIVE", "NEW")),
        2 => Some(("ACTIVE", "NOTIFIED")),
        3 => Some(("ACTIVE", "SUPPRESSED")),
        4 => Some(("ACTIVE", "RESOLVED")),
        5 | 6 => Some(("ARCHIVED", "NEW")),
        _ => None,
    }
}

/// Informational, low, medium, high, critical, fatal. The last has no label in ASFF and is no less than critical.
fn severity(severity_id: &Value) -> Option<Severity> {
    match severity_id.as_u64()? {
        1 => Some(Severity::Informational),
        2 => Some(Severity::Low),
        3 => Some(Severity::Medium),
        4 => Some(Severity::High),
        5 | 6 => Some(Severity::Critical),
        _ => None,
    }
}

fn resource_tags(resources: &Value) -> ResourceTags {
    let tags = list(resources).iter().flat_map(|resource| list(&resource["tags"]));
    ResourceTags::read(tags.map(|tag| (tag["name"].as_str(), &tag["value"])))
}
