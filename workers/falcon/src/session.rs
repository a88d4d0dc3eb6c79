//! The token and its cloud: one for all clones of a client.
//!
//! <https://developer.crowdstrike.com/api-reference/collections/oauth2/>.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Response, StatusCode};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::cloud::{Cloud, Sent};
use crate::credentials::Credentials;
use crate::envelope;
use crate::error::FalconError;
use crate::exchange::{Exchange, form, post};
use crate::issued::IssuedToken;
use crate::secret::Secret;
use crate::token::Token;

const TOKEN: &str = "POST /oauth2/token";
const REVOKE: &str = "POST /oauth2/revoke";
const FORM: &str = "application/x-www-form-urlencoded";

/// Clouds that a client may be sent on to before it has its token: one is enough, and two are a circle.
const MOST_MOVES: usize = 2;

/// Gets tokens, one request at a time, however many calls wait for it.
pub(crate) struct Session {
    exchange: Exchange,
    credentials: Credentials,
    /// Requests for a token that have ended, in whatever way.
    ended: AtomicU64,
    state: Mutex<State>,
}

struct State {
    cloud: Cloud,
    token: Option<Token>,
    /// How the last request for a token failed, for those who waited for it.
    failure: Option<FalconError>,
}

impl Session {
    pub(crate) fn new(exchange: Exchange, credentials: Credentials, cloud: Cloud) -> Self {
        let state = Mutex::new(State { cloud, token: None, failure: None });
        Self { exchange, credentials, ended: AtomicU64::new(0), state }
    }

    /// A token that is good for some time, of the cloud that the customer is in. Whoever waits while another one's request
    /// is under way gets what that brings, a failure too: a hundred calls with wrong credentials ask once.
    pub(crate) async fn token(&self, deadline: Instant) -> Result<Token, FalconError> {
        let ended_before = self.ended.load(Ordering::Acquire);
        // Needs no time limit: the lock is fair, so who holds it began earlier and has the earlier deadline.
        let mut state = self.state.lock().await;
        if let Some(token) = state.token.as_ref().filter(|token| token.is_fresh()) {
            return Ok(token.clone());
        }
        if self.ended.load(Ordering::Acquire) != ended_before
            && let Some(failure) = &state.failure
        {
            return Err(failure.clone());
        }
        let outcome = self.ask(&mut state.cloud, deadline).await;
        self.ended.fetch_add(1, Ordering::Release);
        state.token = outcome.as_ref().ok().cloned();
        state.failure = outcome.as_ref().err().cloned();
        outcome
    }

    /// Drops a token that Falcon did not take, unless it has been replaced already.
    pub(crate) async fn forget(&self, refused: &Token) {
        let mut state = self.state.lock().await;
        if state.token.as_ref().is_some_and(|token| token.secret == refused.secret) {
            state.token = None;
        }
    }

    /// A token that is not kept: for somebody else.
    pub(crate) async fn issue(&self) -> Result<IssuedToken, FalconError> {
        let now = self.exchange.clock.now();
        let deadline = self.exchange.deadline();
        let mut state = self.state.lock().await;
        let Token { secret, cloud, lifetime, .. } = self.ask(&mut state.cloud, deadline).await?;
        Ok(IssuedToken::new(secret, cloud, now.saturating_add(lifetime).unwrap_or(now)))
    }

    /// Gives the token back before its time, if there is one.
    pub(crate) async fn revoke(&self) -> Result<(), FalconError> {
        let Some(token) = self.state.lock().await.token.take() else { return Ok(()) };
        self.end(&token.secret, &token.cloud).await
    }

    /// Ends a token of these credentials.
    ///
    /// # Errors
    /// `Malformed` for a token of a cloud that must not learn the client's secret; then nothing is sent.
    pub(crate) async fn end(&self, token: &Secret, cloud: &Cloud) -> Result<(), FalconError> {
        if !self.state.lock().await.cloud.trusts(cloud) {
            let problem = format!("the token is one of {cloud}, which must not learn this client's secret");
            return Err(FalconError::Malformed { call: REVOKE, problem });
        }
        let (id, secret) = (self.credentials.client_id(), self.credentials.client_secret());
        let basic = Secret::new(STANDARD.encode(format!("{id}:{}", secret.expose())));
        let body = form(&[("token", token.expose())]).into();
        let request = || {
            let mut request = post(cloud, "/oauth2/revoke", FORM, &body);
            // Base 64 has no character that a header could not hold.
            if let Ok(mut value) = format!("Basic {}", basic.expose()).parse::<HeaderValue>() {
                value.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, value);
            }
            request
        };
        let response = self.exchange.send(REVOKE, self.exchange.deadline(), request).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            _ => Err(self.refusal(REVOKE, &response, &[token, secret, &basic])),
        }
    }

    async fn ask(&self, cloud: &mut Cloud, deadline: Instant) -> Result<Token, FalconError> {
        let malformed = |problem: String| FalconError::Malformed { call: TOKEN, problem };
        let secret = self.credentials.client_secret();
        let body = form(&[("client_id", self.credentials.client_id()), ("client_secret", secret.expose())]).into();
        for _ in 0..=MOST_MOVES {
            let asked = Instant::now();
            let request = || post(cloud, "/oauth2/token", FORM, &body);
            let response = self.exchange.send(TOKEN, deadline, request).await?;
            let status = response.status();
            if !status.is_success() && !status.is_redirection() {
                return Err(self.refusal(TOKEN, &response, &[secret]));
            }
            match cloud.sent(status.is_redirection(), response.headers()) {
                Sent::Here => {
                    let token = Token::read(response.body(), cloud.clone(), asked);
                    return token.map_err(|problem| malformed(problem.to_owned()));
                }
                Sent::To(other) => {
                    tracing::info!(from = %cloud, to = %other, "Falcon's customer is in another cloud");
                    *cloud = other;
                }
                Sent::Astray => {
                    let problem = format!("{cloud} redirects to a place that may not learn the client's secret");
                    return Err(malformed(problem));
                }
            }
        }
        Err(malformed("the clouds send the client around in a circle".to_owned()))
    }

    /// The token endpoints answer 400, 401 and 403 to credentials that they do not take, and 403 to an address that may
    /// not use the API.
    fn refusal(&self, call: &'static str, response: &Response<Bytes>, hidden: &[&Secret]) -> FalconError {
        let reason = envelope::reason(response, hidden);
        match response.status() {
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FalconError::AccessDenied {
                call,
                reason,
                remedy: "Check that the API client's id and secret are those of the Falcon console (Support and \
                         resources > API clients and keys), that they belong to the configured cloud, and that the IP \
                         allowlist there lets the worker in"
                    .to_owned(),
            },
            status => FalconError::Rejected { call, status: status.as_u16(), reason },
        }
    }
}
