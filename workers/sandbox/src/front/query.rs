//! `awsQuery` as STS and SNS speak it: a form in, XML out.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};

use crate::service::Service;
use crate::wire::ServiceError;

const CONTENT_TYPE: &str = "text/xml";

/// The operation and its input; every value is text, as the protocol carries it.
///
/// # Errors
/// `MissingAction` without an `Action`, `SerializationException` for names that are no structure, list or map.
pub(super) fn decode(body: &[u8]) -> Result<(String, Value), ServiceError> {
    let mut input = Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        place(&mut input, &name, value.into_owned()).ok_or_else(|| {
            ServiceError::new("SerializationException", format!("The parameter {name} is in another one's place"))
        })?;
    }
    // The version of the model: each service here has but one.
    input.shift_remove("Version");
    let operation = input.shift_remove("Action");
    let Some(Value::String(operation)) = operation else {
        return Err(ServiceError::new("MissingAction", "The request has no parameter Action"));
    };
    Ok((operation, collected(Value::Object(input))))
}

/// Puts `a.b.c` as a member `c` in the member `b` of the member `a`; nothing if something else stands there.
fn place(members: &mut Map<String, Value>, name: &str, text: String) -> Option<()> {
    match name.split_once('.') {
        Some((first, rest)) => {
            let inner = members.entry(first).or_insert_with(|| Value::Object(Map::new()));
            place(inner.as_object_mut()?, rest, text)
        }
        None => members.insert(name.to_owned(), Value::String(text)).is_none().then_some(()),
    }
}

/// Makes lists of what was sent as `member.1`, and maps of what was sent as `entry.1`.
fn collected(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    if let (1, Some(entries)) = (members.len(), members.get("member").and_then(numbered)) {
        return entries.into_iter().map(collected).collect();
    }
    if let (1, Some(entries)) = (members.len(), members.get("entry").and_then(numbered)) {
        return Value::Object(entries.into_iter().filter_map(entry).collect());
    }
    Value::Object(members.into_iter().map(|(name, member)| (name, collected(member))).collect())
}

/// The values under `1`, `2`, `3`, in this order.
fn numbered(value: &Value) -> Option<Vec<Value>> {
    let members = value.as_object()?;
    (1..=members.len()).map(|number| members.get(&number.to_string()).cloned()).collect()
}

/// A map's entry; most models write `key` and `value`, that of SNS sometimes `Name` and `Value`.
fn entry(value: Value) -> Option<(String, Value)> {
    let Value::Object(mut members) = value else { return None };
    let name = members.shift_remove("Name").or_else(|| members.shift_remove("key"))?;
    let value = members.shift_remove("Value").or_else(|| members.shift_remove("value"))?;
    Some((name.as_str()?.to_owned(), collected(value)))
}

/// An operation's output, wrapped as the model says.
pub(super) fn success(namespace: &str, operation: &str, output: &Value, request_id: &str) -> Response<Bytes> {
    let body = format!(
        "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>{}</{operation}Result>\
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
pub(super) fn failure(service: Service, namespace: &str, error: &ServiceError, request_id: &str) -> Response<Bytes> {
    let common = COMMON_ERRORS.iter().find(|(name, _)| *name == error.code);
    let code = common.map_or(error.code.as_str(), |(_, code)| code);
    let status = service.status_of(&error.code);
    let kind = if status < 500 { "Sender" } else { "Receiver" };
    let body = format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{kind}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        escape(code),
        escape(&error.message)
    );
    super::response(status, CONTENT_TYPE, body)
}

/// Members as elements of their names, and the entries of a list as elements `member`.
fn elements(value: &Value) -> String {
    match value {
        Value::Object(members) => members.iter().fold(String::new(), |mut xml, (name, member)| {
            let _ = write!(xml, "<{name}>{}</{name}>", elements(member));
            xml
        }),
        Value::Array(entries) => entries.iter().fold(String::new(), |mut xml, entry| {
            let _ = write!(xml, "<member>{}</member>", elements(entry));
            xml
        }),
        Value::String(text) => escape(text),
        other => escape(&other.to_string()),
    }
}

/// What XML 1.0 cannot hold (<https://www.w3.org/TR/xml/#charsets>) becomes `?`.
fn escape(text: &str) -> String {
    let fits = |character: char| matches!(character, '\t' | '\n' | '\r') || !character.is_control();
    let text: String = text.chars().map(|character| if fits(character) { character } else { '?' }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text_in_the_xml() {
        let error = ServiceError::new("ValidationError", "</Message><Code>Success</Code>");
        let response = failure(Service::Sts, "", &error, "r");
        let body = std::str::from_utf8(response.body()).unwrap();
        assert!(body.contains("&lt;/Message&gt;&lt;Code&gt;Success"), "{body}");
    }

    #[test]
    fn a_form_holds_structures_lists_and_maps() {
        let form =
            b"Action=A&Version=1&Tags.member.1.Key=k&Tags.member.2.Key=l&Of.entry.1.Name=n&Of.entry.1.Value.Type=t";
        let expected = serde_json::json!({"Tags": [{"Key": "k"}, {"Key": "l"}], "Of": {"n": {"Type": "t"}}});
        assert_eq!(decode(form), Ok(("A".to_owned(), expected)));
    }

    #[test]
    fn a_parameter_in_the_place_of_another_is_refused() {
        for form in ["Action=A&a=1&a.b=2", "Action=A&a.b=2&a=1", "Action=A&a=1&a=2"] {
            assert_eq!(decode(form.as_bytes()).unwrap_err().code, "SerializationException", "{form}");
        }
    }
}
