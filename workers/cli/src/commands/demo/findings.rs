//! What the demo is about: a detection in Falcon's event stream and four findings, each with what must become of it.

use serde_json::Value;

use crate::failure::CommandFailure;

/// A finding and what must become of it.
#[derive(Debug)]
pub(super) struct Story {
    /// Who says what, for a person.
    pub(super) title: &'static str,
    /// The finding's id.
    pub(super) id: String,
    /// How it comes in.
    pub(super) arrival: Arrival,
    /// What must be blocked.
    pub(super) blocked: &'static [&'static str],
    /// What must stay out of the rules.
    pub(super) kept_out: &'static [&'static str],
}

/// How a finding comes in.
#[derive(Debug)]
pub(super) enum Arrival {
    /// As a detection in Falcon's event stream, of a host that Falcon knows; the gateway makes the finding.
    Streamed {
        /// The line of the stream, without its offset.
        event: Value,
        /// What Falcon knows of the host.
        host: Value,
    },
    /// In ASFF, from its product; its import starts the runbook.
    Imported(Value),
    /// The same, and a person chooses it with the custom action.
    Chosen(Value),
}

macro_rules! json_of {
    ($name:literal) => {
        read($name, include_str!(concat!("findings/", $name, ".json")))?
    };
}

/// Falcon's own way: what it detects.
pub(super) fn detection() -> Result<Story, CommandFailure> {
    let mut detection = json_of!("falcon-detection");
    let (event, host) = (detection["event"].take(), detection["host"].take());
    let composite_id = event["event"]["CompositeId"].as_str().unwrap_or_default();
    Ok(Story {
        title: "CrowdStrike Falcon detects in its event stream that a host looked up domains of an adversary (one of the three is your sign-in page)",
        id: format!("crowdstrike:crowdstrike-falcon:{composite_id}"),
        arrival: Arrival::Streamed { event, host },
        blocked: &["updates.evil.example", "cdn.evil.example"],
        kept_out: &["login.microsoftonline.com", "10.0.0.2"],
    })
}

/// The findings of others, in the order in which they are told.
pub(super) fn stories() -> Result<Vec<Story>, CommandFailure> {
    let story = |title, arrives: fn(Value) -> Arrival, finding: Value, blocked, kept_out| {
        let id = finding["Id"].as_str().unwrap_or_default().to_owned();
        Story { title, id, arrival: arrives(finding), blocked, kept_out }
    };
    Ok(vec![
        story(
            "GuardDuty: a host talks to a command and control server, and the connection is open",
            Arrival::Imported,
            json_of!("guardduty-connection"),
            &["198.51.100.7"],
            &[],
        ),
        story(
            "GuardDuty, in its other shape: a generated domain name",
            Arrival::Imported,
            json_of!("guardduty-dns"),
            &["dga-7f3a.example"],
            &[],
        ),
        story(
            "The threat desk's own finding: a person chose it with the action 'Falconer: block'",
            Arrival::Chosen,
            json_of!("intelligence"),
            &["2001:db8:bad::7", "203.0.113.9"],
            &[],
        ),
        story(
            "A hostile finding: its indicator is written to become a rule",
            Arrival::Imported,
            json_of!("hostile"),
            &[],
            &["drop ip any any -> any any"],
        ),
    ])
}

fn read(name: &str, text: &str) -> Result<Value, CommandFailure> {
    serde_json::from_str(text).map_err(|error| CommandFailure::usage(name, error.to_string()))
}
