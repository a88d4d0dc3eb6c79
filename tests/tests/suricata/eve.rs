//! What the engine writes of what it did (<https://docs.suricata.io/en/suricata-7.0.11/output/eve/eve-json-format.html>).

use serde_json::Value;

/// One line of `eve.json`.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Which packet of the capture it is about, from 1.
    pub(crate) packet: usize,
    pub(crate) event: Event,
}

#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A rule was met.
    Alert(Box<Alert>),
    /// The packet goes no further.
    Drop,
}

/// The record that goes to the firewall's alert log.
#[derive(Clone, Debug)]
pub(crate) struct Alert {
    pub(crate) sid: u32,
    /// Whether it says that the traffic was blocked, rather than allowed.
    pub(crate) is_blocked: bool,
    /// What stood in the rule's `metadata`: a list of values for each key.
    pub(crate) metadata: Value,
    /// All of the record, as the engine writes it.
    pub(crate) record: Value,
}

/// Reads a whole file. A record without a packet would be one that came too late for its packet: it ends the test.
pub(crate) fn read(lines: &str) -> Vec<Record> {
    lines.lines().map(|line| record(&serde_json::from_str(line).unwrap())).collect()
}

fn record(record: &Value) -> Record {
    let packet = record["pcap_cnt"].as_u64().and_then(|packet| usize::try_from(packet).ok());
    let event = match record["event_type"].as_str() {
        Some("alert") => Event::Alert(Box::new(alert(record))),
        Some("drop") => Event::Drop,
        _ => panic!("an event that nobody asked for: {record}"),
    };
    Record { packet: packet.unwrap_or_else(|| panic!("of no packet: {record}")), event }
}

fn alert(record: &Value) -> Alert {
    let alert = &record["alert"];
    let is_blocked = match alert["action"].as_str() {
        Some("blocked") => true,
        Some("allowed") => false,
        _ => panic!("neither blocked nor allowed: {alert}"),
    };
    let sid = alert["signature_id"].as_u64().and_then(|sid| u32::try_from(sid).ok()).unwrap();
    Alert { sid, is_blocked, metadata: alert["metadata"].clone(), record: record.clone() }
}
