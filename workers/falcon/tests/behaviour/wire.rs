//! A client whose wire ends in a sandbox, with nothing but a function in between.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use falconer_falcon::clock::Clock;
use falconer_falcon::{
    Alerts, Cloud, Credentials, Falcon, FalconError, NextPiece, NoAnswer, Opening, Patience, Pieces, Sending, Setup,
    Transport,
};
use falconer_sandbox::clock::Clock as SandboxClock;
use falconer_sandbox::{Body, ConnectionCut, Sandbox, SandboxOptions};
use http::{Request, Response};
use serde_json::{Value, json};

/// What the sandbox's clock shows when a test begins: 12.5 s after the full minute.
pub(crate) const BEGINNING: &str = "2026-01-15T10:00:12.5Z";
pub(crate) const SECRET: &str = "NotASecretNotASecretNotASecretNotASecret";
pub(crate) const CLIENT: &str =
    r#"{"clientId": "0000000000000000000000000sandbox", "clientSecret": "NotASecretNotASecretNotASecretNotASecret"}"#;
/// The API client whose tokens go to hosts.
pub(crate) const INSTALL: &str =
    r#"{"clientId": "0000000000000000000000000install", "clientSecret": "NotAnInstallSecretNotAnInstallSecretNotA"}"#;
pub(crate) const INSTALL_SECRET: &str = "NotAnInstallSecretNotAnInstallSecretNotA";
pub(crate) const DOMAIN: &str = "00000000000000000000000000000c1d:ind:00000000000000000000000000005e45:1-41002-1";
pub(crate) const ADDRESS: &str = "00000000000000000000000000000c1d:ind:00000000000000000000000000005e45:2-41002-1";
pub(crate) const ALERTS: &str = "/alerts/entities/alerts/v2";
pub(crate) const TOKEN: &str = "/oauth2/token";

type Interference = dyn Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync;

/// Answers what the test wants answered, and hands everything else to the sandbox, whatever host it is for.
struct Wire {
    sandbox: Sandbox,
    interference: Box<Interference>,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
}

impl Wire {
    /// The test's answer, if it has one; otherwise the request is made as the sandbox wants it: with Falcon under `/falcon`, as
    /// the URLs that it names have it already.
    fn meet(&self, request: &mut Request<Bytes>) -> Option<Response<Bytes>> {
        self.sent.lock().unwrap().push(request.clone());
        let played = (self.interference)(request);
        let (host, path) = (request.uri().host().unwrap(), request.uri().path_and_query().unwrap());
        if !path.as_str().starts_with("/falcon/") {
            *request.uri_mut() = format!("https://{host}/falcon{path}").parse().unwrap();
        }
        played
    }
}

impl Transport for Wire {
    fn send(&self, mut request: Request<Bytes>) -> Sending<'_> {
        Box::pin(async {
            match self.meet(&mut request) {
                Some(played) => Ok(played),
                None => self.sandbox.handle(request).await.map_err(no_answer),
            }
        })
    }

    fn open(&self, mut request: Request<Bytes>) -> Opening<'_> {
        Box::pin(async {
            Ok(match self.meet(&mut request) {
                Some(played) => played.map(|body| Box::new(Played(Some(body))) as Box<dyn Pieces>),
                None => self.sandbox.open(request).await.map_err(no_answer)?.map(|body| Box::new(Served(body)) as _),
            })
        })
    }
}

/// The body of an answer of the test's own, in one piece.
struct Played(Option<Bytes>);

impl Pieces for Played {
    fn next(&mut self) -> NextPiece<'_> {
        let piece = self.0.take();
        Box::pin(async { Ok(piece) })
    }
}

/// The body of an answer of the sandbox.
struct Served(Body);

impl Pieces for Served {
    fn next(&mut self) -> NextPiece<'_> {
        Box::pin(async { self.0.next().await.transpose().map_err(no_answer) })
    }
}

fn no_answer(cut: ConnectionCut) -> NoAnswer {
    NoAnswer(cut.to_string())
}

/// A client, the sandbox behind it, and what went over the wire.
pub(crate) struct Line {
    pub(crate) falcon: Falcon,
    pub(crate) sandbox: Sandbox,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
    wire: Arc<dyn Transport>,
    clock: Clock,
}

impl Line {
    pub(crate) fn open() -> Self {
        Self::with(CLIENT, "us-1", Patience::default(), |_| None)
    }

    /// The client that may do what an installation needs, and nothing else.
    pub(crate) fn install() -> Self {
        Self::with(INSTALL, "us-1", Patience::default(), |_| None)
    }

    pub(crate) fn interfered(
        interference: impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Self::with(CLIENT, "us-1", Patience::default(), interference)
    }

    pub(crate) fn with(
        credentials: &str,
        cloud: &str,
        patience: Patience,
        interference: impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        let clock = SandboxClock::starting_at(BEGINNING.parse().unwrap());
        let sandbox = Sandbox::new(SandboxOptions::new(clock));
        let sent = Arc::default();
        let wire = Wire { sandbox: sandbox.clone(), interference: Box::new(interference), sent: Arc::clone(&sent) };
        let clock = Clock::driven_by(move || clock.now());
        let (credentials, cloud) = (Credentials::from_json(credentials).unwrap(), cloud.parse::<Cloud>().unwrap());
        let wire: Arc<dyn Transport> = Arc::new(wire);
        let setup = Setup { credentials, cloud, transport: Arc::clone(&wire), clock: clock.clone(), patience };
        Self { falcon: Falcon::new(setup), sandbox, sent, wire, clock }
    }

    /// A client of another process on the same line.
    pub(crate) fn another(&self, credentials: &str) -> Falcon {
        Falcon::new(Setup {
            credentials: Credentials::from_json(credentials).unwrap(),
            cloud: Cloud::default(),
            transport: Arc::clone(&self.wire),
            clock: self.clock.clone(),
            patience: Patience::default(),
        })
    }

    /// One call of an ordinary kind.
    pub(crate) async fn alerts(&self) -> Result<Alerts, FalconError> {
        self.falcon.alerts(&[DOMAIN]).await
    }

    /// So many of them at the same time.
    pub(crate) async fn alerts_at_once(&self, calls: usize) -> Vec<Result<Alerts, FalconError>> {
        let calls = (0..calls).map(|_| {
            let falcon = self.falcon.clone();
            tokio::spawn(async move { falcon.alerts(&[DOMAIN]).await })
        });
        let mut ended = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            ended.push(call.await.unwrap());
        }
        ended
    }

    /// `host path` of every request so far.
    pub(crate) fn sent(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|one| format!("{} {}", one.uri().host().unwrap(), one.uri().path())).collect()
    }

    /// How many requests there were to a path.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.sent.lock().unwrap().iter().filter(|one| one.uri().path() == path).count()
    }

    /// The URLs of the requests to a path.
    pub(crate) fn urls(&self, path: &str) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|one| one.uri().path() == path).map(|one| one.uri().to_string()).collect()
    }

    /// The value of `Authorization` of every request so far, and where it went.
    pub(crate) fn authorized(&self) -> Vec<(String, String)> {
        let sent = self.sent.lock().unwrap();
        let header = |one: &Request<Bytes>| one.headers().get("authorization")?.to_str().ok().map(str::to_owned);
        sent.iter().filter_map(|one| Some((one.uri().path().to_owned(), header(one)?))).collect()
    }

    /// An instance of the fleet.
    pub(crate) fn put_instance(&self, instance: Value) {
        self.sandbox.put_instance(serde_json::from_value(instance).unwrap());
    }

    /// How many tokens of an API client are good now.
    pub(crate) async fn good_tokens(&self, client: &str) -> u64 {
        let request = Request::get("/sandbox/falcon/tokens").body(Bytes::new()).unwrap();
        let answer = self.sandbox.handle(request).await.unwrap();
        let good: Value = serde_json::from_slice(answer.body()).unwrap();
        good[client].as_u64().unwrap()
    }

    /// The token of the last request that bore one.
    pub(crate) fn last_token(&self) -> String {
        let sent = self.sent.lock().unwrap();
        let bearers = sent.iter().filter_map(|one| one.headers().get("authorization")?.to_str().ok());
        bearers.filter_map(|bearer| bearer.strip_prefix("Bearer ")).last().unwrap().to_owned()
    }

    pub(crate) async fn fault(&self, fault: &str, operation: &str, times: Option<u32>) {
        let mut body = json!({ "operation": operation, "fault": fault });
        if let Some(times) = times {
            body["times"] = times.into();
        }
        self.control("POST", "faults", body).await;
    }

    pub(crate) async fn control(&self, method: &str, path: &str, body: Value) {
        let request = Request::builder().method(method).uri(format!("/sandbox/{path}"));
        let answer = self.sandbox.handle(request.body(body.to_string().into()).unwrap()).await.unwrap();
        assert!(answer.status().is_success(), "{method} {path}: {answer:?}");
    }
}

/// An answer of our own.
pub(crate) fn answer(status: u16, body: impl ToString) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap()
}

pub(crate) fn indicators(alerts: &Alerts) -> Vec<&str> {
    alerts.found.iter().filter_map(|alert| alert.ioc_value.as_deref()).collect()
}
