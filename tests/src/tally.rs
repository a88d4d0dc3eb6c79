//! Counts the calls of one client, and those that came too late: what a load costs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use falconer_sandbox::Sandbox;

use crate::wire::InProcess;

/// Calls on the block rule group, the SDK's own retries included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupCalls {
    /// DescribeRuleGroup.
    pub reads: u64,
    /// UpdateRuleGroup.
    pub updates: u64,
    /// Updates that were refused because somebody else had written.
    pub conflicts: u64,
}

/// A client of the sandbox whose calls are counted. A clone counts together with it.
#[derive(Clone)]
pub struct Tally {
    client: InProcess,
    calls: Arc<Mutex<GroupCalls>>,
}

impl Tally {
    /// Nothing has been called yet.
    #[must_use]
    pub fn new(sandbox: &Sandbox) -> Self {
        Self { client: InProcess(sandbox.clone()), calls: Arc::default() }
    }

    /// A configuration whose clients' calls are counted.
    #[must_use]
    pub fn counting(&self, sdk: &SdkConfig) -> SdkConfig {
        sdk.to_builder().http_client(self.clone()).build()
    }

    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> GroupCalls {
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, count: impl FnOnce(&mut GroupCalls)) {
        count(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tally").field(&self.calls()).finish()
    }
}

impl HttpClient for Tally {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Tally {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let is_update = target.ends_with(".UpdateRuleGroup");
        if is_update {
            self.count(|calls| calls.updates += 1);
        } else if target.ends_with(".DescribeRuleGroup") {
            self.count(|calls| calls.reads += 1);
        }
        let (answer, tally) = (self.client.call(request), self.clone());
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            let body = answer.as_ref().ok().filter(|_| is_update).and_then(|answer| answer.body().bytes());
            if body.is_some_and(|body| String::from_utf8_lossy(body).contains("InvalidTokenException")) {
                tally.count(|calls| calls.conflicts += 1);
            }
            answer
        })
    }
}
