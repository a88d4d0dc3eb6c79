//! The firewall's alert log, as a pipe hands it on and as it is.
#![allow(dead_code, reason = "each test uses some of it")]

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use falconer_domain::hits::{AlertLog, Hit, Met, Signatures};
use falconer_domain::hunt::HuntGroup;
use falconer_domain::ledger::{Ledger, SidRange};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// A record of the log: a client asks a server for something, and meets the rule.
pub(crate) fn record(sid: u32, client: &str, server: &str) -> Value {
    json!({
        "firewall_name": "egress",
        "availability_zone": "us-east-1a",
        "event_timestamp": "1768471260",
        "event": {
            "timestamp": "2026-01-15T10:00:59.250000+0000",
            "flow_id": 1,
            "event_type": "alert",
            "src_ip": client,
            "src_port": 40_001,
            "dest_ip": server,
            "dest_port": 443,
            "proto": "TCP",
            "direction": "to_server",
            "alert": {"action": "allowed", "gid": 1, "signature_id": sid, "rev": 2, "signature": "", "category": "", "severity": 3}
        }
    })
}

/// The record with another value in it.
pub(crate) fn with(mut record: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[name] = value;
    record
}

/// What CloudWatch Logs writes into Kinesis of these records.
pub(crate) fn subscription(records: &[Value]) -> Value {
    let event = |(number, record): (usize, &Value)| json!({"id": number.to_string(), "timestamp": 0, "message": record.to_string()});
    json!({
        "messageType": "DATA_MESSAGE",
        "owner": "111122223333",
        "logGroup": "/falconer/alerts",
        "logStream": "egress",
        "subscriptionFilters": ["falconer"],
        "logEvents": records.iter().enumerate().map(event).collect::<Vec<_>>(),
    })
}

pub(crate) fn gzip(content: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

/// A record of Kinesis as a pipe hands it on.
pub(crate) fn packed(data: &str) -> Value {
    json!({"kinesisSchemaVersion": "1.0", "partitionKey": "1", "sequenceNumber": "1", "data": data, "eventSource": "aws:kinesis"})
}

/// What a pipe hands on of these records, in one record of Kinesis.
pub(crate) fn piped(records: &[Value]) -> Value {
    json!([packed(&gzip(subscription(records).to_string().as_bytes()))])
}

/// What is met by an input, with these texts of the rule groups.
pub(crate) fn meet(blocks: &str, hunts: &str, input: &Value) -> Met {
    let ledger = Ledger::read([("falconer-block", blocks)]);
    let signatures = Signatures::of(&ledger, &HuntGroup::read(hunts), SidRange::BLOCKS, SidRange::HUNTS);
    signatures.meet(&AlertLog::read(input).unwrap())
}

/// The one hit of records.
pub(crate) fn one_hit(blocks: &str, hunts: &str, records: &[Value]) -> Hit {
    let mut met = meet(blocks, hunts, &piped(records));
    assert_eq!(met.hits.len(), 1, "{met:?}");
    met.hits.remove(0)
}
