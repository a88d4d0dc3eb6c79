//! What every form that a person writes has in common: strictness, and answers that name the field.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::InvalidRequest;
use crate::extract;

const LONGEST_REASON: usize = 256;

/// Refuses a field that no form of this kind has; `within` is the object's own place, with a dot.
pub(crate) fn refuse_unknown(object: &Map<String, Value>, known: &[&str], within: &str) -> Result<(), InvalidRequest> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(InvalidRequest::field(
            &format!("{within}{:?}", extract::readable(key)),
            format!("this field is not known: write only {}", known.join(", ")),
        )),
    }
}

/// The person's reason, which every form that changes something needs.
pub(crate) fn reason(reason: Option<&Value>) -> Result<String, InvalidRequest> {
    let invalid = || {
        let problem = format!("it is required: say why, in 1 to {LONGEST_REASON} printable characters on one line");
        InvalidRequest::field("reason", problem)
    };
    let text = reason.and_then(Value::as_str).map(str::trim).ok_or_else(invalid)?;
    let printable = !text.chars().any(char::is_control);
    let fits = (1..=LONGEST_REASON).contains(&text.chars().count());
    if printable && fits { Ok(text.to_owned()) } else { Err(invalid()) }
}

/// A field that may be left out; `expected` says what it must be.
pub(crate) fn optional<'a, T: Deserialize<'a>>(
    form: &'a Map<String, Value>,
    field: &str,
    expected: &str,
) -> Result<Option<T>, InvalidRequest> {
    let read =
        |value| T::deserialize(value).map_err(|_| InvalidRequest::field(field, format!("it must be {expected}")));
    form.get(field).map(read).transpose()
}
