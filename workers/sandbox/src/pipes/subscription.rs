//! The messages that a subscription of CloudWatch Logs puts into a stream.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/ValidateLogEventFlow.html>. How the alert log's stream is called, and the
//! message that tests the destination, are as they are seen in the field.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::organization::Organization;

const LOG_GROUP: &str = "falconer-alerts";
const FILTER: &str = "falconer-alerts";

/// Lines of the alert log. A text is a line as it is, every other value is written as JSON; `number` gives the ids, which
/// ascend.
pub(super) fn data(lines: &[Value], organization: &Organization, now: Timestamp, number: impl Fn() -> u64) -> Value {
    let event = |line: &Value| {
        let message = line.as_str().map_or_else(|| line.to_string(), str::to_owned);
        json!({ "id": format!("3{:055}", number()), "timestamp": now.as_millisecond(), "message": message })
    };
    json!({
        "messageType": "DATA_MESSAGE",
        "owner": organization.hub,
        "logGroup": LOG_GROUP,
        "logStream": format!("/aws/network-firewall/alert/falconer-egress_{}", now.strftime("%Y-%m-%d-%H")),
        "subscriptionFilters": [FILTER],
        "logEvents": lines.iter().map(event).collect::<Vec<_>>(),
    })
}

/// What CloudWatch Logs sends to see whether the destination can be reached.
pub(super) fn control(now: Timestamp) -> Value {
    json!({
        "messageType": "CONTROL_MESSAGE",
        "owner": "CloudwatchLogs",
        "logGroup": "",
        "logStream": "",
        "subscriptionFilters": [],
        "logEvents": [{
            "id": "",
            "timestamp": now.as_millisecond(),
            "message": "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.",
        }],
    })
}
