//! How Falcon's operations look in HTTP: a method and a path, JSON or a form in, and an envelope of `meta`, `errors` and
//! `resources` out (`MsaReplyMetaOnly` and its relatives, <https://github.com/CrowdStrike/gofalcon/tree/main/falcon/models>).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response};
use serde_json::{Map, Value, json};

use super::{PREFIX, refused};
use crate::front;
use crate::service::Service;
use crate::wire::ServiceError;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

const ROUTES: [(&str, &str, &str); 3] = [
    ("POST", "/oauth2/token", "Token"),
    ("POST", "/oauth2/revoke", "Revoke"),
    ("POST", "/alerts/entities/alerts/v2", "Alerts"),
];

/// The operation and its input: `authorization` is the header, if there is one, and `body` the body's members.
///
/// # Errors
/// 404 for a path that is no route, 400 for a body that is neither a form nor a JSON object.
pub(crate) fn decode(request: &Request<Bytes>) -> Result<(String, Value), ServiceError> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let method = request.method().as_str();
    let route = ROUTES.iter().find(|(of, route, _)| *of == method && *route == path);
    let (_, _, operation) = route.ok_or_else(|| Service::Falcon.unknown_operation(&format!("{method} {path}")))?;
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let body = if header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with(FORM)) {
        form_urlencoded::parse(request.body()).map(|(name, value)| (name.into_owned(), json!(value))).collect()
    } else {
        serde_json::from_slice::<Map<String, Value>>(request.body())
            .map_err(|error| refused(400, format!("The request body is not a JSON object: {error}")))?
    };
    Ok(((*operation).to_owned(), json!({ "authorization": header(AUTHORIZATION), "body": body })))
}

/// An operation's output. A token comes bare and as something new, everything else in the envelope.
pub(crate) fn success(operation: &str, output: &Value, trace: &str) -> Response<Bytes> {
    if operation == "Token" {
        return front::response(201, JSON, output.to_string());
    }
    let mut body = json!({ "meta": meta(trace), "errors": [] });
    if !output.is_null() {
        body["resources"] = output.clone();
    }
    front::response(200, JSON, body.to_string())
}

/// An error of the service.
pub(crate) fn failure(error: &ServiceError, trace: &str) -> Response<Bytes> {
    let status = Service::Falcon.status_of(&error.code);
    let body = json!({ "meta": meta(trace), "errors": [{ "code": status, "message": error.message }] });
    front::response(status, JSON, body.to_string())
}

fn meta(trace: &str) -> Value {
    json!({ "query_time": 0.001, "powered_by": "crowdstrike-api-gateway", "trace_id": trace })
}
