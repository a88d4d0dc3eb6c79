//! `restJson1` as Security Hub speaks it: the operation is a method and a path, the input is the body, the path's label
//! and the query string together.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>; the routes are those of the service's model,
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Operations.html>.

use bytes::Bytes;
use http::{HeaderValue, Method, Response, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::json;
use crate::service::Service;
use crate::wire::ServiceError;

/// A path that ends with `/` takes the rest of the request's path as `ActionTargetArn`.
const ROUTES: [(&str, &str, &str); 16] = [
    ("GET", "/accounts", "DescribeHub"),
    ("POST", "/accounts", "EnableSecurityHub"),
    ("GET", "/administrator", "GetAdministratorAccount"),
    ("GET", "/members", "ListMembers"),
    ("POST", "/members", "CreateMembers"),
    ("POST", "/members/get", "GetMembers"),
    ("GET", "/organization/configuration", "DescribeOrganizationConfiguration"),
    ("POST", "/findings", "GetFindings"),
    ("POST", "/findings/import", "BatchImportFindings"),
    ("PATCH", "/findings/batchupdate", "BatchUpdateFindings"),
    ("POST", "/findingsv2", "GetFindingsV2"),
    ("PATCH", "/findingsv2/batchupdatev2", "BatchUpdateFindingsV2"),
    ("POST", "/actionTargets", "CreateActionTarget"),
    ("POST", "/actionTargets/get", "DescribeActionTargets"),
    ("PATCH", "/actionTargets/", "UpdateActionTarget"),
    ("DELETE", "/actionTargets/", "DeleteActionTarget"),
];

/// The operation and its input.
///
/// # Errors
/// `UnknownOperationException` for a path that is no route, `SerializationException` for a body that is no JSON object.
pub(super) fn decode(method: &Method, uri: &Uri, body: &[u8]) -> Result<(String, Value), ServiceError> {
    let path = uri.path();
    let route = ROUTES.iter().find_map(|(of, route, operation)| {
        let label = if route.ends_with('/') { path.strip_prefix(route)? } else { "" };
        let whole = if route.ends_with('/') { !label.is_empty() } else { path == *route };
        (whole && method.as_str() == *of).then_some((*operation, label))
    });
    let (operation, label) =
        route.ok_or_else(|| Service::SecurityHub.unknown_operation(&format!("{method} {path}")))?;
    let mut input = match body {
        [] => Map::new(),
        body => match json::object(body)? {
            Value::Object(members) => members,
            _ => Map::new(),
        },
    };
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        input.insert(name.into_owned(), Value::String(value.into_owned()));
    }
    if !label.is_empty() {
        let arn = percent_decode_str(label).decode_utf8_lossy().into_owned();
        input.insert("ActionTargetArn".to_owned(), Value::String(arn));
    }
    Ok((operation.to_owned(), Value::Object(input)))
}

/// An operation's output.
pub(super) fn success(output: &Value) -> Response<Bytes> {
    super::response(200, "application/json", output.to_string())
}

/// An error of the service: its name in a header, and once more as the model's member `Code`.
pub(super) fn failure(service: Service, error: &ServiceError) -> Response<Bytes> {
    let mut body = Map::new();
    body.insert("Code".to_owned(), error.code.as_str().into());
    body.insert(service.message_member(&error.code).to_owned(), error.message.as_str().into());
    body.extend(error.members.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut response =
        super::response(service.status_of(&error.code), "application/json", Value::Object(body).to_string());
    if let Ok(code) = HeaderValue::from_str(&error.code) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_in_the_path_is_decoded_whether_its_slashes_are_or_not() {
        for path in [
            "/actionTargets/arn%3Aaws%3Asecurityhub%3Aus-east-1%3A111122223333%3Aaction%2Fcustom%2Fblock",
            "/actionTargets/arn:aws:securityhub:us-east-1:111122223333:action/custom/block",
        ] {
            let (operation, input) = decode(&Method::DELETE, &path.parse().unwrap(), b"").unwrap();
            assert_eq!(operation, "DeleteActionTarget");
            assert_eq!(input["ActionTargetArn"], "arn:aws:securityhub:us-east-1:111122223333:action/custom/block");
        }
    }

    #[test]
    fn a_path_that_is_no_route_is_an_unknown_operation() {
        let error = decode(&Method::GET, &"/findings".parse().unwrap(), b"").unwrap_err();
        assert_eq!(error.code, "UnknownOperationException");
    }
}
