//! A record of the Kinesis stream, as a pipe hands it on.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html>.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::batch::MAX_INPUT;
use crate::organization::Organization;

const STREAM: &str = "stream/falconer-alerts";
/// The stream has one shard, so that everything stays in order.
const SHARD: &str = "shardId-000000000000";
/// Of which CloudWatch Logs documents nothing.
const PARTITION_KEY: &str = "falconer-alerts";
const ROLE: &str = "role/falconer-pipes";

/// The record as JSON text.
#[derive(Clone, Debug)]
pub(super) struct Record(String);

impl Record {
    /// A message of CloudWatch Logs, compressed, under this number.
    ///
    /// # Errors
    /// A sentence if a state machine could not take it.
    pub(super) fn of(
        message: &Value,
        organization: &Organization,
        now: Timestamp,
        number: u64,
    ) -> Result<Self, String> {
        let Organization { region, hub, .. } = organization;
        let data = compressed(message).map_err(|error| format!("a message could not be compressed: {error}"))?;
        let sequence = format!("4{number:055}");
        let record = json!({
            "kinesisSchemaVersion": "1.0",
            "partitionKey": PARTITION_KEY,
            "sequenceNumber": sequence,
            "data": STANDARD.encode(data),
            "approximateArrivalTimestamp": now.as_millisecond() as f64 / 1000.0,
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("{SHARD}:{sequence}"),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": organization.arn("iam", "", hub, ROLE),
            "awsRegion": region,
            "eventSourceARN": organization.arn("kinesis", region, hub, STREAM),
        });
        let text = record.to_string();
        if text.len() + 2 > MAX_INPUT {
            let size = text.len();
            return Err(format!(
                "a record of {size} bytes is more than a state machine takes: log fewer lines per message"
            ));
        }
        Ok(Self(text))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

fn compressed(message: &Value) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(message.to_string().as_bytes())?;
    encoder.finish()
}
