//! The name of a hunt.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a hunt, as `fancy-bear` or `actor:fancy-bear`; it stands in the metadata of the hunt's rules.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = "^[a-z0-9][a-z0-9._:-]{0,31}$"))]
pub struct HuntName(String);

/// A text is not the name of a hunt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a hunt is named with 1 to 32 small letters, digits, dots, underscores, colons and hyphens, a letter or digit first"
)]
pub struct HuntNameError;

impl HuntName {
    const LONGEST: usize = 32;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HuntName {
    type Err = HuntNameError;

    fn from_str(text: &str) -> Result<Self, HuntNameError> {
        let is_alphanumeric = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
        let fits = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'.' | b'_' | b':' | b'-');
        let is_name =
            text.len() <= Self::LONGEST && text.bytes().next().is_some_and(is_alphanumeric) && text.bytes().all(fits);
        is_name.then(|| Self(text.to_owned())).ok_or(HuntNameError)
    }
}

impl fmt::Display for HuntName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for HuntName {
    type Error = HuntNameError;

    fn try_from(text: String) -> Result<Self, HuntNameError> {
        text.parse()
    }
}

impl From<HuntName> for String {
    fn from(name: HuntName) -> Self {
        name.0
    }
}
