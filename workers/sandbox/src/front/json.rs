//! `awsJson1_0` and `awsJson1_1`: one path, the operation in a header, JSON both ways.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>.

use bytes::Bytes;
use http::{HeaderMap, Response};
use serde_json::{Map, Value};

use crate::service::Service;
use crate::wire::ServiceError;

/// The operation and its input.
///
/// # Errors
/// `UnknownOperationException` without a target of this service, `SerializationException` for what is not a JSON object.
pub(super) fn decode(
    service: Service,
    target: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(String, Value), ServiceError> {
    let named = headers.get("x-amz-target").and_then(|named| named.to_str().ok()).unwrap_or_default();
    let operation = named.strip_prefix(target).and_then(|rest| rest.strip_prefix('.'));
    let operation = operation.ok_or_else(|| service.unknown_operation(named))?;
    Ok((operation.to_owned(), object(body)?))
}

/// A body as a JSON object.
///
/// # Errors
/// `SerializationException`.
pub(super) fn object(body: &[u8]) -> Result<Value, ServiceError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(Value::Object(members)),
        Ok(_) => Err(ServiceError::new("SerializationException", "The request body is not a JSON object")),
        Err(error) => Err(ServiceError::new("SerializationException", format!("The request body is no JSON: {error}"))),
    }
}

/// An operation's output.
pub(super) fn success(content_type: &str, output: &Value) -> Response<Bytes> {
    super::response(200, content_type, output.to_string())
}

/// An error of the service: its name in `__type`.
pub(super) fn failure(service: Service, content_type: &str, error: &ServiceError) -> Response<Bytes> {
    let mut body = Map::new();
    body.insert("__type".to_owned(), error.code.as_str().into());
    body.insert(service.message_member(&error.code).to_owned(), error.message.as_str().into());
    body.extend(error.members.iter().map(|(name, value)| (name.clone(), value.clone())));
    super::response(service.status_of(&error.code), content_type, Value::Object(body).to_string())
}
