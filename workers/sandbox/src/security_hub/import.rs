//! BatchImportFindings: what a provider sends.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::finding::{Key, Record, complete};
use super::format::{MAX_FINDING_BYTES, problems, time};
use super::{SecurityHub, State, given, invalid};
use crate::wire::{Answer, Call, Caller};

/// Findings of one call.
const MAX_FINDINGS: usize = 100;
/// Bytes of one call.
const MAX_BYTES: usize = 6 * 1024 * 1024;

/// After its creation a finding's provider does not change these.
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html>
const OF_CUSTOMERS: [&str; 5] = ["Note", "UserDefinedFields", "VerificationState", "Workflow", "WorkflowState"];
/// These only as long as no customer has changed them.
const SHARED: [&str; 5] = ["Confidence", "Criticality", "RelatedFindings", "Severity", "Types"];

/// The partner's product under which every account may import its own findings. The account that AWS has allow-listed to import
/// for others is the partner's own, and that one is not part of the sandbox.
const PARTNER: &str = ":product/crowdstrike/crowdstrike-falcon";

impl SecurityHub {
    pub(super) fn import(&self, state: &mut State, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Input {
            findings: Option<Vec<Value>>,
        }
        let input: Input = call.input()?;
        let findings = given("Findings", input.findings)?;
        if findings.is_empty() || findings.len() > MAX_FINDINGS {
            return Err(invalid(format!("Findings must have between 1 and {MAX_FINDINGS} entries")));
        }
        if findings.iter().map(size).sum::<usize>() > MAX_BYTES {
            return Err(invalid("The request is larger than 6 MB"));
        }
        let mut failed = Vec::new();
        let mut succeeded = 0;
        for finding in findings {
            match self.refusal(&finding, &call.caller) {
                Some(problem) => failed.push(json!({
                    "Id": finding.get("Id").and_then(Value::as_str).unwrap_or("unknown"),
                    "ErrorCode": "InvalidInput",
                    "ErrorMessage": problem,
                })),
                None => {
                    self.take(state, finding, &call.caller.region);
                    succeeded += 1;
                }
            }
        }
        Ok(json!({ "FailedCount": failed.len(), "SuccessCount": succeeded, "FailedFindings": failed }))
    }

    /// A finding that AWS itself sends: of any product, about any account of the organization. With a `class_uid` it is in
    /// OCSF, else in the AWS Security Finding Format.
    ///
    /// # Errors
    /// What is wrong with the finding, as a sentence.
    pub(crate) fn receive(&self, finding: Value) -> Result<(), String> {
        if finding.get("class_uid").is_some() {
            return self.receive_ocsf(finding);
        }
        if let Some(problem) = malformed(&finding) {
            return Err(problem);
        }
        let account = finding["AwsAccountId"].as_str().unwrap_or_default();
        if !self.organization.holds(account) {
            return Err(format!("account {account} is not of the organization"));
        }
        let region = self.organization.region.clone();
        self.locked(|state| self.take(state, finding, &region));
        Ok(())
    }

    /// Why the caller may not import a finding.
    fn refusal(&self, finding: &Value, caller: &Caller) -> Option<String> {
        if let Some(problem) = malformed(finding) {
            return Some(problem);
        }
        let product = finding["ProductArn"].as_str().unwrap_or_default();
        let account = finding["AwsAccountId"].as_str().unwrap_or_default();
        let own = self.organization.arn(
            "securityhub",
            &caller.region,
            &caller.account,
            &format!("product/{}/default", caller.account),
        );
        let of_region = format!("arn:{}:securityhub:{}:", self.organization.partition, caller.region);
        let of_partner = product.starts_with(&of_region) && product.ends_with(PARTNER);
        if product != own && !of_partner {
            return Some(format!("Account {} may not import findings of {product}", caller.account));
        }
        (account != caller.account)
            .then(|| format!("AwsAccountId {account} does not match the calling account {}", caller.account))
    }

    /// Creates the finding, or updates it if it is newer than what is there; either emits an event.
    fn take(&self, state: &mut State, mut finding: Value, region: &str) {
        let key = Key::of(&finding, region);
        let now = format!("{:.3}", self.clock.now());
        let known = state.findings.get(&key);
        if known.is_some_and(|known| !is_newer(&finding, &known.finding)) {
            return;
        }
        if let Some(known) = known {
            keep_customers_part(&mut finding, known);
        }
        complete(&mut finding, region, &now);
        let customers = known.map_or_else(BTreeSet::new, |known| known.customers.clone());
        self.emit_imported(&finding);
        state.findings.insert(key, Record { finding, customers });
    }
}

fn malformed(finding: &Value) -> Option<String> {
    if size(finding) > MAX_FINDING_BYTES {
        return Some("Finding size exceeded 240 KB".to_owned());
    }
    let problems = problems(finding);
    (!problems.is_empty())
        .then(|| format!("Finding does not adhere to Amazon Finding Format. {}.", problems.join(", ")))
}

fn size(finding: &Value) -> usize {
    finding.to_string().len()
}

fn is_newer(sent: &Value, known: &Value) -> bool {
    let updated = |finding: &Value| finding.get("UpdatedAt").and_then(Value::as_str).and_then(time);
    updated(sent) > updated(known)
}

fn keep_customers_part(sent: &mut Value, known: &Record) {
    let (Some(sent), Some(before)) = (sent.as_object_mut(), known.finding.as_object()) else {
        return;
    };
    let reopened = before.get("RecordState").is_some_and(|state| state == "ARCHIVED")
        && sent.get("RecordState").is_none_or(|state| state == "ACTIVE");
    let taken_over = SHARED.into_iter().filter(|name| known.customers.contains(*name));
    for name in OF_CUSTOMERS.into_iter().chain(taken_over) {
        match before.get(name) {
            Some(value) => sent.insert(name.to_owned(), value.clone()),
            None => sent.shift_remove(name),
        };
    }
    // <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Workflow.html>
    let done = sent
        .get("Workflow")
        .is_some_and(|workflow| workflow["Status"] == "NOTIFIED" || workflow["Status"] == "RESOLVED");
    if reopened && done {
        sent.insert("Workflow".to_owned(), json!({ "Status": "NEW" }));
        sent.insert("WorkflowState".to_owned(), "NEW".into());
    }
}
