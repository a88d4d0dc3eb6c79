//! A bearer token, as the token endpoint gives it.

use std::time::Duration;

use http::HeaderValue;
use serde::Deserialize;
use tokio::time::Instant;

use crate::cloud::Cloud;
use crate::secret::Secret;

/// A token is renewed this long before its end, so that it does not end on its way.
const MARGIN: Duration = Duration::from_secs(120);

/// A token, where it is good, and when it should be renewed.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) secret: Secret,
    pub(crate) cloud: Cloud,
    /// The value of the header `Authorization`, marked as sensitive.
    pub(crate) bearer: HeaderValue,
    /// From when it was asked for to its end.
    pub(crate) lifetime: Duration,
    renewal: Instant,
}

#[derive(Deserialize)]
struct Written {
    access_token: String,
    /// Seconds.
    expires_in: u64,
}

impl Token {
    /// Reads `{"access_token": "…", "expires_in": 1799}`; the time counts from `asked`, when the token cannot have been
    /// there yet.
    ///
    /// # Errors
    /// What is wrong with it, without a word of it.
    pub(crate) fn read(body: &[u8], cloud: Cloud, asked: Instant) -> Result<Self, &'static str> {
        let Written { access_token, expires_in } =
            serde_json::from_slice(body).map_err(|_| "the answer holds no access_token and expires_in")?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {access_token}"))
            .map_err(|_| "the access_token has characters that no token has")?;
        bearer.set_sensitive(true);
        let lifetime = Duration::from_secs(expires_in);
        // Half of a short life, so that a token is not renewed before every call.
        let renewal = asked + lifetime.saturating_sub(MARGIN.min(lifetime / 2));
        Ok(Self { secret: Secret::new(access_token), cloud, bearer, lifetime, renewal })
    }

    /// Whether it need not be renewed yet.
    pub(crate) fn is_fresh(&self) -> bool {
        Instant::now() < self.renewal
    }
}
