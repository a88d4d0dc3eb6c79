//! A Security Hub that answers of one finding, again and again, that it failed.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use falconer_tests::wire::InProcess;
use serde_json::{Value, json};

/// The wire, with this added to what Security Hub says of every call that has the finding.
#[derive(Clone, Debug)]
pub(crate) struct Stubborn {
    pub(crate) wire: InProcess,
    /// Words of the finding.
    pub(crate) finding: &'static str,
    /// What is said of it.
    pub(crate) failure: Value,
}

impl HttpClient for Stubborn {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Stubborn {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sent = request.body().bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let has_it =
            request.uri().ends_with("/findings/import") && sent.is_some_and(|sent| sent.contains(self.finding));
        let (answer, failure) = (self.wire.call(request), self.failure.clone());
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            if has_it {
                let mut said: Value = serde_json::from_slice(answer.body().bytes().unwrap()).unwrap();
                said["FailedCount"] = json!(said["FailedCount"].as_u64().unwrap() + 1);
                said["FailedFindings"].as_array_mut().unwrap().push(failure);
                answer.headers_mut().remove("content-length");
                *answer.body_mut() = SdkBody::from(said.to_string());
            }
            Ok(answer)
        })
    }
}
