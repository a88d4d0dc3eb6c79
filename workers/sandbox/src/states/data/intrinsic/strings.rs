//! Functions on texts and on JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The longest text, in characters, that the base64 and hash functions take.
const MAX_TEXT: usize = 10_000;

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("{value} is not a string"))
}

fn short_text(value: &Value) -> Result<&str, String> {
    let text = text(value)?;
    if text.chars().count() > MAX_TEXT {
        return Err(format!("the text is longer than {MAX_TEXT} characters"));
    }
    Ok(text)
}

/// The text that a quoted literal stands for.
pub(super) fn unescape(quoted: &str) -> String {
    let mut plain = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(c) = characters.next() {
        plain.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    plain
}

/// Puts one value after the other in the place of each `{}`; `\{` and `\}` are brackets that mean themselves.
pub(super) fn format(template: &Value, values: &[Value]) -> Result<Value, String> {
    let template = text(template)?;
    let mut values = values.iter();
    let mut filled = String::with_capacity(template.len());
    let mut characters = template.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => filled.extend(characters.next()),
            '{' if characters.next_if_eq(&'}').is_some() => match values.next() {
                Some(Value::String(text)) => filled.push_str(text),
                Some(other) => filled.push_str(&other.to_string()),
                None => return Err(format!("'{template}' has more places than there are values")),
            },
            '{' | '}' => {
                return Err(format!("'{template}' holds a bracket that is neither '{{}}' nor escaped"));
            }
            _ => filled.push(c),
        }
    }
    match values.next() {
        None => Ok(Value::String(filled)),
        Some(_) => Err(format!("'{template}' has fewer places than there are values")),
    }
}

pub(super) fn base64_encode(value: &Value) -> Result<Value, String> {
    Ok(Value::String(STANDARD.encode(short_text(value)?)))
}

pub(super) fn base64_decode(value: &Value) -> Result<Value, String> {
    let bytes = STANDARD.decode(short_text(value)?).map_err(|error| format!("the text is not base64: {error}"))?;
    String::from_utf8(bytes).map(Value::String).map_err(|_| "the decoded bytes are not UTF-8".to_owned())
}

pub(super) fn hash(data: &Value, algorithm: &Value) -> Result<Value, String> {
    let data = short_text(data)?;
    let digest = match text(algorithm)? {
        "MD5" => hex(&Md5::digest(data)),
        "SHA-1" => hex(&Sha1::digest(data)),
        "SHA-256" => hex(&Sha256::digest(data)),
        "SHA-384" => hex(&Sha384::digest(data)),
        "SHA-512" => hex(&Sha512::digest(data)),
        other => return Err(format!("'{other}' is none of MD5, SHA-1, SHA-256, SHA-384, SHA-512")),
    };
    Ok(Value::String(digest))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Only the shallow merge exists: the service demands `false` as the third argument.
pub(super) fn json_merge(one: &Value, other: &Value, deep: &Value) -> Result<Value, String> {
    if *deep != json!(false) {
        return Err("only shallow merging is supported: the third argument must be false".to_owned());
    }
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let mut merged = one.clone();
            merged.extend(other.clone());
            Ok(Value::Object(merged))
        }
        _ => Err("both of the first two arguments must be objects".to_owned()),
    }
}

/// Splits at every one of the delimiter's characters; empty parts are left out.
pub(super) fn split(value: &Value, delimiters: &Value) -> Result<Value, String> {
    let delimiters = text(delimiters)?;
    let parts = text(value)?.split(|c| delimiters.contains(c));
    Ok(parts.filter(|part| !part.is_empty()).collect())
}

pub(super) fn to_json(value: &Value) -> Result<Value, String> {
    serde_json::from_str(text(value)?).map_err(|error| format!("the text is not JSON: {error}"))
}
