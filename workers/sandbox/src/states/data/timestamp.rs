//! Timestamps in definitions and data.

use jiff::Timestamp;

/// Reads an RFC 3339 timestamp with an upper-case `T` and, if it has no offset, an upper-case `Z`.
///
/// Source: <https://states-language.net/spec.html#timestamps>.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let strict = text.as_bytes().get(10) == Some(&b'T') && !text.ends_with('z');
    if strict { text.parse().ok() } else { None }
}
