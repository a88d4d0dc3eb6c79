//! What becomes of an execution, in the course of time. That a step of it takes 5 s is the sandbox's.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::prerequisites::{Access, Found};
use super::{Execution, Status, Step, Texts};
use crate::systems_manager::commands::{self, Sending};
use crate::systems_manager::{Place, SystemsManager};

const STEP: Duration = Duration::from_secs(5);
const PREREQUISITES: usize = 0;
const BRANCH: usize = 1;
const PACKAGE: usize = 2;
const CLEANUP: usize = 3;

/// An execution on its way.
struct Run<'a> {
    service: &'a SystemsManager,
    place: &'a Place,
    id: &'a str,
    parameters: Texts,
}

impl SystemsManager {
    /// Follows an execution to its end.
    pub(in crate::systems_manager) async fn run_automation(&self, place: &Place, id: &str) {
        let begun =
            self.with_execution(place, id, |execution| (execution.parameters.clone(), execution.cancel.clone()));
        let Some((parameters, cancel)) = begun else { return };
        let run = Run { service: self, place, id, parameters };
        let ended = cancel.run_until_cancelled(run.steps()).await;
        match ended {
            Some(outcome) => {
                self.with_execution(place, id, |execution| {
                    execution.status = if outcome.is_ok() { Status::Success } else { Status::Failed };
                    execution.failure = outcome.err();
                    execution.ended = Some(self.clock.now());
                });
            }
            None => run.cancel_command(),
        }
    }

    fn with_execution<T>(&self, place: &Place, id: &str, act: impl FnOnce(&mut Execution) -> T) -> Option<T> {
        self.locked().automations.0.get_mut(&(place.clone(), id.to_owned())).map(act)
    }
}

impl Run<'_> {
    async fn steps(&self) -> Result<(), String> {
        self.enter(PREREQUISITES);
        sleep(STEP).await;
        let found = self.service.prerequisites(self.place, &self.parameters);
        let found = found.map_err(|problem| self.fail(PREREQUISITES, problem))?;
        self.leave(PREREQUISITES, Status::Success, |step| found.put_out(step));
        self.enter(BRANCH);
        self.leave(BRANCH, Status::Success, |_| ());
        let package = match &found.access {
            Some(access) => self.package(&found, access).await,
            None => Status::Success,
        };
        self.enter(CLEANUP);
        sleep(STEP).await;
        if let Some(access) = &found.access {
            let given_back = self.service.give_back(self.place, &self.parameters, access);
            given_back.map_err(|problem| self.fail(CLEANUP, problem))?;
        }
        if package != Status::Success {
            let problem = "Failed to execute distributor package. Failed steps: ['ExecuteDistributorPackage'] check the \
                           step's logs for more details";
            return Err(self.fail(CLEANUP, problem.to_owned()));
        }
        self.leave(CLEANUP, Status::Success, |_| ());
        Ok(())
    }

    /// Sends the command and waits for its end; the document goes on whatever it is.
    async fn package(&self, found: &Found, access: &Access) -> Status {
        self.enter(PACKAGE);
        let sent = self.service.send(&mut self.service.locked(), self.place, self.sending(found, access));
        let command = match sent {
            Ok(command) => command,
            Err(error) => {
                self.fail(PACKAGE, error.message);
                return Status::Failed;
            }
        };
        self.with_step(PACKAGE, |step, _| step.put_out("CommandId", [command.clone()]));
        let ended = loop {
            sleep(STEP).await;
            match self.service.progress(self.place, &command) {
                Some((status, invocations)) if status.is_over() => break (status, invocations),
                _ => {}
            }
        };
        let (status, invocations) = ended;
        let payload = json!({ "Status": status.coarse(), "CommandId": command }).to_string();
        let own = match status {
            commands::Status::Success => Status::Success,
            commands::Status::Cancelled => Status::Cancelled,
            commands::Status::DeliveryTimedOut | commands::Status::ExecutionTimedOut => Status::TimedOut,
            _ => Status::Failed,
        };
        self.leave(PACKAGE, own, |step| {
            step.put_out("Status", [status.coarse().to_owned()]);
            step.put_out("OutputPayload", [payload]);
            // With one instance, the output is that of its command.
            if let [only] = invocations.as_slice() {
                let output = only.output.as_ref();
                step.put_out("ResponseCode", [output.map_or(-1, |output| output.code).to_string()]);
                step.put_out("Output", [output.map(|output| output.out.clone()).unwrap_or_default()]);
            }
            if own != Status::Success {
                step.failure = Some(format!(
                    "Step fails when it is verifying the command has completed. Command {command} returns unexpected \
                     invocation result: {{Status=[{}]}}. Please refer to Automation Service Troubleshooting Guide for \
                     more diagnosis details.",
                    status.coarse()
                ));
            }
        });
        own
    }

    fn sending(&self, found: &Found, access: &Access) -> Sending {
        let given =
            |name: &str| self.parameters.get(name).and_then(|values| values.first()).cloned().unwrap_or_default();
        let arguments = BTreeMap::from([
            ("SSM_CS_INSTALLTOKEN", String::new()),
            ("SSM_CS_CCID", access.ccid.to_owned()),
            ("SSM_CS_WINDOWS_INSTALLPARAMS", given("WindowsInstallerParams")),
            ("SSM_CS_WINDOWS_VERSION", given("WindowsPackageVersion")),
            ("SSM_CS_LINUX_INSTALLPARAMS", given("LinuxInstallerParams")),
            ("SSM_CS_LINUX_VERSION", given("LinuxPackageVersion")),
            ("SSM_CS_AUTH_TOKEN", access.token.clone()),
            ("SSM_CS_HOST", access.cloud.clone()),
        ]);
        let parameters = json!({
            "installationType": ["In-place update"],
            "additionalArguments": [json!(arguments).to_string()],
            "name": ["FalconSensor-CrowdStrike"],
            "action": [given("Action")],
        });
        Sending {
            instance_ids: Some(found.instances.clone()),
            document_name: Some("AWS-ConfigureAWSPackage".to_owned()),
            document_version: None,
            timeout_seconds: None,
            comment: None,
            parameters: parameters.as_object().cloned(),
            max_concurrency: None,
            max_errors: None,
        }
    }

    fn cancel_command(&self) {
        let command =
            self.with_step(PACKAGE, |step, _| step.outputs.get("CommandId").and_then(|ids| ids.first().cloned()));
        if let Some(command) = command.flatten() {
            // What has ended in the meantime has ended.
            let _ = self.service.cancel(&mut self.service.locked(), self.place, &command, &[]);
        }
    }

    fn enter(&self, step: usize) {
        self.with_step(step, |step, now| (step.status, step.started) = (Status::InProgress, Some(now)));
    }

    fn leave(&self, step: usize, status: Status, say: impl FnOnce(&mut Step)) {
        self.with_step(step, |step, now| {
            (step.status, step.ended) = (status, Some(now));
            say(step);
        });
    }

    /// Ends a step as failed, and answers why.
    fn fail(&self, step: usize, problem: String) -> String {
        self.leave(step, Status::Failed, |step| step.failure = Some(problem.clone()));
        problem
    }

    fn with_step<T>(&self, step: usize, act: impl FnOnce(&mut Step, jiff::Timestamp) -> T) -> Option<T> {
        let now = self.service.clock.now();
        let act = |execution: &mut Execution| execution.steps.get_mut(step).map(|step| act(step, now));
        self.service.with_execution(self.place, self.id, act).flatten()
    }
}

impl Found {
    /// As in the document; the token stands here for everybody who may get the execution.
    fn put_out(&self, step: &mut Step) {
        step.put_out("message", [self.message.clone()]);
        step.put_out("errorMessage", [String::new()].into_iter().filter(|text| !text.is_empty()));
        step.put_out("instanceList", self.instances.clone());
        step.put_out("skipDistributor", [self.access.is_none().to_string()]);
        step.put_out("failRun", ["false".to_owned()]);
        if let Some(access) = &self.access {
            step.put_out("falconCloud", [access.cloud.clone()]);
            step.put_out("falconCcid", [access.ccid.to_owned()]);
            step.put_out("falconOauthToken", [access.token.clone()]);
        }
    }
}
