//! Text that nobody may read but the one it is for.

use std::fmt;

use serde::Deserialize;

/// A client secret or a token. There is no `Display`, and its `Debug` shows nothing.
///
/// It is not wiped from memory: the requests that carry it are copied by layers that do not wipe theirs either.
#[derive(Clone, Deserialize, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the request that needs it only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// A text that may quote the secret, without it.
    pub(crate) fn taken_out_of(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "[secret]") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}
