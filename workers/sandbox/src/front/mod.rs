//! From an HTTP request to an operation and back: signature, protocol, faults, counts.

mod body;
mod json;
mod query;
mod rest;
mod server;
mod signature;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};

pub use body::Body;
pub(crate) use server::serve;

use crate::control;
use crate::falcon;
use crate::faults::{CallFault, Mishap};
use crate::service::{Protocol, Service};
use crate::services::Services;
use crate::wire::{Answer, Call, Caller, ServiceError};

/// What an answer of an AWS service is an answer to: an extension of the response, for who is in the same process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// `network-firewall.DescribeRuleGroup`.
    pub operation: String,
    /// The ARN of who called, as GetCallerIdentity shows it.
    pub caller: String,
}

/// The connection ends without an answer, or in the middle of it. A client cannot tell whether its request was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox cut the connection")]
pub struct ConnectionCut;

/// Answers a request to the services or to the control endpoint.
///
/// # Errors
/// [`ConnectionCut`].
pub(crate) async fn answer(services: &Services, request: Request<Bytes>) -> Result<Response<Body>, ConnectionCut> {
    if control::is_for(request.uri()) {
        return Ok(control::answer(services, &request).await.map(|whole| Body::new(whole, None)));
    }
    let request_id = services.identifiers.uuid();
    let mut served = None;
    let (service, operation, answer) = match sender(services, &request) {
        Ok((service, caller)) => match decode(service, &request) {
            Ok((operation, input)) => {
                served = Some(Served { operation: qualified(service, &operation), caller: caller.arn.clone() });
                let call = Call { caller, operation: operation.clone(), input };
                (service, operation, perform(services, service, call).await?)
            }
            Err(error) => (service, String::new(), Err(error)),
        },
        Err(error) => (presumed(&request), String::new(), Err(error)),
    };
    let mut response = encode(service, &operation, &answer, &request_id);
    if service == Service::Falcon {
        services.falcon.label(&operation, &request_id, &mut response);
    } else {
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        if let Some(served) = served {
            response.extensions_mut().insert(served);
        }
    }
    let feed = match &answer {
        Ok(output) if service == Service::Falcon => services.falcon.feed(&operation, output),
        _ => None,
    };
    Ok(response.map(|whole| Body::new(whole, feed)))
}

/// The service that a request is for, and who sends it. Falcon knows its callers by tokens of its own; to everything else
/// in the sandbox they are the hub.
fn sender(services: &Services, request: &Request<Bytes>) -> Result<(Service, Caller), ServiceError> {
    let organization = &services.organization;
    if falcon::is_for(request.uri()) {
        return Ok((Service::Falcon, signature::caller(organization, &organization.hub, &organization.region)));
    }
    signature::read(request.headers(), organization, &services.sts)
}

/// Does one call as it comes over the wire: counted, and with the faults that are on.
///
/// # Errors
/// [`ConnectionCut`].
pub(crate) async fn perform(services: &Services, service: Service, call: Call) -> Result<Answer, ConnectionCut> {
    if !Services::has(service, &call.operation) {
        return Ok(Err(service.unknown_operation(&call.operation)));
    }
    let operation = qualified(service, &call.operation);
    services.calls.count(&operation);
    if let Some(refusal) = services.permissions.refusal(service, &call) {
        return Ok(Err(refusal));
    }
    let Mishap { delay, fault } = services.faults.of_call(&operation, &call.caller);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match fault {
        None => {}
        Some(CallFault::Throttle) => {
            services.calls.throttle(&operation);
            return Ok(Err(service.throttled()));
        }
        Some(CallFault::Error { code }) => return Ok(Err(ServiceError::new(&code, "A fault of the sandbox"))),
        Some(CallFault::Drop) => return Err(ConnectionCut),
        Some(CallFault::LoseAnswer) => {
            // Done, whatever comes of it; the caller learns nothing.
            drop(services.call(service, call).await);
            return Err(ConnectionCut);
        }
        Some(CallFault::Partial(batch)) => {
            let mut call = call;
            let withheld = batch.withhold(&mut call);
            return Ok(batch.tell(services.call(service, call).await, withheld));
        }
        Some(CallFault::TokenConflict) => services.network_firewall.touch_rule_group(&call),
    }
    Ok(services.call(service, call).await)
}

/// The sandbox's own name of an operation: `network-firewall.DescribeRuleGroup`.
fn qualified(service: Service, operation: &str) -> String {
    format!("{}.{operation}", service.signing_name())
}

fn decode(service: Service, request: &Request<Bytes>) -> Result<(String, serde_json::Value), ServiceError> {
    match service.protocol() {
        Protocol::Json { target, .. } => json::decode(service, target, request.headers(), request.body()),
        Protocol::Rest => rest::decode(request.method(), request.uri(), request.body()),
        Protocol::Query { .. } => query::decode(request.body()),
        Protocol::Falcon => falcon::decode(request),
    }
}

fn encode(service: Service, operation: &str, answer: &Answer, request_id: &str) -> Response<Bytes> {
    match (service.protocol(), answer) {
        (Protocol::Json { content_type, .. }, Ok(output)) => json::success(content_type, output),
        (Protocol::Json { content_type, .. }, Err(error)) => json::failure(service, content_type, error),
        (Protocol::Rest, Ok(output)) => rest::success(output),
        (Protocol::Rest, Err(error)) => rest::failure(service, error),
        (Protocol::Query { namespace }, Ok(output)) => query::success(namespace, operation, output, request_id),
        (Protocol::Query { namespace }, Err(error)) => query::failure(service, namespace, error, request_id),
        (Protocol::Falcon, Ok(output)) => falcon::success(operation, output, request_id),
        (Protocol::Falcon, Err(error)) => falcon::failure(error, request_id),
    }
}

/// The service that an unsigned request was probably meant for, so that its client can read the refusal.
fn presumed(request: &Request<Bytes>) -> Service {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !header("x-amz-target").is_empty() {
        Service::StepFunctions
    } else if header("content-type").starts_with("application/x-www-form-urlencoded") {
        Service::Sts
    } else {
        Service::SecurityHub
    }
}

/// A response of the front or of the control endpoint.
pub(crate) fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response
}
