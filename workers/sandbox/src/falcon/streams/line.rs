//! An event as it is written on the wire: one line of JSON.
//!
//! What a line holds is shown by
//! <https://github.com/elastic/integrations/blob/main/packages/crowdstrike/data_stream/falcon/_dev/test/pipeline/test-falcon-sample.log>.

use std::io::Write as _;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::falcon::CUSTOMER;

/// The type of an event that comes without metadata.
const DEFAULT_TYPE: &str = "EppDetectionSummaryEvent";

/// What a pattern may hold in its texts. Outside of a text neither can be, since JSON has a quote after each brace.
const MARKS: [(&str, Part); 2] = [("{n}", Part::Number), ("{device}", Part::Device)];

/// The texts of a line, and between them what only its place in the stream decides.
#[derive(Debug)]
pub(super) struct Line {
    event_type: String,
    parts: Vec<Part>,
    /// As they stand in JSON, without their quotes.
    devices: Vec<String>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Offset,
    Number,
    Device,
}

/// An event with its metadata.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    metadata: Map<String, Value>,
    event: Value,
}

impl Line {
    /// One event, to the letter. A text is a line as it is, a broken one too, and has no offset in it.
    ///
    /// # Errors
    /// What is wrong with its metadata.
    pub(super) fn of(event: Value, now: Timestamp) -> Result<Self, String> {
        if let Value::String(text) = event {
            let parts = vec![Part::Text(text + "\n")];
            return Ok(Self { event_type: String::new(), parts, devices: Vec::new() });
        }
        let (event_type, rest) = around_offset(event, now)?;
        let parts = vec![Part::Text(BEFORE_OFFSET.to_owned()), Part::Offset, Part::Text(rest)];
        Ok(Self { event_type, parts, devices: Vec::new() })
    }

    /// Many events: in each the marks in its texts give way to its number and to one of the devices.
    ///
    /// # Errors
    /// What is wrong with its metadata, or that it names a device and there is none.
    pub(super) fn pattern(template: Value, devices: &[String], now: Timestamp) -> Result<Self, String> {
        let (event_type, rest) = around_offset(template, now)?;
        let mut parts = vec![Part::Text(BEFORE_OFFSET.to_owned()), Part::Offset];
        parts.extend(marked(&rest));
        if devices.is_empty() && parts.iter().any(|part| matches!(part, Part::Device)) {
            return Err("the template names {device}: devices must hold one".to_owned());
        }
        let bare = |device: &String| json!(device).to_string().trim_matches('"').to_owned();
        Ok(Self { event_type, parts, devices: devices.iter().map(bare).collect() })
    }

    pub(super) fn event_type(&self) -> &str {
        &self.event_type
    }

    /// Writes the line of the event with this offset, which is number `number` of its pattern.
    pub(super) fn write(&self, piece: &mut Vec<u8>, offset: u64, number: u64) {
        for part in &self.parts {
            // Nothing fails that is written to memory.
            let _ = match part {
                Part::Text(text) => piece.write_all(text.as_bytes()),
                Part::Offset => write!(piece, "{offset}"),
                Part::Number => write!(piece, "{number}"),
                Part::Device => piece.write_all(self.device(number).as_bytes()),
            };
        }
    }

    fn device(&self, number: u64) -> &str {
        let turn = number % u64::try_from(self.devices.len()).unwrap_or(u64::MAX).max(1);
        usize::try_from(turn).ok().and_then(|turn| self.devices.get(turn)).map_or("", String::as_str)
    }
}

const BEFORE_OFFSET: &str = r#"{"metadata":{"offset":"#;

/// An event's type, and its line after the offset. What its metadata leaves out is filled in, and an offset of its own is left
/// out.
fn around_offset(event: Value, now: Timestamp) -> Result<(String, String), String> {
    let Whole { mut metadata, event } = if event.get("metadata").is_some() {
        serde_json::from_value(event).map_err(|error| format!("an event is metadata and event: {error}"))?
    } else {
        Whole { metadata: Map::new(), event }
    };
    metadata.shift_remove("offset");
    for (name, value) in [
        ("customerIDString", json!(CUSTOMER)),
        ("eventType", json!(DEFAULT_TYPE)),
        ("eventCreationTime", json!(now.as_millisecond())),
        ("version", json!("1.0")),
    ] {
        metadata.entry(name).or_insert(value);
    }
    let event_type = metadata["eventType"].as_str().unwrap_or_default().to_owned();
    let metadata = Value::Object(metadata).to_string();
    Ok((event_type, format!(",{},\"event\":{event}}}\n", &metadata[1..])))
}

fn marked(mut text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    loop {
        let found = MARKS.iter().filter_map(|(mark, part)| Some((text.find(mark)?, mark.len(), part)));
        let Some((at, length, part)) = found.min_by_key(|(at, ..)| *at) else {
            parts.push(Part::Text(text.to_owned()));
            return parts;
        };
        parts.push(Part::Text(text[..at].to_owned()));
        parts.push(part.clone());
        text = &text[at + length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(line: &Line, offset: u64, number: u64) -> Value {
        let mut piece = Vec::new();
        line.write(&mut piece, offset, number);
        assert_eq!(piece.pop(), Some(b'\n'));
        serde_json::from_slice(&piece).unwrap()
    }

    #[test]
    fn a_patterns_texts_give_way_and_everything_stays_json() {
        let template = json!({ "AgentId": "{device}", "Name": "{n} \" of {n}{", "Nested": [{ "n": "{device}" }] });
        let devices = ["a\"b".to_owned(), "c".to_owned()];
        let line = Line::pattern(template, &devices, Timestamp::UNIX_EPOCH).unwrap();
        let event = written(&line, 7, 4);
        assert_eq!(event["metadata"]["offset"], 7);
        assert_eq!(event["event"], json!({ "AgentId": "a\"b", "Name": "4 \" of 4{", "Nested": [{ "n": "a\"b" }] }));
        assert_eq!(written(&line, 8, 5)["event"]["AgentId"], "c");
    }

    #[test]
    fn one_event_stays_to_the_letter() {
        let line = Line::of(json!({ "Name": "{n} {device}" }), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(written(&line, 7, 4)["event"], json!({ "Name": "{n} {device}" }));
    }

    #[test]
    fn a_template_that_names_a_device_needs_one() {
        assert!(Line::pattern(json!({ "AgentId": "{device}" }), &[], Timestamp::UNIX_EPOCH).is_err());
    }
}
