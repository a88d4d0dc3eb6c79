//! The client, and the one way in which it calls Falcon's API.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::credentials::Credentials;
use crate::envelope::{self, Envelope, Records, Said};
use crate::error::FalconError;
use crate::exchange::{Exchange, JSON, form, get, post};
use crate::patience::Patience;
use crate::session::Session;
use crate::token::Token;
use crate::transport::Transport;

/// What a client is made of.
pub struct Setup {
    /// Who calls.
    pub credentials: Credentials,
    /// Where. A commercial cloud that is not the customer's sends the client on to the one that is.
    pub cloud: Cloud,
    /// How requests get there.
    pub transport: Arc<dyn Transport>,
    /// What time it is: Falcon says when to come back as a time.
    pub clock: Clock,
    /// How long a call may take.
    pub patience: Patience,
}

/// The Falcon cloud as one API client sees it. A clone shares the token.
#[derive(Clone)]
pub struct Falcon {
    exchange: Exchange,
    session: Arc<Session>,
}

/// A part of the API that is called.
pub(crate) struct Endpoint {
    /// `POST /alerts/entities/alerts/v2`.
    pub(crate) call: &'static str,
    pub(crate) path: &'static str,
    /// What the console calls the permission: `Alerts: Read`.
    pub(crate) scope: &'static str,
}

impl Falcon {
    /// A client. Nothing is sent before the first call.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let Setup { credentials, cloud, transport, clock, patience } = setup;
        let exchange = Exchange { transport, clock, patience };
        let session = Arc::new(Session::new(exchange.clone(), credentials, cloud));
        Self { exchange, session }
    }

    /// Gets a token now, if there is none: whoever asks several things learns first whether Falcon takes the credentials.
    ///
    /// # Errors
    /// Any [`FalconError`]; `AccessDenied` if it does not.
    pub async fn sign_in(&self) -> Result<(), FalconError> {
        self.session.token(self.exchange.deadline()).await.map(drop)
    }

    /// Ends the token, if there is one, before its time; the next call gets a new one. A worker that stops need not, but it
    /// leaves nothing behind that way.
    ///
    /// # Errors
    /// The token is forgotten all the same.
    pub async fn revoke(&self) -> Result<(), FalconError> {
        self.session.revoke().await
    }

    /// The records that a GET brings.
    ///
    /// # Errors
    /// As [`Falcon::post`].
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        query: &[(&str, &str)],
    ) -> Result<Records<T>, FalconError> {
        let query = form(query);
        let (token, response) = self.send(endpoint, |cloud| get(cloud, endpoint.path, &query)).await?;
        read(endpoint, &token, &response)
    }

    /// The records that a POST brings.
    ///
    /// # Errors
    /// Any [`FalconError`]; of errors that come with a success, only "not found" is none.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        body: &Value,
    ) -> Result<Records<T>, FalconError> {
        let body = Bytes::from(body.to_string());
        let (token, response) = self.send(endpoint, |cloud| post(cloud, endpoint.path, JSON, &body)).await?;
        read(endpoint, &token, &response)
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Sends a request with a token; once more with a new one if Falcon does not take it.
    pub(crate) async fn send(
        &self,
        endpoint: &Endpoint,
        request: impl Fn(&Cloud) -> Request<Bytes>,
    ) -> Result<(Token, Response<Bytes>), FalconError> {
        let deadline = self.exchange.deadline();
        let mut renewed = false;
        loop {
            let token = self.session.token(deadline).await?;
            let with_token = || {
                let mut request = request(&token.cloud);
                request.headers_mut().insert(AUTHORIZATION, token.bearer.clone());
                request
            };
            let response = self.exchange.send(endpoint.call, deadline, with_token).await?;
            if response.status() != StatusCode::UNAUTHORIZED || renewed {
                return Ok((token, response));
            }
            self.session.forget(&token).await;
            renewed = true;
        }
    }
}

impl fmt::Debug for Falcon {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Falcon").finish_non_exhaustive()
    }
}

/// The records of an answer.
///
/// # Errors
/// As [`Falcon::post`].
pub(crate) fn read<T: DeserializeOwned>(
    endpoint: &Endpoint,
    token: &Token,
    response: &Response<Bytes>,
) -> Result<Records<T>, FalconError> {
    let status = response.status();
    if !status.is_success() {
        return Err(refusal(endpoint, status.as_u16(), envelope::reason(response, &[&token.secret])));
    }
    let envelope = Envelope::read(response.body()).ok_or_else(|| FalconError::Malformed {
        call: endpoint.call,
        problem: format!("a body of {} bytes that is no envelope", response.body().len()),
    })?;
    // What is not found is simply not among the resources.
    let missing = |said: &Said| said.code == StatusCode::NOT_FOUND.as_u16();
    match envelope.errors.iter().find(|said| !missing(said)) {
        Some(error) => Err(refusal(endpoint, error.code, envelope::said(&envelope.errors, &[&token.secret]))),
        None => Ok(envelope.records()),
    }
}

/// Names what a status means, be it the answer's or that of an error within it.
pub(crate) fn refusal(endpoint: &Endpoint, status: u16, reason: String) -> FalconError {
    let call = endpoint.call;
    match status {
        401 | 403 => FalconError::AccessDenied {
            call,
            reason,
            remedy: format!("Grant the API client the scope \"{}\" in the Falcon console", endpoint.scope),
        },
        429 => FalconError::RateLimited { call, until: None },
        500..=599 => FalconError::Unavailable { call, reason },
        _ => FalconError::Rejected { call, status, reason },
    }
}
