//! What a pipe hands on of the firewall's alert log, or what a person wrote: alerts, bounded whatever comes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::alert::{Alert, NoAlert};
use super::gunzip::{Packed, unpack};
use super::tally::DeliveryRef;

/// How far the records of one input are unpacked, all of them together. An input of Step Functions holds 256 KiB
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>), and the alert log shrinks to a tenth or a
/// twentieth of its length: what unpacks to more than this is no log.
const MOST_BYTES: usize = 16 << 20;

/// The alerts of one input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlertLog {
    /// What came as one, each with its alerts.
    pub deliveries: Vec<Delivery>,
    /// What could not be read.
    pub left_out: LeftOut,
}

/// What is delivered as a whole, once or again: one record of Kinesis, or all records that a person wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What it is known by when it comes again.
    pub reference: DeliveryRef,
    /// Its alerts.
    pub alerts: Vec<Alert>,
}

/// How much of an input is no alert, by the reason. None of it keeps the rest from being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Records of Kinesis that are no gzip in base64.
    pub packed_wrongly: usize,
    /// Records of Kinesis that unpack to more than a log holds.
    pub too_large: usize,
    /// Records of Kinesis that CloudWatch Logs did not write.
    pub no_log: usize,
    /// Records of Kinesis with the content of an earlier one of the same input.
    pub repeated: usize,
    /// Messages by which CloudWatch Logs tries the way.
    pub control_messages: usize,
    /// Records of the log that are not as the firewall writes them.
    pub malformed: usize,
    /// Records of the log that tell something else, such as the errors of TLS inspection.
    pub other_events: usize,
}

/// An input is no alert log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the input is neither the records of Kinesis that a pipe hands on (a list of objects with `data`) nor records of a \
     firewall's alert log (an object with the list `records`): start the execution with one of them"
)]
pub struct NoAlertLog;

/// What CloudWatch Logs writes into a record of Kinesis
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    message_type: String,
    #[serde(default)]
    log_events: Vec<LogEvent>,
}

#[derive(Deserialize)]
struct LogEvent {
    message: String,
}

impl AlertLog {
    /// Reads an input: what a pipe hands on
    /// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-kinesis.html>), or `{"records": [...]}` with
    /// records of the log as they are.
    ///
    /// # Errors
    /// If it is neither.
    pub fn read(input: &Value) -> Result<Self, NoAlertLog> {
        let mut log = Self::default();
        if let Some(records) = input.as_array() {
            let mut room = MOST_BYTES;
            records.iter().for_each(|record| log.take_packed(record, &mut room));
            return Ok(log);
        }
        let records = input.get("records").and_then(Value::as_array).ok_or(NoAlertLog)?;
        let reference = DeliveryRef::of(input["records"].to_string().as_bytes());
        let alerts = records.iter().filter_map(|record| log.left_out.alert(record)).collect();
        log.deliveries.push(Delivery { reference, alerts });
        Ok(log)
    }

    fn take_packed(&mut self, record: &Value, room: &mut usize) {
        let left_out = &mut self.left_out;
        let data = record.get("data").and_then(Value::as_str).unwrap_or_default();
        let bytes = match unpack(data, *room) {
            Ok(bytes) => bytes,
            Err(Packed::Wrongly) => return left_out.packed_wrongly += 1,
            Err(Packed::TooMuch) => return left_out.too_large += 1,
        };
        *room -= bytes.len();
        let Ok(Subscription { message_type, log_events }) = serde_json::from_slice(&bytes) else {
            return left_out.no_log += 1;
        };
        match message_type.as_str() {
            "DATA_MESSAGE" => {}
            "CONTROL_MESSAGE" => return left_out.control_messages += 1,
            _ => return left_out.no_log += 1,
        }
        // Of the content, and not the record's number: a writer that tries again writes it under another number.
        let reference = DeliveryRef::of(&bytes);
        if self.deliveries.iter().any(|delivery| delivery.reference == reference) {
            return left_out.repeated += 1;
        }
        let alerts = log_events.iter().filter_map(|event| left_out.alert_of(&event.message)).collect();
        self.deliveries.push(Delivery { reference, alerts });
    }
}

impl LeftOut {
    fn alert_of(&mut self, message: &str) -> Option<Alert> {
        // What is no JSON is malformed as every other value that is no record.
        self.alert(&serde_json::from_str(message).unwrap_or_default())
    }

    fn alert(&mut self, record: &Value) -> Option<Alert> {
        match Alert::read(record) {
            Ok(alert) => return Some(alert),
            Err(NoAlert::OtherEvent) => self.other_events += 1,
            Err(NoAlert::Malformed) => self.malformed += 1,
        }
        None
    }
}
