//! The filters of GetFindings.
//!
//! Within one filter the conditions that ask for something are joined by OR and those that exclude something by AND;
//! the filters of a request are joined by AND.
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_StringFilter.html>

use jiff::Timestamp;
use serde_json::Value;

use super::conditions::{Condition, Kind};

/// Conditions of one filter, <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFindingFilters.html>.
const MAX_CONDITIONS: usize = 20;

/// One filter of a request.
pub(super) struct Criterion {
    path: &'static [&'static str],
    conditions: Vec<Condition>,
}

/// The filters, with the place of what each looks at. A list on the way is laid open.
const FILTERS: &[(&str, Kind, &[&str])] = &[
    ("AwsAccountId", Kind::Text, &["AwsAccountId"]),
    ("CompanyName", Kind::Text, &["CompanyName"]),
    ("ComplianceSecurityControlId", Kind::Text, &["Compliance", "SecurityControlId"]),
    ("ComplianceStatus", Kind::Text, &["Compliance", "Status"]),
    ("Confidence", Kind::Number, &["Confidence"]),
    ("CreatedAt", Kind::Time, &["CreatedAt"]),
    ("Criticality", Kind::Number, &["Criticality"]),
    ("Description", Kind::Text, &["Description"]),
    ("FirstObservedAt", Kind::Time, &["FirstObservedAt"]),
    ("GeneratorId", Kind::Text, &["GeneratorId"]),
    ("Id", Kind::Text, &["Id"]),
    ("LastObservedAt", Kind::Time, &["LastObservedAt"]),
    ("NetworkDestinationDomain", Kind::Text, &["Network", "DestinationDomain"]),
    ("NetworkDestinationIpV4", Kind::Address, &["Network", "DestinationIpV4"]),
    ("NetworkDestinationIpV6", Kind::Address, &["Network", "DestinationIpV6"]),
    ("NetworkDestinationPort", Kind::Number, &["Network", "DestinationPort"]),
    ("NetworkSourceIpV4", Kind::Address, &["Network", "SourceIpV4"]),
    ("NetworkSourceIpV6", Kind::Address, &["Network", "SourceIpV6"]),
    ("NetworkSourcePort", Kind::Number, &["Network", "SourcePort"]),
    ("NoteText", Kind::Text, &["Note", "Text"]),
    ("NoteUpdatedAt", Kind::Time, &["Note", "UpdatedAt"]),
    ("NoteUpdatedBy", Kind::Text, &["Note", "UpdatedBy"]),
    ("ProductArn", Kind::Text, &["ProductArn"]),
    ("ProductFields", Kind::Map, &["ProductFields"]),
    ("ProductName", Kind::Text, &["ProductName"]),
    ("RecordState", Kind::Text, &["RecordState"]),
    ("Region", Kind::Text, &["Region"]),
    ("RelatedFindingsId", Kind::Text, &["RelatedFindings", "Id"]),
    ("RelatedFindingsProductArn", Kind::Text, &["RelatedFindings", "ProductArn"]),
    ("ResourceDetailsOther", Kind::Map, &["Resources", "Details", "Other"]),
    ("ResourceId", Kind::Text, &["Resources", "Id"]),
    ("ResourcePartition", Kind::Text, &["Resources", "Partition"]),
    ("ResourceRegion", Kind::Text, &["Resources", "Region"]),
    ("ResourceTags", Kind::Map, &["Resources", "Tags"]),
    ("ResourceType", Kind::Text, &["Resources", "Type"]),
    ("Sample", Kind::Flag, &["Sample"]),
    ("SeverityLabel", Kind::Text, &["Severity", "Label"]),
    ("SeverityNormalized", Kind::Number, &["Severity", "Normalized"]),
    ("SeverityProduct", Kind::Number, &["Severity", "Product"]),
    ("SourceUrl", Kind::Text, &["SourceUrl"]),
    ("ThreatIntelIndicatorCategory", Kind::Text, &["ThreatIntelIndicators", "Category"]),
    ("ThreatIntelIndicatorType", Kind::Text, &["ThreatIntelIndicators", "Type"]),
    ("ThreatIntelIndicatorValue", Kind::Text, &["ThreatIntelIndicators", "Value"]),
    ("Title", Kind::Text, &["Title"]),
    ("Type", Kind::Text, &["Types"]),
    ("UpdatedAt", Kind::Time, &["UpdatedAt"]),
    ("UserDefinedFields", Kind::Map, &["UserDefinedFields"]),
    ("VerificationState", Kind::Text, &["VerificationState"]),
    ("WorkflowState", Kind::Text, &["WorkflowState"]),
    ("WorkflowStatus", Kind::Text, &["Workflow", "Status"]),
];

impl Criterion {
    /// Reads a filter; `now` is what a range of days counts from. What is wrong is said in a sentence.
    pub(super) fn parse(name: &str, values: &Value, now: Timestamp) -> Result<Self, String> {
        let known = FILTERS.iter().find(|(known, ..)| *known == name);
        let (_, kind, path) = known.ok_or_else(|| format!("Filters.{name} is not a filter that the sandbox has"))?;
        let values = values.as_array().ok_or_else(|| format!("Filters.{name} must be a list"))?;
        if values.is_empty() || values.len() > MAX_CONDITIONS {
            return Err(format!("Filters.{name} must have between 1 and {MAX_CONDITIONS} conditions"));
        }
        let conditions = values.iter().map(|value| Condition::parse(*kind, value, now));
        let conditions: Option<Vec<_>> = conditions.collect();
        let conditions = conditions.ok_or_else(|| format!("Filters.{name} has a condition of another form"))?;
        if conditions.iter().any(Condition::equals) && conditions.iter().any(Condition::excludes) {
            return Err(format!("Filters.{name} has both EQUALS and a condition that excludes"));
        }
        Ok(Self { path, conditions })
    }

    /// The only account whose findings it lets through, if there is only one.
    pub(super) fn account(&self) -> Option<&str> {
        match (self.path, self.conditions.as_slice()) {
            (["AwsAccountId"], [condition]) => condition.only(),
            _ => None,
        }
    }

    /// Whether the filter lets a finding through.
    pub(super) fn takes(&self, finding: &Value) -> bool {
        let values = values_at(finding, self.path);
        let (excluding, asking): (Vec<_>, Vec<_>) = self.conditions.iter().partition(|condition| condition.excludes());
        excluding.iter().all(|condition| values.iter().all(|value| condition.holds(value)))
            && (asking.is_empty() || asking.iter().any(|condition| values.iter().any(|value| condition.holds(value))))
    }
}

/// What stands at a path, with lists laid open.
pub(super) fn values_at<'a>(value: &'a Value, path: &[&str]) -> Vec<&'a Value> {
    match (value, path) {
        (Value::Array(list), path) => list.iter().flat_map(|entry| values_at(entry, path)).collect(),
        (value, []) => vec![value],
        (value, [name, rest @ ..]) => value.get(name).map_or_else(Vec::new, |member| values_at(member, rest)),
    }
}
