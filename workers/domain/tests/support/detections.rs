//! What the tests of detections read and import.

use falconer_domain::detection::{Event, Host, finding};
use falconer_domain::place::Place;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const DETECTION: &str = include_str!("../fixtures/detection/detection.json");
pub(crate) const EPP: &str = include_str!("../fixtures/detection/epp.json");

pub(crate) fn place(account: &str, region: &str) -> Place {
    Place { account: account.parse().unwrap(), region: region.parse().unwrap() }
}

pub(crate) fn hub() -> Place {
    place("111122223333", "us-east-1")
}

/// Half a minute after ten.
pub(crate) fn now() -> Timestamp {
    super::time("2026-01-15T10:00:30Z")
}

pub(crate) fn instance() -> Host {
    Host {
        provider: Some("AWS_EC2_V2".into()),
        account: Some("444455556666".into()),
        zone: Some("us-west-2b".into()),
        instance: Some("i-0f1a2b3c4d5e6f701".into()),
        ..Host::default()
    }
}

/// The event of a fixture with other members; `null` takes one out.
pub(crate) fn changed(event: &str, members: Value) -> String {
    let mut event: Value = serde_json::from_str(event).unwrap();
    let standing = event["event"].as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            standing.remove(name)
        } else {
            standing.insert(name.clone(), value.clone())
        };
    }
    event.to_string()
}

/// An event of this type with nothing but these members.
pub(crate) fn bare(event_type: &str, members: Value) -> String {
    let metadata = json!({ "offset": 7, "eventType": event_type, "eventCreationTime": 1_768_471_200_000_u64 });
    json!({ "metadata": metadata, "event": members }).to_string()
}

/// The finding of an event, imported into the hub, as Security Hub gets it.
pub(crate) fn found(line: &str, host: Option<&Host>) -> Value {
    found_at(line, host, &hub())
}

pub(crate) fn found_at(line: &str, host: Option<&Host>, at: &Place) -> Value {
    let event = Event::read(line.as_bytes()).unwrap();
    serde_json::to_value(finding(&event, host, at, now())).unwrap()
}

/// One of a finding's `ProductFields`; `Null` if it is not there.
pub(crate) fn field(finding: &Value, name: &str) -> Value {
    finding["ProductFields"][format!("crowdstrike/crowdstrike-falcon/{name}")].clone()
}
