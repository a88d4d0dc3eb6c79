//! What the tests of the request and of the extraction read.

use falconer_domain::request::Request;
use serde_json::{Value, json};

pub(crate) fn fixture(text: &str) -> Request {
    Request::read(&serde_json::from_str(text).unwrap()).unwrap()
}

pub(crate) fn indicators(request: &Request) -> Vec<String> {
    request.candidates.iter().map(|candidate| candidate.indicator.to_string()).collect()
}

pub(crate) fn imported(findings: Value) -> Value {
    json!({
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": {"findings": findings}
    })
}

pub(crate) fn finding(id: &str, members: Value) -> Value {
    let mut finding = json!({"Id": id, "ProductArn": "arn:aws:securityhub:us-east-1::product/acme/probe"});
    finding.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    finding
}
