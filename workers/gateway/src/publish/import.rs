//! One BatchImportFindings, of findings that are JSON already.
//!
//! The SDK's own type of a finding would be made of the same texts a second time, only to become the same JSON; this way what is
//! measured, sent and kept as a dead letter is one and the same text. Everything else is the SDK's: signature, endpoint, retries,
//! errors.

use aws_sdk_securityhub::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use falconer_activities::aws_failure::CallFailure;

use crate::outgoing::Outgoing;

/// A finding that was not taken, while the call went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) message: String,
}

/// Sends findings; those that Security Hub did not take.
pub(super) async fn import(client: &Client, findings: &[Outgoing]) -> Result<Vec<Refusal>, CallFailure> {
    let body = body(findings);
    let call = client.batch_import_findings().customize();
    let output = call.mutate_request(move |request| carry(request, &body)).send().await;
    let output = output.map_err(|error| CallFailure::from(&error))?;
    let failed = output.failed_count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    let refused = output.failed_findings.unwrap_or_default().into_iter().map(|one| Refusal {
        id: one.id.unwrap_or_default(),
        code: one.error_code.unwrap_or_else(|| "Unknown".to_owned()),
        message: one.error_message.unwrap_or_else(|| "Security Hub gives no reason".to_owned()),
    });
    let refused: Vec<Refusal> = refused.collect();
    match refused.iter().filter(|one| findings.iter().any(|finding| finding.id == one.id)).count() {
        named if named == refused.len().max(failed) => Ok(refused),
        named => Err(CallFailure::Unavailable(format!(
            "{failed} findings failed, and {named} of them are known by their ids"
        ))),
    }
}

fn body(findings: &[Outgoing]) -> Bytes {
    let length = findings.iter().map(|one| one.body.len() + 1).sum::<usize>();
    let mut body = Vec::with_capacity(length + 16);
    body.extend_from_slice(br#"{"Findings":["#);
    for (place, finding) in findings.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&finding.body);
    }
    body.extend_from_slice(b"]}");
    body.into()
}

/// Before it is signed, and before every attempt.
fn carry(request: &mut HttpRequest, body: &Bytes) {
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body.clone());
}
