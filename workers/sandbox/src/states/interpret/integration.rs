//! Task on another service: calls it, and waits for its answer or the state's time to run out.

use std::time::Duration;

use serde_json::{Value, json};

use super::Line;
use crate::states::arn::Arn;
use crate::states::data;
use crate::states::definition::MAX_SECONDS;
use crate::states::failure::Failure;
use crate::states::history::Happening;
use crate::states::integrations::Integration;
use crate::wire::{Call, Caller, ServiceError};

impl Line<'_> {
    /// Calls the service with the state's parameters; gives its answer.
    pub(super) async fn integrated(
        &mut self,
        integration: Integration,
        given: &Value,
        timeout: Option<u64>,
    ) -> Result<Value, Failure> {
        let parameters = data::payload(given, "The input of the task")?;
        let caller = self.caller();
        self.record(Happening::TaskScheduled { integration, region: caller.region.clone(), parameters, timeout })?;
        self.record(Happening::TaskStarted { integration })?;
        let call = Call { caller, operation: integration.operation.to_owned(), input: integration.input(given) };
        let answer = self.run.integrations.call(integration.service, call);
        let limit = Duration::from_secs(timeout.unwrap_or(MAX_SECONDS));
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => {
                let mut output = integration.result(answer);
                output["SdkHttpMetadata"] = json!({ "HttpStatusCode": 200 });
                self.record(Happening::TaskSucceeded { integration, output: output.to_string() })?;
                Ok(output)
            }
            Ok(Err(ServiceError { code, message, .. })) => {
                let failure = Failure::new(&integration.error_name(&code), message);
                self.record(Happening::TaskFailed { integration, failure: failure.clone() })?;
                Err(failure)
            }
            Err(_) => {
                let failure = Failure { error: Some("States.Timeout".to_owned()), cause: None };
                self.record(Happening::TaskTimedOut { integration, failure: failure.clone() })?;
                Err(failure)
            }
        }
    }

    /// The state machine's role, in a session of the execution.
    fn caller(&self) -> Caller {
        let start = &self.run.execution.start;
        let Arn { partition, region, account, .. } = &start.arn;
        let role = start.facts.role_arn.rsplit('/').next().unwrap_or_default();
        let arn = format!("arn:{partition}:sts::{account}:assumed-role/{role}/{}", start.facts.name);
        Caller { account: account.clone(), region: region.clone(), arn }
    }
}
