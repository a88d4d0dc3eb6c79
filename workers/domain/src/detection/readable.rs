//! Lines that are nearly JSON.

use std::borrow::Cow;

/// A line in which nothing keeps it from being read: bytes that are no UTF-8, and halves of UTF-16's pairs, become U+FFFD.
///
/// Windows lets a file's name hold half a pair. A program of such a name must not be able to keep what Falcon says of it from being
/// read. A line that needs no mending, which is nearly every one, is given back as it is.
pub fn readable(line: &[u8]) -> Cow<'_, [u8]> {
    let text = String::from_utf8_lossy(line);
    match (lone_half(&text, 0), text) {
        (None, Cow::Borrowed(_)) => Cow::Borrowed(line),
        (None, Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
        (Some(first), text) => Cow::Owned(without_lone_halves(&text, first).into_bytes()),
    }
}

fn without_lone_halves(text: &str, first: usize) -> String {
    let mut mended = String::with_capacity(text.len());
    let (mut done, mut next) = (0, Some(first));
    while let Some(at) = next {
        mended.push_str(&text[done..at]);
        mended.push_str("\\ufffd");
        done = at + ESCAPE;
        next = lone_half(text, done);
    }
    mended.push_str(&text[done..]);
    mended
}

/// Bytes of `\ud800`.
const ESCAPE: usize = 6;

/// Where the first half that has no other half is escaped, from here on.
fn lone_half(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == b'\\')?;
        match (unit(bytes, at), unit(bytes, at + ESCAPE)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 2 * ESCAPE,
            (Some(0xd800..=0xdfff), _) => return Some(at),
            // A backslash and what it stands before: `\\ud800` is no escape of a half.
            _ => at += 2,
        }
    }
}

/// The unit of UTF-16 that is escaped here.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?, 16).ok()
}
