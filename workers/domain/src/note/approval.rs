//! What people are sent when something waits for them: the reason, and the exact way to approve it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::readable;
use crate::finding::FindingSummary;
use crate::indicator::Indicator;

/// Findings that one message spells out. The others are counted: their notes say the same.
const MOST_FINDINGS: usize = 20;

/// A message for the notification topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// Below the 100 characters that SNS allows, on one line
    /// (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
    pub subject: String,
    /// Plain text.
    pub message: String,
}

/// Indicators of one finding that are not blocked until a person says so.
#[derive(Clone, Debug)]
pub struct Approval<'a> {
    /// The finding.
    pub finding: &'a FindingSummary,
    /// Why, as sentences.
    pub sentences: BTreeSet<&'a str>,
    /// What would be blocked.
    pub indicators: Vec<&'a Indicator>,
}

impl Notification {
    /// Asks for these approvals; `None` if there are none.
    ///
    /// Its commands are made of parsed indicators and of the finding's hash, and never of a finding's text, so that nobody
    /// pastes what an attacker wrote into a shell.
    pub fn asking(approvals: &[Approval<'_>], execution: &str) -> Option<Self> {
        let findings = match approvals.len() {
            0 => return None,
            1 => "a finding waits".to_owned(),
            count => format!("{count} findings wait"),
        };
        let mut message =
            format!("Falconer: {findings} for a person, and is not blocked until somebody approves it.\n");
        for approval in approvals.iter().take(MOST_FINDINGS) {
            message.push_str(&paragraph(approval));
        }
        if let Some(others @ 1..) = approvals.len().checked_sub(MOST_FINDINGS) {
            message.push_str(&format!("\n{others} more findings wait: their notes in Security Hub say why.\n"));
        }
        message.push_str(&format!("\nExecution: {execution}\n"));
        Some(Self { subject: format!("Falconer: {findings} for a person"), message })
    }
}

fn paragraph(approval: &Approval<'_>) -> String {
    let Approval { finding, sentences, indicators } = approval;
    let account = finding.account_id.map(|account| format!(", account {account}")).unwrap_or_default();
    let severity = finding.severity.map(|severity| format!(", severity {}", severity.label())).unwrap_or_default();
    let mut text =
        format!("\nFinding {}\n  of {}{account}{severity}\n", readable(&finding.id), readable(&finding.product_arn));
    sentences.iter().for_each(|sentence| text.push_str(&format!("  {sentence}\n")));
    let indicators: Vec<String> = indicators.iter().map(ToString::to_string).collect();
    if !indicators.is_empty() {
        let (listed, reference) = (indicators.join(" "), finding.reference());
        text.push_str(&format!(
            "  Approve it in Security Hub with the custom action \"Falconer: block\", or with\n    \
             falconer blocks add {listed} --reason 'finding {reference}'\n"
        ));
    }
    text
}
