//! Many indicators out of one template.

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What stands for the number of the record in its texts.
const NUMBER: &str = "{n}";

/// When the first record was published: 2023-11-14.
const FIRST_PUBLISHED: u64 = 1_700_000_000;

/// Records that are published in the same second, so that a marker's first digits are not unique.
const EACH_SECOND: u64 = 7;

/// `{"template": {…}, "count": 60000}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Generator {
    template: Map<String, Value>,
    pub(super) count: u64,
}

impl Generator {
    /// The generator that was sent, unless it is a record.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn of(sent: &Value) -> Result<Option<Self>, String> {
        let generator = sent.get("template").map(|_| Self::deserialize(sent));
        generator.transpose().map_err(|error| error.to_string())
    }

    /// Its records; `first` were made before, so that markers and ids ascend over all of them.
    pub(super) fn records(&self, first: u64) -> impl Iterator<Item = Value> {
        (0..self.count).map(move |number| self.record(number, first + number))
    }

    /// A marker is the second of publication, and then something that is the record's own.
    fn record(&self, number: u64, place: u64) -> Value {
        let published = FIRST_PUBLISHED + place / EACH_SECOND;
        let mut record = self.template.clone();
        record.values_mut().for_each(|value| insert(value, &number.to_string()));
        for time in ["published_date", "last_updated"] {
            record.entry(time).or_insert_with(|| published.into());
        }
        let digest = format!("{:x}", Sha256::digest(place.to_be_bytes()));
        let kind = record.get("type").and_then(Value::as_str).unwrap_or("indicator");
        let id = format!("{kind}_{place:012x}{}", &digest[..44]);
        record.insert("id".to_owned(), id.into());
        record.insert("_marker".to_owned(), format!("{published}{place:08x}{}", &digest[..24]).into());
        Value::Object(record)
    }
}

fn insert(value: &mut Value, number: &str) {
    match value {
        Value::String(text) => *text = text.replace(NUMBER, number),
        Value::Array(entries) => entries.iter_mut().for_each(|entry| insert(entry, number)),
        Value::Object(members) => members.values_mut().for_each(|member| insert(member, number)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
