//! PutEvents and TestEventPattern.
//!
//! Limits: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>; an entry's errors:
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bus::Bus;
use super::{Event, EventBridge, Pattern};
use crate::constraints::{Constraints, required};
use crate::wire::{Answer, Call, Caller, ServiceError};

/// All entries of a call together.
const MAX_BYTES: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    /// Seconds since 1970.
    time: Option<f64>,
    source: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
}

impl Entry {
    /// As the documentation counts: the texts, and 14 bytes for a time.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html>
    fn size(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail];
        let texts: usize = texts.iter().filter_map(|text| text.as_ref().map(String::len)).sum();
        texts + self.resources.iter().map(String::len).sum::<usize>() + self.time.map_or(0, |_| 14)
    }
}

impl EventBridge {
    pub(super) fn put_events(&self, call: &Call) -> Answer {
        let input: PutEvents = call.input()?;
        let mut constraints = Constraints::default();
        let count = input.entries.as_ref().map(Vec::len);
        constraints.required("entries", input.entries.as_ref()).entries("entries", count, 1, 10).finish()?;
        let entries = input.entries.unwrap_or_default();
        let size: usize = entries.iter().map(Entry::size).sum();
        if size > MAX_BYTES {
            let message = format!("Total size of the entries in the request is over the limit: {size} > {MAX_BYTES}");
            return Err(ServiceError::new("ValidationException", message));
        }
        let results: Vec<_> = entries.into_iter().map(|entry| self.event_of(entry, &call.caller)).collect();
        let failed = results.iter().filter(|result| result.is_err()).count();
        let entries = results.iter().map(|result| match result {
            Ok((bus, event)) => {
                self.publish_on(bus, event);
                json!({ "EventId": event.id })
            }
            Err(refused) => json!({ "ErrorCode": refused.code, "ErrorMessage": refused.message }),
        });
        Ok(json!({ "FailedEntryCount": failed, "Entries": entries.collect::<Vec<_>>() }))
    }

    fn event_of(&self, entry: Entry, caller: &Caller) -> Result<(Bus, Event), ServiceError> {
        let given = |name: &str, value: Option<String>| {
            value.filter(|value| !value.is_empty()).ok_or_else(|| {
                ServiceError::new(
                    "InvalidArgument",
                    format!("Parameter {name} is not valid. Reason: {name} is a required argument."),
                )
            })
        };
        let bus = self.open_bus(entry.event_bus_name.as_deref(), caller)?;
        let source = given("Source", entry.source)?;
        let detail_type = given("DetailType", entry.detail_type)?;
        let detail = given("Detail", entry.detail)?;
        if source.starts_with("aws.") {
            let message = "Not authorized for the source.";
            return Err(ServiceError::new("NotAuthorizedForSourceException", message));
        }
        let detail: Value = serde_json::from_str(&detail)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| ServiceError::new("MalformedDetail", "Detail is malformed."))?;
        let event = self.event(&caller.account, &caller.region, &source, &detail_type);
        let time = entry.time.and_then(timestamp).unwrap_or(event.time);
        Ok((bus, Event { time, resources: entry.resources, detail, ..event }))
    }
}

/// Whether an event matches a pattern, without a rule.
pub(super) fn test_event_pattern(call: &Call) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        event_pattern: Option<String>,
        event: Option<String>,
    }
    let input: Input = call.input()?;
    let pattern = required("eventPattern", input.event_pattern)?;
    let pattern = Pattern::parse(&pattern)
        .map_err(|error| ServiceError::new("InvalidEventPatternException", error.to_string()))?;
    let event = required("event", input.event)?;
    let event: Value = serde_json::from_str(&event)
        .map_err(|error| ServiceError::new("ValidationException", format!("Parameter Event is not valid: {error}")))?;
    for member in ["id", "account", "source", "time", "region", "resources", "detail-type"] {
        if event.get(member).is_none() {
            let message = format!("Parameter Event is not valid. Reason: {member} is a required argument.");
            return Err(ServiceError::new("ValidationException", message));
        }
    }
    Ok(json!({ "Result": pattern.matches(&event) }))
}

#[expect(clippy::cast_possible_truncation, reason = "a time of day beyond i64 milliseconds is refused by jiff")]
fn timestamp(seconds: f64) -> Option<Timestamp> {
    Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
}
