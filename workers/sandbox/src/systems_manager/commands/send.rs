//! SendCommand.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html>.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::document::{self, Order};
use super::{Command, Invocation, Status};
use crate::constraints::Constraints;
use crate::fleet::{self, Agent, Instance};
use crate::systems_manager::agents::Work;
use crate::systems_manager::{Place, State, SystemsManager, instance_id, invalid, place, rates, served};
use crate::wire::{Answer, Call, ServiceError};

const SERVED: [&str; 8] = [
    "InstanceIds",
    "DocumentName",
    "DocumentVersion",
    "TimeoutSeconds",
    "Comment",
    "Parameters",
    "MaxConcurrency",
    "MaxErrors",
];
const VERSIONS: [&str; 3] = ["$DEFAULT", "$LATEST", "1"];
const DEFAULT_TIMEOUT: u64 = 3600;
const MAX_TIMEOUT: i64 = 2_592_000;

/// What is sent. No `Debug`: the parameters hold secrets.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::systems_manager) struct Sending {
    pub(in crate::systems_manager) instance_ids: Option<Vec<String>>,
    pub(in crate::systems_manager) document_name: Option<String>,
    pub(in crate::systems_manager) document_version: Option<String>,
    pub(in crate::systems_manager) timeout_seconds: Option<u64>,
    pub(in crate::systems_manager) comment: Option<String>,
    pub(in crate::systems_manager) parameters: Option<Map<String, Value>>,
    pub(in crate::systems_manager) max_concurrency: Option<String>,
    pub(in crate::systems_manager) max_errors: Option<String>,
}

impl SystemsManager {
    pub(in crate::systems_manager) fn send_command(&self, state: &mut State, call: &Call) -> Answer {
        let sending: Sending = call.input()?;
        served(call, &SERVED)?;
        let place = place(&call.caller);
        let id = self.send(state, &place, sending)?;
        let command = state.commands.find(&place, &id).ok_or_else(|| invalid("The command is gone"))?;
        Ok(json!({ "Command": command.describe() }))
    }

    /// Sends a command and answers its id.
    pub(in crate::systems_manager) fn send(
        &self,
        state: &mut State,
        place: &Place,
        sending: Sending,
    ) -> Result<String, ServiceError> {
        sending.check()?;
        let parameters = sending.parameters.unwrap_or_default();
        let order = Arc::new(Order::read(&parameters)?);
        let command = Command {
            id: self.identifiers.uuid(),
            comment: sending.comment.unwrap_or_default(),
            parameters,
            order,
            requested: self.clock.now(),
            delivery_timeout: Duration::from_secs(sending.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT)),
            max_concurrency: sending.max_concurrency.unwrap_or_else(|| "50".to_owned()),
            max_errors: sending.max_errors.unwrap_or_else(|| "0".to_owned()),
            invocations: self.invocations(place, &sending.instance_ids.unwrap_or_default())?,
        };
        let id = command.id.clone();
        state.commands.0.entry(place.clone()).or_default().push(command);
        self.begin(Work::Command(place.clone(), id.clone()));
        Ok(id)
    }

    /// `InvalidInstanceId`'s page calls a stopped node valid, and a terminated one not:
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html#API_SendCommand_Errors>. The
    /// message is quoted in <https://github.com/aws-samples/eks-security-compromised-cluster-remediation/issues/12>.
    fn invocations(&self, (account, region): &Place, ids: &[String]) -> Result<Vec<Invocation>, ServiceError> {
        let known = |instance: &Instance| instance.agent != Agent::None && instance.state != fleet::State::Terminated;
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for id in ids {
            match self.fleet.get(account, region, id).filter(known) {
                Some(instance) => found.push(Invocation::of(&instance)),
                None => unknown.push(id.as_str()),
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let unknown = unknown.join(", ");
        let message = format!("Instances [[{unknown}]] not in a valid state for account {account}");
        Err(ServiceError::new("InvalidInstanceId", message))
    }
}

impl Sending {
    fn check(&self) -> Result<(), ServiceError> {
        let ids = self.instance_ids.as_deref().unwrap_or_default();
        let mut constraints = Constraints::default();
        let timeout = self.timeout_seconds.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX));
        constraints
            .required("documentName", self.document_name.as_ref())
            .entries("instanceIds", Some(ids.len()), 0, 50)
            .range("timeoutSeconds", timeout, 30, MAX_TIMEOUT)
            .length("comment", self.comment.as_deref(), 0, 100);
        for id in ids {
            instance_id::check(&mut constraints, "instanceIds", Some(id));
        }
        rates::check(&mut constraints, self.max_concurrency.as_deref(), self.max_errors.as_deref());
        constraints.finish()?;
        if self.document_name.as_deref() != Some(document::NAME) {
            let message = format!("The sandbox has the document {} only.", document::NAME);
            return Err(ServiceError::new("InvalidDocument", message));
        }
        if self.document_version.as_deref().is_some_and(|version| !VERSIONS.contains(&version)) {
            return Err(ServiceError::new("InvalidDocumentVersion", "The document version is not valid."));
        }
        if ids.is_empty() {
            return Err(invalid("InstanceIds or Targets must be given, and the sandbox serves InstanceIds only"));
        }
        if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
            let message = "You can't specify an instance ID more than once.";
            return Err(ServiceError::new("DuplicateInstanceId", message));
        }
        Ok(())
    }
}

impl Invocation {
    fn of(instance: &Instance) -> Self {
        Self {
            instance: instance.id.clone(),
            name: instance.tags.get("Name").cloned().unwrap_or_default(),
            windows: instance.platform.kind == "Windows",
            status: Status::Pending,
            started: None,
            ended: None,
            output: None,
            cancel: CancellationToken::new(),
        }
    }
}
