//! A finding as Security Hub holds it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// What tells one finding from another, within an account and region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) product: String,
    pub(super) id: String,
}

/// A finding, and which of its attributes the customer has taken over from the provider.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) finding: Value,
    pub(super) customers: BTreeSet<String>,
}

/// A finding's severity as a number for each label,
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html>.
const SEVERITIES: [(&str, i64); 5] = [("INFORMATIONAL", 0), ("LOW", 1), ("MEDIUM", 40), ("HIGH", 70), ("CRITICAL", 90)];

impl Key {
    /// The account and the region that it is of.
    pub(super) fn place(&self) -> (&str, &str) {
        (&self.account, &self.region)
    }

    /// Comes before every key of an account and region.
    pub(super) fn first((account, region): (&str, &str)) -> Self {
        let [account, region] = [account, region].map(str::to_owned);
        Self { account, region, product: String::new(), id: String::new() }
    }

    /// The key of a finding that has passed the format's check.
    pub(super) fn of(finding: &Value, region: &str) -> Self {
        let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { account: text("AwsAccountId"), region: region.to_owned(), product: text("ProductArn"), id: text("Id") }
    }
}

/// Adds what Security Hub knows by itself to a finding that was sent.
pub(super) fn complete(finding: &mut Value, region: &str, processed_at: &str) {
    let Some(members) = finding.as_object_mut() else { return };
    let text = |members: &Map<String, Value>, name: &str| {
        members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let (product, id) = (text(members, "ProductArn"), text(members, "Id"));
    let (company, name) = names(&product);
    members.insert("Region".to_owned(), region.into());
    members.insert("ProcessedAt".to_owned(), processed_at.into());
    members.entry("CompanyName").or_insert_with(|| company.into());
    members.entry("ProductName").or_insert_with(|| name.into());
    members.entry("RecordState").or_insert_with(|| "ACTIVE".into());
    members.entry("Workflow").or_insert_with(|| json!({ "Status": "NEW" }));
    members.entry("WorkflowState").or_insert_with(|| "NEW".into());
    adopt_provider_fields(members);
    if let Some(severity) = members.get_mut("Severity") {
        complete_severity(severity);
    }
    let (company, name) = (text(members, "CompanyName"), text(members, "ProductName"));
    let product_fields = members.entry("ProductFields").or_insert_with(|| json!({}));
    product_fields["aws/securityhub/FindingId"] = format!("{product}/{id}").into();
    product_fields["aws/securityhub/ProductName"] = name.into();
    product_fields["aws/securityhub/CompanyName"] = company.into();
}

/// Severity and Types are the provider's opinion first: kept as such in FindingProviderFields, and taken from there.
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html>
fn adopt_provider_fields(members: &mut Map<String, Value>) {
    for name in ["Severity", "Types", "Confidence", "Criticality", "RelatedFindings"] {
        let of_provider = members.get("FindingProviderFields").and_then(|fields| fields.get(name)).cloned();
        match (of_provider, members.get(name).cloned()) {
            (Some(value), None) => {
                members.insert(name.to_owned(), value);
            }
            (None, Some(value)) => {
                members.entry("FindingProviderFields").or_insert_with(|| json!({}))[name] = value;
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

/// Adds to a severity the one of Label and Normalized that follows from the other; both stand as they were sent.
pub(super) fn complete_severity(severity: &mut Value) {
    let label = severity.get("Label").and_then(Value::as_str).map(str::to_owned);
    let normalized = severity.get("Normalized").and_then(Value::as_i64);
    match (label, normalized) {
        (Some(label), None) => {
            if let Some((_, number)) = SEVERITIES.iter().find(|(known, _)| *known == label) {
                severity["Normalized"] = (*number).into();
            }
        }
        (None, Some(number)) => {
            let known = SEVERITIES.iter().rev().find(|(_, from)| number >= *from);
            severity["Label"] = known.map_or("INFORMATIONAL", |(label, _)| label).into();
        }
        _ => {}
    }
}

/// Company and product of a product ARN: `…:product/<company>/<product>`, or an account's own `default`.
fn names(product: &str) -> (&'static str, &'static str) {
    let path = product.split(":product/").nth(1).unwrap_or_default();
    match path {
        "crowdstrike/crowdstrike-falcon" => ("CrowdStrike", "CrowdStrike Falcon"),
        "aws/guardduty" => ("Amazon", "GuardDuty"),
        "aws/inspector" => ("Amazon", "Inspector"),
        "aws/securityhub" => ("AWS", "Security Hub"),
        _ if path.ends_with("/default") => ("Personal", "Default"),
        _ => ("Other", "Other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_gets_what_security_hub_adds() {
        let mut finding = json!({
            "Id": "f1",
            "ProductArn": "arn:aws:securityhub:us-east-1:517716713836:product/crowdstrike/crowdstrike-falcon",
            "Severity": {"Label": "HIGH"},
            "Types": ["Namespace: TTPs"],
        });
        complete(&mut finding, "us-east-1", "2024-01-01T00:00:00Z");
        assert_eq!(finding["Workflow"]["Status"], "NEW");
        assert_eq!(finding["Severity"]["Normalized"], 70);
        assert_eq!(finding["FindingProviderFields"]["Types"][0], "Namespace: TTPs");
        assert_eq!(finding["ProductFields"]["aws/securityhub/ProductName"], "CrowdStrike Falcon");
    }

    #[test]
    fn a_severity_in_numbers_gets_its_label() {
        for (number, label) in [(0, "INFORMATIONAL"), (39, "LOW"), (40, "MEDIUM"), (89, "HIGH"), (100, "CRITICAL")] {
            let mut severity = json!({"Normalized": number});
            complete_severity(&mut severity);
            assert_eq!(severity["Label"], label, "{number}");
        }
    }
}
