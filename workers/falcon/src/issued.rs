//! A bearer token for somebody else: got for one purpose, kept where it is safe, handed to a command, and given back.
//!
//! The tokens of a client's own calls never leave it (`token`). This one does, and so its API client should be allowed
//! little.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::call::Falcon;
use crate::cloud::Cloud;
use crate::error::FalconError;
use crate::secret::Secret;

/// A token with its end and its cloud. There is no `Display`, no `Serialize`, and its `Debug` shows nothing of the token.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken {
    secret: Secret,
    cloud: Cloud,
    expires: Timestamp,
}

/// A text that is no written token. Nothing of it is shown.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the text is no token as it was written down")]
pub struct IssuedTokenUnreadable;

/// How a token is written down.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    token: String,
    /// A URL.
    cloud: String,
    expires: Timestamp,
}

impl IssuedToken {
    pub(crate) fn new(secret: Secret, cloud: Cloud, expires: Timestamp) -> Self {
        Self { secret, cloud, expires }
    }

    /// The token itself, for the command that needs it and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose()
    }

    /// The token with its end and its cloud as one text, for a SecureString and nothing else;
    /// [`IssuedToken::from_exposed`] reads it.
    #[must_use]
    pub fn expose_whole(&self) -> String {
        let written =
            Written { token: self.expose().to_owned(), cloud: self.cloud.base_url().to_owned(), expires: self.expires };
        // Three texts are always JSON.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Reads what [`IssuedToken::expose_whole`] wrote.
    ///
    /// # Errors
    /// [`IssuedTokenUnreadable`].
    pub fn from_exposed(text: &str) -> Result<Self, IssuedTokenUnreadable> {
        let Written { token, cloud, expires } = serde_json::from_str(text).map_err(|_| IssuedTokenUnreadable)?;
        let cloud = cloud.parse().map_err(|_| IssuedTokenUnreadable)?;
        if token.is_empty() { Err(IssuedTokenUnreadable) } else { Ok(Self::new(Secret::new(token), cloud, expires)) }
    }

    /// The cloud that takes the token.
    #[must_use]
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// How long it is still good; nothing once it has ended. Counted from before it was asked for, so that it rather lasts
    /// longer.
    #[must_use]
    pub fn lifetime_left(&self, now: Timestamp) -> Duration {
        Duration::try_from(self.expires.duration_since(now)).unwrap_or_default()
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("IssuedToken");
        shown.field("cloud", &self.cloud).field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl Falcon {
    /// A new token, which nobody else has and this client does not use: whoever asks for it gives it back with
    /// [`Falcon::revoke_issued`]. It lasts half an hour.
    ///
    /// A token whose answer was lost on the way is one that nobody can give back; it ends by itself.
    ///
    /// # Errors
    /// Any [`FalconError`].
    pub async fn fresh_token(&self) -> Result<IssuedToken, FalconError> {
        self.session().issue().await
    }

    /// Ends a token that a client with the same credentials got, here or in another process. One that has ended already is
    /// no error.
    ///
    /// The request holds the client's secret. A token that was written down by somebody else could name a cloud that must
    /// not learn it, so only a cloud goes that is this client's, or that a customer of it can be in.
    ///
    /// # Errors
    /// Any [`FalconError`]; then the token may be good until its end.
    pub async fn revoke_issued(&self, token: &IssuedToken) -> Result<(), FalconError> {
        self.session().end(&token.secret, &token.cloud).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANTED: &str = "pl4nted";

    fn token(expires: &str) -> IssuedToken {
        IssuedToken::new(Secret::new(PLANTED.to_owned()), Cloud::default(), expires.parse().unwrap())
    }

    #[test]
    fn a_token_that_was_written_down_is_read_again() {
        let token = token("2026-01-15T10:30:00Z");
        assert_eq!(IssuedToken::from_exposed(&token.expose_whole()).as_ref(), Ok(&token));
        assert_eq!((token.expose(), token.cloud().base_url()), (PLANTED, "https://api.crowdstrike.com"));
    }

    #[test]
    fn what_is_no_written_token_is_refused_without_a_word_of_it() {
        let good = token("2026-01-15T10:30:00Z").expose_whole();
        for text in [
            PLANTED.to_owned(),
            format!(r#"{{"token": "{PLANTED}"}}"#),
            good.replace("https://", "http://"),
            good.replace(PLANTED, ""),
            good.replace("2026", PLANTED),
        ] {
            let refused = IssuedToken::from_exposed(&text).unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains(PLANTED), "{text}");
        }
    }

    #[test]
    fn the_time_that_is_left_is_never_less_than_none() {
        let token = token("2026-01-15T10:30:00Z");
        let left = |now: &str| token.lifetime_left(now.parse().unwrap());
        assert_eq!(left("2026-01-15T10:00:01Z"), Duration::from_secs(1799));
        assert_eq!((left("2026-01-15T10:30:00Z"), left("2027-01-15T10:30:00Z")), (Duration::ZERO, Duration::ZERO));
    }
}
