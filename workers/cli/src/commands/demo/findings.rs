//! The findings of the demo, each with what must become of it.

use serde_json::Value;

use crate::failure::CommandFailure;

/// A finding and what must become of it.
#[derive(Debug)]
pub(super) struct Story {
    /// Who says what, for a person.
    pub(super) title: &'static str,
    /// The finding, in ASFF.
    pub(super) finding: Value,
    /// Whether a person chooses it with the custom action; otherwise its import starts the runbook.
    pub(super) chosen: bool,
    /// What must be blocked.
    pub(super) blocked: &'static [&'static str],
    /// What must stay out of the rules.
    pub(super) kept_out: &'static [&'static str],
}

impl Story {
    pub(super) fn id(&self) -> &str {
        self.finding["Id"].as_str().unwrap_or_default()
    }

    pub(super) fn product_arn(&self) -> &str {
        self.finding["ProductArn"].as_str().unwrap_or_default()
    }
}

macro_rules! finding {
    ($name:literal) => {
        read($name, include_str!(concat!("findings/", $name, ".json")))?
    };
}

/// All of them, in the order in which they are told.
pub(super) fn stories() -> Result<Vec<Story>, CommandFailure> {
    Ok(vec![
        Story {
            title: "CrowdStrike Falcon: a host looked up domains of an adversary (one of the three is your sign-in page)",
            finding: finding!("falcon-domains"),
            chosen: false,
            blocked: &["updates.evil.example", "cdn.evil.example"],
            kept_out: &["login.microsoftonline.com", "10.0.0.2"],
        },
        Story {
            title: "GuardDuty: a host talks to a command and control server, and the connection is open",
            finding: finding!("guardduty-connection"),
            chosen: false,
            blocked: &["198.51.100.7"],
            kept_out: &[],
        },
        Story {
            title: "GuardDuty, in its other shape: a generated domain name",
            finding: finding!("guardduty-dns"),
            chosen: false,
            blocked: &["dga-7f3a.example"],
            kept_out: &[],
        },
        Story {
            title: "The threat desk's own finding: a person chose it with the action 'Falconer: block'",
            finding: finding!("intelligence"),
            chosen: true,
            blocked: &["2001:db8:bad::7", "203.0.113.9"],
            kept_out: &[],
        },
        Story {
            title: "A hostile finding: its indicator is written to become a rule",
            finding: finding!("hostile"),
            chosen: false,
            blocked: &[],
            kept_out: &["drop ip any any -> any any"],
        },
    ])
}

fn read(name: &str, text: &str) -> Result<Value, CommandFailure> {
    serde_json::from_str(text).map_err(|error| CommandFailure::usage(name, error.to_string()))
}
