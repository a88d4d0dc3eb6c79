//! The name under which a reader of the event streams is known.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// 1 to 32 letters and digits of ASCII, <https://github.com/CrowdStrike/falconpy/wiki/Event-Streams>. Falcon lets one reader
/// at a time use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppId(String);

/// A text that is no appId.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("an appId is 1 to 32 letters (a-z, A-Z) and digits")]
pub struct AppIdInvalid;

impl AppId {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppId {
    type Err = AppIdInvalid;

    fn from_str(text: &str) -> Result<Self, AppIdInvalid> {
        let plain = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plain { Ok(Self(text.to_owned())) } else { Err(AppIdInvalid) }
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_id_is_letters_and_digits_and_no_longer_than_32() {
        for good in ["a", "falconer1", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"] {
            assert_eq!(good.parse::<AppId>().unwrap().to_string(), good);
        }
        for bad in ["", "falconer-1", "a&b", "a b", "ä", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", "a\n"] {
            assert_eq!(bad.parse::<AppId>(), Err(AppIdInvalid), "{bad}");
        }
    }
}
