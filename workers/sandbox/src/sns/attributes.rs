//! Attributes of a message.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::wire::ServiceError;

/// Characters of a name.
const MAX_NAME: usize = 256;

/// The value of an attribute.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    data_type: Option<String>,
    string_value: Option<String>,
    /// In base 64.
    binary_value: Option<String>,
}

impl Attribute {
    /// Bytes that it takes of the message's size: name, type and value.
    pub(super) fn size(&self, name: &str) -> usize {
        let binary = self.binary_value.as_ref().and_then(|text| STANDARD.decode(text).ok());
        let texts = [&self.data_type, &self.string_value].into_iter().flatten().map(String::len);
        name.len() + texts.sum::<usize>() + binary.map_or(0, |bytes| bytes.len())
    }

    /// As SNS delivers it.
    pub(super) fn delivered(&self) -> Value {
        json!({ "Type": self.data_type, "Value": self.string_value.as_ref().or(self.binary_value.as_ref()) })
    }
}

/// Whether SNS takes it.
///
/// # Errors
/// `ParameterValueInvalid`, naming the attribute.
pub(super) fn check(name: &str, attribute: &Attribute) -> Result<(), ServiceError> {
    let refuse = |problem: &str| {
        Err(ServiceError::new("ParameterValueInvalid", format!("The message attribute '{name}' {problem}")))
    };
    if !is_name(name) {
        return refuse("has a name that message attributes cannot have");
    }
    let Some(data_type) = &attribute.data_type else { return refuse("must have a data type") };
    let value = match (data_type.as_str(), &attribute.string_value, &attribute.binary_value) {
        ("Binary", None, Some(value)) => STANDARD.decode(value).is_ok_and(|bytes| !bytes.is_empty()),
        ("Number", Some(value), None) => value.parse::<f64>().is_ok_and(f64::is_finite),
        ("String", Some(value), None) => !value.is_empty(),
        ("String.Array", Some(value), None) => serde_json::from_str::<Vec<Value>>(value).is_ok(),
        ("Binary" | "Number" | "String" | "String.Array", ..) => false,
        _ => return refuse("must be a String, String.Array, Number or Binary"),
    };
    if value { Ok(()) } else { refuse(&format!("must have one value, not empty, of its type {data_type}")) }
}

fn is_name(name: &str) -> bool {
    let symbols = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    let lower = name.to_ascii_lowercase();
    (1..=MAX_NAME).contains(&name.len())
        && name.chars().all(symbols)
        && name.split('.').all(|part| !part.is_empty())
        && !lower.starts_with("aws.")
        && !lower.starts_with("amazon.")
}
