//! The control endpoint: what AWS itself, or a person at its console, does; and what a test wants to know.
//!
//! JSON both ways, no signature; described in this crate's README.

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::accounts::{self, NewAccount};
use crate::config::Invocation;
use crate::events::Event;
use crate::falcon::Sent;
use crate::faults::Fault;
use crate::fleet::Instance;
use crate::front;
use crate::management::{ControlTower, Organizations};
use crate::network_firewall::Flow;
use crate::organization::Organization;
use crate::permissions::Policy;
use crate::pipes::Logging;
use crate::service::Service;
use crate::services::Services;
use crate::wire::{Call, Caller};

const PREFIX: &str = "/sandbox/";

/// The state machine that judges the fleet.
const COMPLIANCE: &str = "check-compliance";

/// Events, findings, instances, alerts, faults or flows: one of them, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

/// An event as AWS would send it; what is left out is filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentEvent {
    source: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Value,
    account: Option<String>,
    region: Option<String>,
    time: Option<jiff::Timestamp>,
    #[serde(default)]
    resources: Vec<String>,
    id: Option<String>,
    #[serde(rename = "version")]
    _version: Option<String>,
}

/// The choice of a custom action at the console.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CustomAction {
    action_target_arn: String,
    finding_identifiers: Vec<Value>,
}

/// Why a control request was not done.
enum Refused {
    NoSuchPath,
    Invalid(String),
}

pub(crate) fn is_for(uri: &Uri) -> bool {
    uri.path().starts_with(PREFIX)
}

pub(crate) async fn answer(services: &Services, request: &Request<Bytes>) -> Response<Bytes> {
    let (status, body) = match perform(services, request).await {
        Ok(body) => (200, body),
        Err(Refused::NoSuchPath) => (404, json!({ "error": "no such method and path; see the sandbox's README" })),
        Err(Refused::Invalid(problem)) => (400, json!({ "error": problem })),
    };
    front::response(status, "application/json", body.to_string())
}

async fn perform(services: &Services, request: &Request<Bytes>) -> Result<Value, Refused> {
    let path = request.uri().path().trim_start_matches(PREFIX);
    let body = request.body();
    match (request.method(), path) {
        (&Method::GET, "health") => Ok(json!({ "status": "ready" })),
        (&Method::GET, "calls") => Ok(json!(services.calls.counts())),
        (&Method::GET, "calls/throttled") => Ok(json!(services.calls.throttled())),
        (&Method::DELETE, "calls") => {
            services.calls.reset();
            Ok(json!({}))
        }
        (&Method::GET, "faults") => Ok(json!(services.faults.list())),
        (&Method::POST, "faults") => {
            for fault in many::<Fault>(body)? {
                services.faults.add(fault).map_err(|error| Refused::Invalid(error.to_string()))?;
            }
            Ok(json!(services.faults.list()))
        }
        (&Method::DELETE, "faults") => {
            services.faults.clear();
            Ok(json!({}))
        }
        (&Method::POST, "accounts") => {
            for account in many::<NewAccount>(body)? {
                account.add(services).map_err(Refused::Invalid)?;
            }
            Ok(json!({}))
        }
        (&Method::POST, "roles") => {
            many::<Policy>(body)?.into_iter().for_each(|policy| policy.put(services));
            Ok(json!({}))
        }
        (&Method::POST, "control-tower") => {
            let events = many::<ControlTower>(body)?.into_iter().map(|event| event.publish(services));
            Ok(json!({ "EventIds": events.collect::<Vec<_>>() }))
        }
        (&Method::POST, "organizations") => {
            let events = many::<Organizations>(body)?.into_iter().map(|event| event.publish(services));
            Ok(json!({ "EventIds": events.collect::<Vec<_>>() }))
        }
        (&Method::POST, "falcon/alerts") => {
            for alert in many::<Value>(body)? {
                services.falcon.raise(alert).map_err(Refused::Invalid)?;
            }
            Ok(json!({}))
        }
        (&Method::POST, "falcon/hosts") => {
            many::<Value>(body)?.into_iter().for_each(|record| services.falcon.put_host(record));
            Ok(json!({}))
        }
        (&Method::POST, "falcon/indicators") => {
            for sent in many::<Value>(body)? {
                services.falcon.put_indicators(sent).map_err(Refused::Invalid)?;
            }
            Ok(json!({}))
        }
        (&Method::DELETE, "falcon/indicators") => {
            services.falcon.clear_indicators();
            Ok(json!({}))
        }
        (&Method::PUT, "falcon/settings") => {
            services.falcon.set(parse(body)?);
            Ok(json!({}))
        }
        (&Method::POST, "falcon/events") => {
            for sent in many::<Sent>(body)? {
                services.falcon.streams.send(sent).map_err(Refused::Invalid)?;
            }
            Ok(json!({}))
        }
        (&Method::GET, "falcon/streams") => Ok(services.falcon.streams.show()),
        (&Method::PUT, "falcon/streams") => {
            services.falcon.streams.set(parse(body)?).map_err(Refused::Invalid)?;
            Ok(json!({}))
        }
        (&Method::DELETE, "falcon/streams") => {
            services.falcon.streams.cut();
            Ok(json!({}))
        }
        (&Method::GET, "falcon/registrations") => Ok(services.falcon.registered()),
        (&Method::GET, "falcon/tokens") => Ok(json!(services.falcon.good_tokens())),
        (&Method::DELETE, "falcon/tokens") => {
            services.falcon.end_tokens();
            Ok(json!({}))
        }
        (&Method::GET, "instances") => Ok(instances(services, request.uri().query().unwrap_or_default())),
        (&Method::POST, "instances") => {
            many::<Instance>(body)?.into_iter().for_each(|instance| services.fleet.put(instance));
            Ok(json!({}))
        }
        (&Method::POST, "config/items") => {
            for item in many::<Value>(body)? {
                services.config.put_item(item).map_err(Refused::Invalid)?;
            }
            Ok(json!({}))
        }
        (&Method::POST, "config/evaluations") => evaluate(services, parse(body)?).await,
        (&Method::DELETE, "config/result-tokens") => {
            services.config.end_result_tokens();
            Ok(json!({}))
        }
        (&Method::GET, "notifications") => Ok(json!(services.sns.published())),
        (&Method::GET, "flows") => Ok(json!(services.network_firewall.open_flows())),
        (&Method::POST, "flows") => {
            many::<Flow>(body)?.into_iter().for_each(|flow| services.network_firewall.open_flow(flow));
            Ok(json!(services.network_firewall.open_flows()))
        }
        (&Method::POST, "firewall/alerts") => {
            let logging = Logging::of(request.uri().query().unwrap_or_default()).map_err(Refused::Invalid)?;
            let records = services.pipes.log(&many::<Value>(body)?, &logging).map_err(Refused::Invalid)?;
            Ok(json!({ "records": records }))
        }
        (&Method::POST, "firewall/alerts/control-message") => {
            services.pipes.test_destination().map_err(Refused::Invalid)?;
            Ok(json!({ "records": 1 }))
        }
        (&Method::POST, "events") => {
            let sent = many::<SentEvent>(body)?.into_iter().map(|sent| publish(services, sent));
            Ok(json!({ "EventIds": sent.collect::<Vec<_>>() }))
        }
        (&Method::GET, "findings") => Ok(services.security_hub.list()),
        (&Method::POST, "findings") => {
            for finding in many::<Value>(body)? {
                services.security_hub.receive(finding).map_err(Refused::Invalid)?;
            }
            Ok(json!({}))
        }
        (&Method::POST, "custom-actions") => {
            let action: CustomAction = parse(body)?;
            let chosen = services.security_hub.choose(&action.action_target_arn, &action.finding_identifiers);
            chosen.map(|events| json!({ "EventIds": events })).map_err(Refused::Invalid)
        }
        (&Method::DELETE, path) => {
            let account = path.strip_prefix("accounts/").ok_or(Refused::NoSuchPath)?;
            accounts::close(services, account).map_err(Refused::Invalid)?;
            Ok(json!({}))
        }
        _ => Err(Refused::NoSuchPath),
    }
}

/// The instances of the account that the query names, or all.
fn instances(services: &Services, query: &str) -> Value {
    let account = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "account");
    let show = |instances: &mut dyn Iterator<Item = &Instance>| json!(instances.collect::<Vec<_>>());
    match account {
        Some((_, account)) => services.fleet.of(&account, None, show),
        None => services.fleet.view(show),
    }
}

/// Config invokes a custom rule. Its function in the member would start the hub's state machine, which is all that it
/// would do.
async fn evaluate(services: &Services, invocation: Invocation) -> Result<Value, Refused> {
    let start = invocation.start;
    let event = services.config.invoke(invocation).map_err(Refused::Invalid)?;
    let mut answer = json!({ "event": event });
    if start {
        let Organization { region, hub, .. } = &*services.organization;
        let machine = services.organization.arn("states", region, hub, &format!("stateMachine:{COMPLIANCE}"));
        let arn = services.organization.arn("sts", "", hub, "assumed-role/falconer-sensor/sandbox");
        let call = Call {
            caller: Caller { account: hub.clone(), region: region.clone(), arn },
            operation: "StartExecution".to_owned(),
            input: json!({ "stateMachineArn": machine, "input": event.to_string() }),
        };
        let started = services.call(Service::StepFunctions, call).await;
        let started = started.map_err(|error| Refused::Invalid(format!("{}: {}", error.code, error.message)))?;
        answer["executionArn"] = started["executionArn"].clone();
    }
    Ok(answer)
}

/// The id under which the event went out.
fn publish(services: &Services, sent: SentEvent) -> String {
    let organization = &services.organization;
    let account = sent.account.unwrap_or_else(|| organization.hub.clone());
    let region = sent.region.unwrap_or_else(|| organization.region.clone());
    let event = services.events.event(&account, &region, &sent.source, &sent.detail_type);
    let event = Event {
        id: sent.id.unwrap_or(event.id),
        time: sent.time.unwrap_or(event.time),
        resources: sent.resources,
        detail: sent.detail,
        ..event
    };
    services.events.publish(&event);
    event.id
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::Invalid(error.to_string()))
}

fn many<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<T>, Refused> {
    let values = match parse(body)? {
        OneOrMany::Many(values) => values,
        OneOrMany::One(value) => vec![value],
    };
    let values = values.into_iter().map(serde_json::from_value);
    values.collect::<Result<_, _>>().map_err(|error| Refused::Invalid(error.to_string()))
}
