//! Domain names as they go over the wire: lower case, in punycode, without the root's dot.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use thiserror::Error;

/// The longest name in its written form: 255 octets on the wire, less the first length and the root
/// (<https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>).
const LONGEST_NAME: usize = 253;
/// The longest label (same section).
const LONGEST_LABEL: usize = 63;

/// A domain name of `a-z`, `0-9`, `-`, `_` and `.`, in lower case and punycode, without a dot at its end.
///
/// An underscore is taken although host names may not have one: names such as `_c2.evil.example` are asked for and
/// answered in DNS, and it means nothing in a rule. Whether such a name may be blocked is the guard's question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(String);

/// Why a text is not a domain name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DomainNameError {
    /// Nothing, or nothing but a dot.
    #[error("it is empty")]
    Empty,
    /// Over 253 characters in punycode.
    #[error("it is longer than {LONGEST_NAME} characters")]
    TooLong,
    /// A label of no character, as in `a..example` or `.example`.
    #[error("it has an empty label (write the domain without a leading dot)")]
    EmptyLabel,
    /// A label over 63 characters in punycode.
    #[error("a label of it is longer than {LONGEST_LABEL} characters")]
    LongLabel,
    /// A character that no name has, `*` included: a block always covers the subdomains.
    #[error("it has characters that a domain name cannot have (a wildcard is not needed: subdomains are covered)")]
    Character,
    /// A hyphen at the start or the end of a label, or labels that IDNA (UTS #46) refuses.
    #[error("it is not valid under IDNA (UTS #46), or a label begins or ends with a hyphen")]
    Idna,
    /// The last label is a number, so that some software reads the name as an IPv4 address
    /// (<https://url.spec.whatwg.org/#ends-in-a-number-checker>).
    #[error("its last label is a number")]
    EndsInNumber,
}

impl DomainName {
    /// Reads a name, in Unicode or punycode, in any case, with or without the root's dot.
    ///
    /// # Errors
    /// The first reason why it is not a domain name.
    pub fn parse(text: &str) -> Result<Self, DomainNameError> {
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(DomainNameError::Empty);
        }
        // Punycode may only lengthen a name, and mapping a very long text is work that an attacker could ask for.
        if text.chars().count() > LONGEST_NAME {
            return Err(DomainNameError::TooLong);
        }
        let ascii = Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::EMPTY, Hyphens::CheckFirstLast, DnsLength::Ignore)
            .map_err(|_| DomainNameError::Idna)?;
        if ascii.len() > LONGEST_NAME {
            return Err(DomainNameError::TooLong);
        }
        for label in ascii.split('.') {
            check_label(label)?;
        }
        if ends_in_number(&ascii) {
            return Err(DomainNameError::EndsInNumber);
        }
        Ok(Self(ascii.into_owned()))
    }

    /// The name as a rule writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is `other` or a name below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let above = self.0.strip_suffix(&other.0);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }

    /// The labels, the host's first.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn check_label(label: &str) -> Result<(), DomainNameError> {
    if label.is_empty() {
        return Err(DomainNameError::EmptyLabel);
    }
    if !label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')) {
        return Err(DomainNameError::Character);
    }
    if label.len() > LONGEST_LABEL {
        return Err(DomainNameError::LongLabel);
    }
    // IDNA has looked at hyphens too, but it passes over names that are plain ASCII in some of its ways.
    if label.starts_with('-') || label.ends_with('-') {
        return Err(DomainNameError::Idna);
    }
    Ok(())
}

fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let hexadecimal = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    hexadecimal || last.bytes().all(|byte| byte.is_ascii_digit())
}
