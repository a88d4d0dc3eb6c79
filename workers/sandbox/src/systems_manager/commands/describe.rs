//! How a command, its invocations and their steps look on the wire.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Command, Invocation, Output, Status, document};
use crate::wire::seconds;

/// Characters of a step's output where several are listed; GetCommandInvocation gives more.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CommandPlugin.html>.
const MAX_OUTPUT: usize = 2500;
/// As the agent joins the two outputs of a script.
const ERROR_LINE: &str = "\n----------ERROR-------\n";

/// A step of the document, as far as one instance came with it.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) output: Output,
    pub(super) started: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
}

impl Command {
    /// The `Command` of the model. What it was given is shown to everybody who may list commands, as in AWS.
    pub(super) fn describe(&self) -> Value {
        let status = self.status();
        let count = |fits: fn(Status) -> bool| self.invocations.iter().filter(|one| fits(one.status)).count();
        json!({
            "CommandId": self.id,
            "DocumentName": document::NAME,
            "DocumentVersion": "$DEFAULT",
            "Comment": self.comment,
            "ExpiresAfter": seconds(self.expires()),
            "Parameters": self.parameters,
            "InstanceIds": self.invocations.iter().map(|one| one.instance.as_str()).collect::<Vec<_>>(),
            "Targets": [],
            "RequestedDateTime": seconds(self.requested),
            "Status": status.coarse(),
            "StatusDetails": status.details(),
            "MaxConcurrency": self.max_concurrency,
            "MaxErrors": self.max_errors,
            "TargetCount": self.invocations.len(),
            "CompletedCount": count(Status::is_over),
            "ErrorCount": count(Status::is_error),
            "DeliveryTimedOutCount": count(|status| status == Status::DeliveryTimedOut),
            "TimeoutSeconds": self.delivery_timeout.as_secs(),
        })
    }
}

impl Invocation {
    /// The `CommandInvocation` of the model.
    pub(super) fn describe(&self, command: &Command, details: bool) -> Value {
        let steps = if details { self.steps().iter().map(Step::describe).collect() } else { Vec::new() };
        json!({
            "CommandId": command.id,
            "InstanceId": self.instance,
            "InstanceName": self.name,
            "Comment": command.comment,
            "DocumentName": document::NAME,
            "DocumentVersion": "$DEFAULT",
            "RequestedDateTime": seconds(command.requested),
            "Status": self.status.coarse(),
            "StatusDetails": self.status.details(),
            "StandardOutputUrl": "",
            "StandardErrorUrl": "",
            "CommandPlugins": steps,
        })
    }

    /// The document's two steps, as seen in
    /// <https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/official-package/docs/troubleshooting.md>: the first is
    /// for Windows and skipped elsewhere.
    pub(super) fn steps(&self) -> [Step; 2] {
        let skipped = "Step execution skipped due to unsatisfied preconditions: '\"StringEquals\": [platformType, Windows]'. \
                       Step name: createDownloadFolder";
        let not_run = Output { code: -1, ..Output::default() };
        let first = match self.started {
            Some(_) if self.windows => Output::default(),
            Some(_) => Output { out: skipped.to_owned(), ..Output::default() },
            None => not_run.clone(),
        };
        let folder = Step {
            name: "createDownloadFolder",
            status: if self.started.is_some() { Status::Success } else { self.status },
            output: first,
            started: self.started,
            ended: self.started,
        };
        let package = Step {
            name: "configurePackage",
            status: self.status,
            output: self.output.clone().unwrap_or(not_run),
            started: self.started,
            ended: self.started.and(self.ended),
        };
        [folder, package]
    }
}

impl Step {
    fn describe(&self) -> Value {
        let mut output = self.output.out.clone();
        if !self.output.error.is_empty() {
            output = output + ERROR_LINE + &self.output.error;
        }
        let mut step = json!({
            "Name": self.name,
            "Status": self.status.of_plugin(),
            "StatusDetails": self.status.details(),
            "ResponseCode": self.output.code,
            "Output": output.chars().take(MAX_OUTPUT).collect::<String>(),
            "StandardOutputUrl": "",
            "StandardErrorUrl": "",
        });
        for (name, time) in [("ResponseStartDateTime", self.started), ("ResponseFinishDateTime", self.ended)] {
            if let Some(time) = time {
                step[name] = seconds(time);
            }
        }
        step
    }
}
