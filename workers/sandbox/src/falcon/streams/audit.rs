//! What Falcon says in the stream about the stream itself.
//!
//! The form is that of the audit events in
//! <https://github.com/elastic/integrations/blob/main/packages/crowdstrike/data_stream/falcon/_dev/test/pipeline/test-falcon-sample.log>.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::opening::Opening;

/// A stream was opened. Falcon's audit events have their time in seconds now and then; here those with an odd offset have.
pub(super) fn stream_started(opening: &Opening, offset: u64, now: Timestamp) -> Value {
    let Opening { app, partition, offset: asked, event_types, .. } = opening;
    let created = if offset % 2 == 1 { now.as_second() } else { now.as_millisecond() };
    let types = if event_types.is_empty() { "All event type(s)".to_owned() } else { event_types.join(",") };
    let detail = |key: &str, value: String| json!({ "Key": key, "ValueString": value });
    json!({
        "metadata": { "eventType": "AuthActivityAuditEvent", "eventCreationTime": created },
        "event": {
            "UserId": "sandbox",
            "UserIp": "192.0.2.1",
            "OperationName": "streamStarted",
            "ServiceName": "Crowdstrike Streaming API",
            "Success": true,
            "UTCTimestamp": now.as_second(),
            "AuditKeyValues": [
                detail("partition", partition.to_string()),
                detail("offset", asked.map_or("-1".to_owned(), |asked| asked.to_string())),
                detail("appId", app.clone()),
                detail("eventType", types),
            ],
        },
    })
}
