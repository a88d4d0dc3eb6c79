//! Tokens: issued, checked, revoked.
//!
//! <https://developer.crowdstrike.com/api-reference/collections/oauth2/>. What Falcon answers to credentials that it does
//! not take is quoted in <https://github.com/elastic/kibana/pull/235139>, to a client id that cannot be one in
//! <https://github.com/CrowdStrike/ansible_collection_falcon/issues/173>, to a token that is none in
//! <https://github.com/CrowdStrike/falconpy/issues/130>.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::limits::Limit;
use super::{Falcon, State, refused};
use crate::wire::{Answer, Call, ServiceError};

/// What `expires_in` says: half an hour, and not a second more.
const LIFETIME_SECONDS: i64 = 1799;

/// What is known of a token.
pub(super) struct Token {
    expires: Timestamp,
}

impl Token {
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        now < self.expires
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Token").field("expires", &self.expires).finish()
    }
}

impl Falcon {
    pub(super) fn token(&self, state: &mut State, call: &Call) -> Answer {
        let now = self.clock.now();
        state.limits.take(Limit::Tokens, now)?;
        let (id, secret) = (text(call, "client_id"), text(call, "client_secret"));
        if id.is_empty() {
            return Err(refused(400, "Failed to generate access token for clientID="));
        }
        self.authenticate(id, secret)?;
        let token = format!("{}{}", self.identifiers.base32(32), self.identifiers.base32(32));
        let expires = now.saturating_add(SignedDuration::from_secs(LIFETIME_SECONDS)).unwrap_or(Timestamp::MAX);
        state.tokens.insert(token.clone(), Token { expires });
        Ok(json!({ "access_token": token, "expires_in": LIFETIME_SECONDS, "token_type": "bearer" }))
    }

    /// A token that is none is revoked without a word (<https://www.rfc-editor.org/rfc/rfc7009#section-2.2>).
    pub(super) fn revoke(&self, state: &mut State, call: &Call) -> Answer {
        state.limits.take(Limit::Tokens, self.clock.now())?;
        let (id, secret) = basic(call).unwrap_or_default();
        self.authenticate(&id, &secret)?;
        let token = text(call, "token");
        if token.is_empty() {
            return Err(refused(400, "The form has no token"));
        }
        state.tokens.remove(token);
        Ok(Value::Null)
    }

    /// Whether the request bears a token that is good now.
    ///
    /// # Errors
    /// 401, or 429 after more of them than an address may have, or more requests than a customer may.
    pub(super) fn authorize(&self, state: &mut State, call: &Call) -> Result<(), ServiceError> {
        let now = self.clock.now();
        let token = header(call).strip_prefix("Bearer ").and_then(|token| state.tokens.get(token));
        if token.is_some_and(|token| token.is_good(now)) {
            return state.limits.take(Limit::Customer, now);
        }
        state.limits.take(Limit::Unauthorized, now)?;
        Err(refused(401, "access denied, invalid bearer token"))
    }

    /// Ends every token now, as Falcon does when an administrator resets the API client's secret.
    pub(crate) fn end_tokens(&self) {
        self.locked().tokens.clear();
    }

    fn authenticate(&self, id: &str, secret: &str) -> Result<(), ServiceError> {
        if id == self.client.id && secret == self.client.secret {
            return Ok(());
        }
        let message = "Failed to issue access token - Client authentication failed (e.g., unknown client, no client \
                       authentication included, or unsupported authentication method)";
        Err(refused(403, message))
    }
}

fn header(call: &Call) -> &str {
    call.input["authorization"].as_str().unwrap_or_default()
}

fn text<'a>(call: &'a Call, member: &str) -> &'a str {
    call.input["body"][member].as_str().unwrap_or_default()
}

/// Who the request says it is of, <https://www.rfc-editor.org/rfc/rfc7617>.
fn basic(call: &Call) -> Option<(String, String)> {
    let encoded = header(call).strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    decoded.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}
