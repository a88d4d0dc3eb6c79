//! `awsQuery` as STS speaks it: a form in, XML out.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};

use crate::service::Service;
use crate::wire::ServiceError;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const CONTENT_TYPE: &str = "text/xml";

/// The operation and its input; every value is text, as the protocol carries it.
///
/// # Errors
/// `MissingAction` without an `Action`.
pub(super) fn decode(body: &[u8]) -> Result<(String, Value), ServiceError> {
    let mut input: Map<String, Value> = form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect();
    let Some(Value::String(operation)) = input.shift_remove("Action") else {
        return Err(ServiceError::new("MissingAction", "The request has no parameter Action"));
    };
    Ok((operation, Value::Object(input)))
}

/// An operation's output, wrapped as the model says.
pub(super) fn success(operation: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    let body = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{}</{operation}Result>\
         <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>",
        elements(output)
    );
    super::response(200, CONTENT_TYPE, body)
}

/// The errors that come before any service, under the names that the query protocol has for them.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>
const COMMON_ERRORS: [(&str, &str); 5] = [
    ("ExpiredTokenException", "ExpiredToken"),
    ("IncompleteSignatureException", "IncompleteSignature"),
    ("MissingAuthenticationTokenException", "MissingAuthenticationToken"),
    ("SerializationException", "MalformedInput"),
    ("UnrecognizedClientException", "InvalidClientTokenId"),
];

/// An error of the service.
pub(super) fn failure(service: Service, error: &ServiceError, request_id: &str) -> Response<Bytes> {
    let common = COMMON_ERRORS.iter().find(|(name, _)| *name == error.code);
    let code = common.map_or(error.code.as_str(), |(_, code)| code);
    let status = service.status_of(&error.code);
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>{kind}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(code),
        escape(&error.message)
    );
    super::response(status, CONTENT_TYPE, body)
}

/// Members as elements of their names. The outputs served here hold structures and plain values, no lists.
fn elements(value: &Value) -> String {
    match value {
        Value::Object(members) => members.iter().fold(String::new(), |mut xml, (name, member)| {
            let _ = write!(xml, "<{name}>{}</{name}>", elements(member));
            xml
        }),
        Value::String(text) => escape(text),
        other => escape(&other.to_string()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text_in_the_xml() {
        let error = ServiceError::new("ValidationError", "</Message><Code>Success</Code>");
        let response = failure(Service::Sts, &error, "r");
        let body = std::str::from_utf8(response.body()).unwrap();
        assert!(body.contains("&lt;/Message&gt;&lt;Code&gt;Success"), "{body}");
    }
}
