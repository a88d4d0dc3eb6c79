//! Findings in ASFF, the format of Security Hub CSPM:
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Finding, FindingSummary, Resource, ResourceTags, STATE_FIELD, Severity, ThreatIntelIndicator, UnnamedFinding, list,
    region, required, small_number, text,
};

pub(super) fn read(finding: &Value, field: &str) -> Result<Finding, UnnamedFinding> {
    let summary = FindingSummary {
        id: required(finding, "Id", field)?,
        product_arn: required(finding, "ProductArn", field)?,
        metadata_uid: None,
        account_id: finding["AwsAccountId"].as_str().and_then(|id| id.parse().ok()),
        region: region(&finding["Region"]),
        types: list(&finding["Types"]).iter().filter_map(text).collect(),
        severity: finding["Severity"]["Label"].as_str().and_then(Severity::from_label),
        confidence: small_number(&finding["Confidence"]),
        resource_tags: resource_tags(&finding["Resources"]),
        record_state: text(&finding["RecordState"]),
        workflow_status: text(&finding["Workflow"]["Status"]),
        // Whatever stands there: a word that this version does not know is a later version's.
        dealt_with: !finding["UserDefinedFields"][STATE_FIELD].is_null(),
    };
    Ok(Finding {
        summary,
        generator_id: text(&finding["GeneratorId"]),
        resources: list(&finding["Resources"]).iter().filter_map(resource).collect(),
        product_fields: texts(&finding["ProductFields"]),
        source_url: text(&finding["SourceUrl"]),
        action: finding["Action"].clone(),
        threat_intel: threat_intel(&finding["ThreatIntelIndicators"]),
        evidences: Value::Null,
        observables: Value::Null,
    })
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

fn resource(resource: &Value) -> Option<Resource> {
    Some(Resource { kind: text(&resource["Type"])?, id: text(&resource["Id"])? })
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
