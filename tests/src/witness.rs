//! Who watches what a worker calls: which activity, with whose credentials, which operation. What all tests of a run have seen is held
//! to the contracts when they are done (tests/tests/permissions.rs).

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use falconer_runtime::activity_at_work;
use falconer_sandbox::Served;

use crate::house::HUB;

/// With whose credentials a call was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credentials {
    /// The worker's own.
    Own,
    /// Those of a session in a role that it assumed.
    Assumed,
}

/// A kind of call that was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Witnessed {
    /// In the `run` of this activity; `None` for what the process does beside its tasks.
    pub activity: Option<String>,
    /// With these credentials.
    pub credentials: Credentials,
    /// `network-firewall.DescribeRuleGroup`.
    pub operation: String,
}

/// Of this process, so that each kind of call is written down once.
static SEEN: Mutex<BTreeSet<Witnessed>> = Mutex::new(BTreeSet::new());

impl Witnessed {
    fn of(activity: Option<&str>, Served { operation, caller }: &Served) -> Self {
        // In the hub nobody assumes a role but the whole worker, whose own it is then.
        let is_own = caller.contains(&format!("::{HUB}:"));
        let credentials = if is_own { Credentials::Own } else { Credentials::Assumed };
        Self { activity: activity.map(str::to_owned), credentials, operation: operation.clone() }
    }

    /// Writes it down where the run keeps it, if it keeps anything. A short line is appended as a whole, whoever else writes.
    fn keep(self) {
        let line = self.line();
        let is_new = SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(self);
        if is_new && let Some(book) = book() {
            OpenOptions::new().create(true).append(true).open(book).unwrap().write_all(line.as_bytes()).unwrap();
        }
    }

    fn line(&self) -> String {
        format!("{} {:?} {}\n", self.activity.as_deref().unwrap_or("-"), self.credentials, self.operation)
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let activity = words.next().filter(|name| *name != "-").map(str::to_owned);
        let credentials = match words.next()? {
            "Own" => Credentials::Own,
            "Assumed" => Credentials::Assumed,
            _ => return None,
        };
        Some(Self { activity, credentials, operation: words.next()?.to_owned() })
    }
}

/// Everything that the tests of this run have seen so far; `None` if nobody keeps it.
#[must_use]
pub fn witnessed() -> Option<BTreeSet<Witnessed>> {
    let text = fs::read_to_string(book()?).ok()?;
    Some(text.lines().map(|line| Witnessed::read(line).unwrap()).collect())
}

/// The file that `make test` names.
#[expect(clippy::disallowed_methods, reason = "what a test run keeps is no configuration of Falconer")]
fn book() -> Option<PathBuf> {
    env::var_os("WITNESSED_CALLS").map(PathBuf::from)
}

/// The clients' configuration of a worker whose calls are seen.
pub(crate) fn seeing(sdk: &SdkConfig) -> SdkConfig {
    sdk.to_builder().http_client(Witness(sdk.http_client().unwrap())).build()
}

/// Sees what goes through another client.
#[derive(Debug)]
struct Witness<Through>(Through);

impl HttpClient for Witness<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Witness(self.0.http_connector(settings, parts)))
    }
}

impl HttpConnector for Witness<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (activity, answer) = (activity_at_work(), self.0.call(request));
        HttpConnectorFuture::new(async move {
            let answer = answer.await?;
            if let Some(served) = answer.extension() {
                Witnessed::of(activity, served).keep();
            }
            Ok(answer)
        })
    }
}
