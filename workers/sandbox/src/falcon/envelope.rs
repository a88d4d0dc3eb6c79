//! How Falcon's operations look in HTTP: a method and a path, JSON or a form in, and an envelope of `meta`, `errors` and
//! `resources` out (`MsaReplyMetaOnly` and its relatives, <https://github.com/CrowdStrike/gofalcon/tree/main/falcon/models>).

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request, Response};
use serde_json::{Map, Value, json};

use super::{PREFIX, refused};
use crate::front;
use crate::service::Service;
use crate::wire::ServiceError;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A path that ends with `/` takes the last part of the request's path as label.
const ROUTES: [(&str, &str, &str); 26] = [
    ("POST", "/oauth2/token", "Token"),
    ("POST", "/oauth2/revoke", "Revoke"),
    ("POST", "/alerts/entities/alerts/v2", "Alerts"),
    ("GET", "/devices/combined/devices/v1", "Hosts"),
    ("POST", "/devices/entities/devices/v2", "HostsById"),
    ("GET", "/intel/combined/indicators/v1", "Indicators"),
    ("GET", "/sensors/queries/installers/ccid/v1", "Ccid"),
    ("GET", "/sensors/combined/installers/v2", "Installers"),
    ("GET", "/installation-tokens/entities/customer-settings/v1", "TokenSettings"),
    ("GET", "/installation-tokens/queries/tokens/v1", "InstallationTokenIds"),
    ("GET", "/installation-tokens/entities/tokens/v1", "InstallationTokens"),
    ("GET", "/policy/combined/sensor-update/v2", "UpdatePolicies"),
    ("GET", "/policy/combined/sensor-update-builds/v1", "UpdateBuilds"),
    ("POST", "/policy/combined/reveal-uninstall-token/v1", "RevealUninstallToken"),
    ("GET", "/cloud-security-registration-aws/entities/account/v1", "CloudAccounts"),
    ("POST", "/cloud-security-registration-aws/entities/account/v1", "CreateCloudAccounts"),
    ("PATCH", "/cloud-security-registration-aws/entities/account/v1", "UpdateCloudAccounts"),
    ("DELETE", "/cloud-security-registration-aws/entities/account/v1", "DeleteCloudAccounts"),
    ("POST", "/cloud-security-registration-aws/entities/account/validate/v1", "ValidateCloudAccount"),
    ("GET", "/cloud-connect-cspm-aws/entities/account/v1", "CspmAccounts"),
    ("POST", "/cloud-connect-cspm-aws/entities/account/v1", "CreateCspmAccounts"),
    ("PATCH", "/cloud-connect-cspm-aws/entities/account/v1", "UpdateCspmAccounts"),
    ("DELETE", "/cloud-connect-cspm-aws/entities/account/v1", "DeleteCspmAccounts"),
    ("GET", "/sensors/entities/datafeed/v2", "EventStreams"),
    ("GET", "/sensors/entities/datafeed/v1/", "EventStream"),
    ("POST", "/sensors/entities/datafeed-actions/v1/", "RefreshEventStream"),
];

/// The operation and its input: `authorization` and `contentType` are the headers, if there are any, `body` the body's members,
/// `query` the values of each parameter, `label` what the path names, and `base` where the caller has the cloud.
///
/// # Errors
/// 404 for a path that is no route, 400 for a body that is neither a form nor a JSON object.
pub(crate) fn decode(request: &Request<Bytes>) -> Result<(String, Value), ServiceError> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let method = request.method().as_str();
    let route = ROUTES.iter().find_map(|(of, route, operation)| {
        let label = path.strip_prefix(route)?;
        let whole = label.is_empty() != route.ends_with('/') && !label.contains('/');
        (whole && *of == method).then_some((*operation, label))
    });
    let (operation, label) = route.ok_or_else(|| Service::Falcon.unknown_operation(&format!("{method} {path}")))?;
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let body = if request.method() == Method::GET || request.body().is_empty() {
        Map::new()
    } else if header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with(FORM)) {
        form_urlencoded::parse(request.body()).map(|(name, value)| (name.into_owned(), json!(value))).collect()
    } else {
        serde_json::from_slice::<Map<String, Value>>(request.body())
            .map_err(|error| refused(400, format!("The request body is not a JSON object: {error}")))?
    };
    let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        query.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    let host = request.uri().authority().map_or(header(HOST), |authority| Some(authority.as_str()));
    let scheme = request.uri().scheme_str().unwrap_or("http");
    let input = json!({
        "authorization": header(AUTHORIZATION),
        "contentType": header(CONTENT_TYPE),
        "body": body,
        "query": query,
        "label": label,
        "base": format!("{scheme}://{}{PREFIX}", host.unwrap_or("localhost")),
    });
    Ok((operation.to_owned(), input))
}

/// The output of an operation that answers records.
pub(super) fn listed(records: Vec<Value>) -> Value {
    json!({ "resources": records })
}

/// The output of an operation that answers a page of records, and where the page stands.
pub(super) fn paged(records: Vec<Value>, pagination: Value) -> Value {
    json!({ "resources": records, "pagination": pagination })
}

/// The output of an operation that is done for some records, and whose status and errors say for which it is not.
pub(super) fn mixed(status: u16, records: Vec<Value>, errors: Vec<Value>) -> Value {
    json!({ "status": status, "resources": records, "errors": errors })
}

/// The page of a list that begins at a number.
pub(super) fn page_by_number(records: Vec<Value>, offset: usize, limit: usize) -> Value {
    let pagination = json!({ "offset": offset, "limit": limit, "total": records.len() });
    paged(records.into_iter().skip(offset).take(limit).collect(), pagination)
}

/// An operation's output. A token comes bare and as something new, everything else in the envelope.
pub(crate) fn success(operation: &str, output: &Value, trace: &str) -> Response<Bytes> {
    if operation == "Token" {
        return front::response(201, JSON, output.to_string());
    }
    let status = output.get("status").and_then(Value::as_u64).and_then(|status| status.try_into().ok());
    let errors = output.get("errors").cloned().unwrap_or_else(|| json!([]));
    let mut body = json!({ "meta": meta(trace), "errors": errors });
    if let Some(pagination) = output.get("pagination") {
        body["meta"]["pagination"] = pagination.clone();
    }
    if let Some(records) = output.get("resources") {
        body["resources"] = records.clone();
    }
    front::response(status.unwrap_or(200), JSON, body.to_string())
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
