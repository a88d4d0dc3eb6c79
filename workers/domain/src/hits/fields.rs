//! The `ProductFields` of a finding about hits: texts by their keys
//! (<https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-productfields>: at most 50,
//! each value at most 2,048 characters).

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

/// Begins the key of every field.
const PREFIX: &str = "falconer/";

pub(super) const KIND: &str = "falconer/kind";
pub(super) const INDICATOR: &str = "falconer/indicator";
pub(super) const WORKLOAD: &str = "falconer/workload";
pub(super) const FIREWALL: &str = "falconer/firewall";
pub(super) const HOUR: &str = "falconer/hour";
pub(super) const BLOCKED: &str = "falconer/blocked";
pub(super) const ALLOWED: &str = "falconer/allowed";
pub(super) const FIRST_SEEN: &str = "falconer/firstSeen";
pub(super) const LAST_SEEN: &str = "falconer/lastSeen";
pub(super) const PORTS: &str = "falconer/ports";
pub(super) const PROTOCOLS: &str = "falconer/protocols";
pub(super) const NAMES: &str = "falconer/names";
pub(super) const REMOTES: &str = "falconer/remotes";
pub(super) const COUNTED: &str = "falconer/counted";
pub(super) const CAUSES: &str = "falconer/causes";
pub(super) const HUNTS: &str = "falconer/hunts";
pub(super) const CONFIDENCE: &str = "falconer/confidence";
pub(super) const ACTOR: &str = "falconer/actor";
pub(super) const MALWARE: &str = "falconer/malware";
pub(super) const REPORT: &str = "falconer/report";

/// The longest value.
const LONGEST: usize = 2_048;

/// Those of a finding's fields that we wrote; Security Hub adds some of its own.
pub(super) fn ours(fields: &HashMap<String, String>) -> HashMap<String, String> {
    let ours = fields.iter().filter(|(key, _)| key.starts_with(PREFIX));
    ours.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Writes values with blanks between, those that fit; no value is no field.
pub(super) fn put<T: Display>(fields: &mut HashMap<String, String>, key: &str, values: impl IntoIterator<Item = T>) {
    let mut text = String::new();
    for value in values {
        let value = value.to_string();
        if text.len() + 1 + value.len() > LONGEST {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&value);
    }
    if !text.is_empty() {
        fields.insert(key.to_owned(), text);
    }
}

/// The value of a field, if there is one that can be read.
pub(super) fn one<T: FromStr>(fields: &HashMap<String, String>, key: &str) -> Option<T> {
    fields.get(key)?.parse().ok()
}

/// Those of a field's values that can be read.
pub(super) fn all<T, All: FromIterator<T>>(
    fields: &HashMap<String, String>,
    key: &str,
    read: impl Fn(&str) -> Option<T>,
) -> All {
    fields.get(key).map(String::as_str).unwrap_or_default().split_whitespace().filter_map(read).collect()
}
