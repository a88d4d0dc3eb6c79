//! Lines that are nearly JSON.

/// The line with U+FFFD for bytes that are no UTF-8 and for halves of UTF-16's pairs; nothing if it has none of them.
///
/// It is for a line that [`Event::read`](super::Event::read) refuses. Windows lets a file's name hold half a pair, and a program of
/// such a name must not be able to keep what Falcon says of it from being read.
pub fn mended(line: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(line);
    match lone_half(&text, 0) {
        Some(first) => Some(without_lone_halves(&text, first).into_bytes()),
        None if text.as_bytes() == line => None,
        None => Some(text.into_owned().into_bytes()),
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
