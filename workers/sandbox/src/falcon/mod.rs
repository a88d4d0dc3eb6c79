//! The Falcon cloud, under `/falcon`: API clients and their tokens, alerts, hosts, indicators, event streams, what it takes to
//! install a sensor, and the registration of AWS accounts.
//!
//! Falcon speaks its own protocol (`envelope`, `query`, `fql`) and knows its callers by tokens of its own instead of
//! signatures (`tokens`), each of which may do what its API client may (`clients`).
//! <https://developer.crowdstrike.com/api-reference/>.

mod alerts;
mod clients;
mod device;
mod enrolment;
mod envelope;
mod fql;
mod hosts;
mod ids;
mod indicators;
mod installation_tokens;
mod installers;
mod limits;
mod query;
mod registrations;
mod releases;
mod settings;
mod streams;
mod tokens;
mod uninstall_tokens;
mod update_policies;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Response, Uri};
use jiff::Timestamp;
use serde_json::Value;

use crate::clock::Clock;
use crate::fleet::Fleet;
use crate::identifiers::Identifiers;
use crate::service::Service;
use crate::wire::{Answer, Call, ServiceError};
use limits::{Limit, Limits};
use registrations::{Api, Registrations};
use tokens::Token;

pub(crate) use clients::{ApiClient, Scope};
pub(crate) use envelope::{decode, failure, success};
pub(crate) use settings::Settings;
use streams::Streams;
pub(crate) use streams::{Feed, Sent};

/// Where the Falcon cloud begins.
pub(crate) const PREFIX: &str = "/falcon";

/// The name of the cloud that the sandbox plays, as `X-Cs-Region` says it.
const CLOUD: &str = "us-1";

/// The customer that all of it belongs to.
pub(crate) const CUSTOMER: &str = "00000000000000000000000000000c1d";

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Falcon {
    clock: Clock,
    identifiers: Identifiers,
    fleet: Fleet,
    clients: &'static [ApiClient],
    pub(crate) streams: Streams,
    /// Locked before the fleet and the streams, never after them.
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// By the token itself.
    tokens: BTreeMap<String, Token>,
    /// By composite id.
    alerts: BTreeMap<String, Value>,
    /// Records of hosts beside those of the fleet.
    raw_hosts: Vec<Value>,
    /// As they were put.
    indicators: Vec<Value>,
    /// How many of them a generator has made so far, those that were forgotten too.
    indicators_made: u64,
    /// When a sensor was last seen whose instance does not run, by device id.
    stopped: BTreeMap<String, Timestamp>,
    settings: Settings,
    limits: Limits,
    registrations: Registrations,
}

type Operation = fn(&Falcon, &mut State, &Call) -> Answer;

impl Falcon {
    pub(crate) fn new(clock: Clock, identifiers: Identifiers, fleet: Fleet, clients: &'static [ApiClient]) -> Self {
        let streams = Streams::new(clock, identifiers.clone());
        Self { clock, identifiers, fleet, clients, streams, state: Arc::default() }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::Falcon.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, &mut self.locked(), call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "Token" => Self::token,
            "Revoke" => Self::revoke,
            "Alerts" => Self::alerts,
            "Hosts" => Self::hosts,
            "HostsById" => Self::hosts_by_id,
            "Indicators" => Self::indicators,
            "Ccid" => Self::ccid,
            "Installers" => Self::installers,
            "TokenSettings" => Self::token_settings,
            "InstallationTokenIds" => Self::installation_token_ids,
            "InstallationTokens" => Self::installation_tokens,
            "UpdatePolicies" => Self::update_policies,
            "UpdateBuilds" => Self::update_builds,
            "RevealUninstallToken" => Self::reveal_uninstall_token,
            "CloudAccounts" => |falcon, state, call| falcon.accounts(state, call, Api::Cloud),
            "CreateCloudAccounts" => |falcon, state, call| falcon.create_accounts(state, call, Api::Cloud),
            "UpdateCloudAccounts" => |falcon, state, call| falcon.update_accounts(state, call, Api::Cloud),
            "DeleteCloudAccounts" => |falcon, state, call| falcon.delete_accounts(state, call, Api::Cloud),
            "ValidateCloudAccount" => Self::validate_account,
            "CspmAccounts" => |falcon, state, call| falcon.accounts(state, call, Api::Cspm),
            "CreateCspmAccounts" => |falcon, state, call| falcon.create_accounts(state, call, Api::Cspm),
            "UpdateCspmAccounts" => |falcon, state, call| falcon.update_accounts(state, call, Api::Cspm),
            "DeleteCspmAccounts" => |falcon, state, call| falcon.delete_accounts(state, call, Api::Cspm),
            "EventStreams" => Self::event_streams,
            "EventStream" => Self::event_stream,
            "RefreshEventStream" => Self::refresh_event_stream,
            _ => return None,
        };
        Some(operation)
    }

    /// Adds the headers that every answer of Falcon has.
    pub(crate) fn label(&self, operation: &str, trace: &str, response: &mut Response<Bytes>) {
        let status = response.status().as_u16();
        let limit = match (status, operation) {
            (401, _) => Limit::Unauthorized,
            (_, "Token" | "Revoke") => Limit::Tokens,
            _ => Limit::Customer,
        };
        let now = self.clock.now();
        let mut headers = vec![
            ("x-cs-region", CLOUD.to_owned()),
            ("x-cs-traceid", trace.to_owned()),
            ("x-ratelimit-limit", limit.per_minute().to_string()),
            ("x-ratelimit-remaining", self.locked().limits.remaining(limit, now).to_string()),
        ];
        if status == 429 {
            headers.push(("x-ratelimit-retryafter", limits::next_window(now).to_string()));
        }
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn is_for(uri: &Uri) -> bool {
    uri.path().strip_prefix(PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An error of Falcon, whose code is its HTTP status.
fn refused(status: u16, message: impl Into<String>) -> ServiceError {
    ServiceError::new(&status.to_string(), message)
}
