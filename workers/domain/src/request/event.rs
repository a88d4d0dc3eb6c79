//! Events of Security Hub, as EventBridge delivers them
//! (<https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html>).

use std::collections::HashSet;

use serde_json::Value;

use super::{InvalidRequest, Origin, Request};
use crate::extract;
use crate::finding::Finding;

const SOURCE: &str = "aws.securityhub";
const IMPORTED: &str = "Security Hub Findings - Imported";
/// Its findings are in OCSF: <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html>.
const IMPORTED_V2: &str = "Findings Imported V2";
const CUSTOM_ACTION: &str = "Security Hub Findings - Custom Action";

/// As many findings as one BatchUpdateFindings can annotate
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html>). Security Hub sends one to
/// twenty.
const MAX_FINDINGS: usize = 100;

pub(super) fn read(event: &Value) -> Result<Request, InvalidRequest> {
    let (origin, findings) = opened(event)?;
    let extraction = extract::candidates(&findings)?;
    Ok(Request {
        origin,
        findings: findings.into_iter().map(|finding| finding.summary).collect(),
        candidates: extraction.candidates,
        remarks: extraction.remarks,
        remarks_left_out: extraction.remarks_left_out,
        lookups: extraction.lookups,
        reason: None,
        ttl: None,
        mode: None,
        dry_run: false,
    })
}

/// What started the event, and its findings, each once.
pub(crate) fn opened(event: &Value) -> Result<(Origin, Vec<Finding>), InvalidRequest> {
    if event["source"] != SOURCE {
        return Err(InvalidRequest::field("source", format!("only events of `{SOURCE}` are understood")));
    }
    Ok((origin(event)?, findings(&event["detail"]["findings"])?))
}

fn origin(event: &Value) -> Result<Origin, InvalidRequest> {
    match event["detail-type"].as_str() {
        Some(IMPORTED | IMPORTED_V2) => Ok(Origin::Imported),
        Some(CUSTOM_ACTION) => {
            // The name of an action can be given to any other: only the ARN says which one it was.
            let arn = event["resources"][0].as_str().filter(|arn| arn.contains(":action/custom/"));
            let arn = arn.ok_or_else(|| InvalidRequest::field("resources[0]", "it must be the custom action's ARN"))?;
            Ok(Origin::CustomAction { arn: arn.to_owned() })
        }
        _ => {
            let problem = format!("it must be `{IMPORTED}`, `{IMPORTED_V2}` or `{CUSTOM_ACTION}`");
            Err(InvalidRequest::field("detail-type", problem))
        }
    }
}

/// All findings, each once: an event that names one twice must not annotate it twice.
fn findings(findings: &Value) -> Result<Vec<Finding>, InvalidRequest> {
    let findings = findings.as_array().filter(|findings| !findings.is_empty());
    let findings = findings
        .ok_or_else(|| InvalidRequest::field("detail.findings", "it must be a list of at least one finding"))?;
    if findings.len() > MAX_FINDINGS {
        return Err(InvalidRequest::TooManyFindings { count: findings.len(), limit: MAX_FINDINGS });
    }
    let mut seen = HashSet::new();
    let mut read = Vec::with_capacity(findings.len());
    for (index, finding) in findings.iter().enumerate() {
        let finding = Finding::read(finding, &format!("detail.findings[{index}]"))?;
        if seen.insert((finding.summary.id.clone(), finding.summary.product_arn.clone())) {
            read.push(finding);
        }
    }
    Ok(read)
}
