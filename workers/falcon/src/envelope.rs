//! The envelope of Falcon's answers: `{"meta": …, "errors": […], "resources": […]}`.
//!
//! `errors` may stand in an answer with the status 200, and both lists may be null.

use bytes::Bytes;
use http::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::secret::Secret;

/// Characters of Falcon's words that are quoted.
const QUOTED: usize = 400;

/// An answer as it came.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope {
    #[serde(default, deserialize_with = "or_default")]
    meta: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) errors: Vec<Said>,
    #[serde(default, deserialize_with = "or_default")]
    resources: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    #[serde(deserialize_with = "or_default")]
    pagination: Page,
}

/// Where the records of an answer stand in a list, as far as the answer says so.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(crate) struct Page {
    /// What a list with a cursor goes on with.
    pub(crate) next: Option<String>,
    /// Records of the whole list.
    pub(crate) total: Option<usize>,
}

/// One of the errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    /// An HTTP status.
    #[serde(deserialize_with = "or_default")]
    pub(crate) code: u16,
    #[serde(deserialize_with = "or_default")]
    message: String,
}

/// The records of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Records<T> {
    pub(crate) read: Vec<T>,
    /// Records that could not be read: one of them does not cost the others.
    pub(crate) malformed: usize,
    pub(crate) page: Page,
}

impl Envelope {
    /// Reads a body; nothing if it is no envelope.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok().and_then(typed)
    }

    pub(crate) fn records<T: DeserializeOwned>(self) -> Records<T> {
        let found = self.resources.len();
        let read: Vec<T> = self.resources.into_iter().filter_map(typed).collect();
        let malformed = found - read.len();
        Records { read, malformed, page: self.meta.pagination }
    }
}

/// A JSON value as its type. No record is a list, although serde would take a list's entries for the members.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Option<T> {
    if value.is_array() { None } else { serde_json::from_value(value).ok() }
}

/// What Falcon says of a refusal.
pub(crate) fn reason(response: &Response<Bytes>, hidden: &[&Secret]) -> String {
    let errors = Envelope::read(response.body()).map(|envelope| envelope.errors).unwrap_or_default();
    let said = said(&errors, hidden);
    if said.is_empty() { format!("the answer was {}, without a reason", response.status()) } else { said }
}

/// The messages of errors in one line, as far as they may be shown.
pub(crate) fn said(errors: &[Said], hidden: &[&Secret]) -> String {
    let all: Vec<&str> = errors.iter().map(|said| said.message.trim()).filter(|text| !text.is_empty()).collect();
    let shown = hidden.iter().fold(all.join("; "), |text, secret| secret.taken_out_of(&text));
    let printable = |character: char| if character.is_control() { ' ' } else { character };
    shown.chars().map(printable).take(QUOTED).collect()
}

/// Null is as good as absent.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}
