//! The AWS Security Finding Format, as far as Security Hub refuses findings that break it.
//!
//! Attributes and limits: <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html> and
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html>. The messages read as
//! Security Hub's: it checks with a JSON schema and names the place as `data.…`.

use jiff::Timestamp;
use serde_json::Value;

/// Bytes of one finding, <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>.
pub(super) const MAX_FINDING_BYTES: usize = 240 * 1024;

const TOP_LEVEL: [&str; 45] = [
    "Action",
    "AwsAccountId",
    "AwsAccountName",
    "CompanyName",
    "Compliance",
    "Confidence",
    "CreatedAt",
    "Criticality",
    "Description",
    "Detection",
    "FindingProviderFields",
    "FirstObservedAt",
    "GeneratorDetails",
    "GeneratorId",
    "Id",
    "LastObservedAt",
    "Malware",
    "Network",
    "NetworkPath",
    "Note",
    "PatchSummary",
    "ProcessedAt",
    "Process",
    "ProductArn",
    "ProductFields",
    "ProductName",
    "RecordState",
    "Region",
    "RelatedFindings",
    "Remediation",
    "Resources",
    "Sample",
    "SchemaVersion",
    "Severity",
    "SourceUrl",
    "ThreatIntelIndicators",
    "Threats",
    "Title",
    "Types",
    "UpdatedAt",
    "UserDefinedFields",
    "VerificationState",
    "Vulnerabilities",
    "Workflow",
    "WorkflowState",
];

/// Required texts, with the most characters that each may have.
const TEXTS: [(&str, usize); 7] = [
    ("SchemaVersion", 10),
    ("Id", 512),
    ("ProductArn", 2048),
    ("GeneratorId", 512),
    ("AwsAccountId", 12),
    ("Title", 256),
    ("Description", 1024),
];

const LABELS: [&str; 5] = ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"];

const INDICATOR_TYPES: [&str; 11] = [
    "DOMAIN",
    "EMAIL_ADDRESS",
    "HASH_MD5",
    "HASH_SHA1",
    "HASH_SHA256",
    "HASH_SHA512",
    "IPV4_ADDRESS",
    "IPV6_ADDRESS",
    "MUTEX",
    "PROCESS",
    "URL",
];

/// Everything that is wrong with a finding, as places and rules; nothing, if it may be imported.
pub(super) fn problems(finding: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let Some(members) = finding.as_object() else {
        return vec!["data should be object".to_owned()];
    };
    problems.extend(
        members
            .keys()
            .filter(|name| !TOP_LEVEL.contains(&name.as_str()))
            .map(|name| format!("data should NOT have additional properties, '{name}'")),
    );
    for (name, max) in TEXTS {
        match members.get(name) {
            None => problems.push(format!("data should have required property '{name}'")),
            Some(value) => problems.extend(text(&format!("data.{name}"), value, max)),
        }
    }
    if members.get("SchemaVersion").is_some_and(|version| version != "2018-10-08") {
        problems.push("data.SchemaVersion should be equal to constant 2018-10-08".to_owned());
    }
    let digits = |account: &str| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if members.get("AwsAccountId").and_then(Value::as_str).is_some_and(|account| !digits(account)) {
        problems.push(r#"data.AwsAccountId should match pattern "^[0-9]{12}$""#.to_owned());
    }
    problems.extend(times(finding));
    problems.extend(resources(finding.get("Resources")));
    problems.extend(severity(finding));
    problems.extend(types(finding.get("Types")));
    problems.extend(indicators(finding.get("ThreatIntelIndicators")));
    problems.extend(fields("ProductFields", finding.get("ProductFields"), 2048));
    problems.extend(fields("UserDefinedFields", finding.get("UserDefinedFields"), 1024));
    problems
}

fn times(finding: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, required) in
        [("CreatedAt", true), ("UpdatedAt", true), ("FirstObservedAt", false), ("LastObservedAt", false)]
    {
        match finding.get(name) {
            None if required => problems.push(format!("data should have required property '{name}'")),
            None => {}
            Some(value) if value.as_str().and_then(time).is_some() => {}
            Some(_) => problems.push(format!("data.{name} should match format \"date-time\"")),
        }
    }
    problems
}

/// A time of the format: RFC 3339.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn resources(resources: Option<&Value>) -> Vec<String> {
    let Some(resources) = resources else {
        return vec!["data should have required property 'Resources'".to_owned()];
    };
    let Some(resources) = resources.as_array() else {
        return vec!["data.Resources should be array".to_owned()];
    };
    let mut problems = Vec::new();
    if resources.is_empty() {
        problems.push("data.Resources should NOT have fewer than 1 items".to_owned());
    } else if resources.len() > 32 {
        problems.push("data.Resources should NOT have more than 32 items".to_owned());
    }
    for (number, resource) in resources.iter().enumerate() {
        for (name, max) in [("Type", 256), ("Id", 512)] {
            match resource.get(name) {
                None => problems.push(format!("data.Resources[{number}] should have required property '{name}'")),
                Some(value) => problems.extend(text(&format!("data.Resources[{number}].{name}"), value, max)),
            }
        }
    }
    problems
}

fn severity(finding: &Value) -> Vec<String> {
    let of_provider = finding.get("FindingProviderFields").and_then(|fields| fields.get("Severity"));
    let Some(severity) = finding.get("Severity").or(of_provider) else {
        return vec![
            "data should have required property 'FindingProviderFields', data should match some schema in anyOf"
                .to_owned(),
        ];
    };
    let label = severity.get("Label");
    if label.is_some_and(|label| !label.as_str().is_some_and(|label| LABELS.contains(&label))) {
        return vec!["data.Severity.Label should be equal to one of the allowed values".to_owned()];
    }
    let normalized = severity.get("Normalized");
    if normalized.is_some_and(|number| !number.as_i64().is_some_and(|number| (0..=100).contains(&number))) {
        return vec!["data.Severity.Normalized should be between 0 and 100".to_owned()];
    }
    if label.is_none() && normalized.is_none() {
        return vec!["data.Severity should have required property 'Label'".to_owned()];
    }
    Vec::new()
}

fn types(types: Option<&Value>) -> Vec<String> {
    let Some(types) = types else { return Vec::new() };
    let Some(types) = types.as_array() else {
        return vec!["data.Types should be array".to_owned()];
    };
    if types.len() > 50 {
        return vec!["data.Types should NOT have more than 50 items".to_owned()];
    }
    let well_formed = |text: &str| text.split('/').count() <= 3 && text.split('/').all(|part| !part.is_empty());
    let wrong = types.iter().enumerate().filter(|(_, entry)| !entry.as_str().is_some_and(well_formed));
    wrong
        .map(|(number, _)| format!(r#"data.Types[{number}] should match pattern "^([^/]+)(/[^/]+){{0,2}}$""#))
        .collect()
}

fn indicators(indicators: Option<&Value>) -> Vec<String> {
    let Some(indicators) = indicators else {
        return Vec::new();
    };
    let Some(indicators) = indicators.as_array() else {
        return vec!["data.ThreatIntelIndicators should be array".to_owned()];
    };
    let mut problems = Vec::new();
    for (number, indicator) in indicators.iter().enumerate() {
        let place = format!("data.ThreatIntelIndicators[{number}]");
        if indicator.get("Type").is_some_and(|kind| !kind.as_str().is_some_and(|kind| INDICATOR_TYPES.contains(&kind)))
        {
            problems.push(format!("{place}.Type should be equal to one of the allowed values"));
        }
        if let Some(value) = indicator.get("Value") {
            problems.extend(text(&format!("{place}.Value"), value, 512));
        }
    }
    problems
}

/// A map from text to text, of at most 50 entries.
pub(super) fn fields(name: &str, fields: Option<&Value>, max: usize) -> Vec<String> {
    let Some(fields) = fields else { return Vec::new() };
    let Some(fields) = fields.as_object() else {
        return vec![format!("data.{name} should be object")];
    };
    let mut problems = Vec::new();
    if fields.len() > 50 {
        problems.push(format!("data.{name} should NOT have more than 50 properties"));
    }
    for (key, value) in fields {
        if key.is_empty() || key.chars().count() > 128 {
            problems.push(format!("data.{name} should NOT have property names longer than 128 characters"));
        }
        problems.extend(text(&format!("data.{name}['{key}']"), value, max));
    }
    problems
}

fn text(place: &str, value: &Value, max: usize) -> Option<String> {
    let Some(text) = value.as_str() else {
        return Some(format!("{place} should be string"));
    };
    if text.is_empty() {
        return Some(format!("{place} should NOT be shorter than 1 characters"));
    }
    (text.chars().count() > max).then(|| format!("{place} should NOT be longer than {max} characters"))
}
