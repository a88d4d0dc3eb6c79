//! StartAutomationExecution, GetAutomationExecution, StopAutomationExecution.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html> and the pages beside it.

use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Execution, Status, Step, Texts, document};
use crate::constraints::Constraints;
use crate::systems_manager::agents::Work;
use crate::systems_manager::{State, SystemsManager, place, served};
use crate::wire::{Answer, Call, ServiceError};

const SERVED: [&str; 5] = ["DocumentName", "DocumentVersion", "Parameters", "ClientToken", "Mode"];

/// What the operations have in common.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    document_name: Option<String>,
    document_version: Option<String>,
    parameters: Option<Texts>,
    client_token: Option<String>,
    mode: Option<String>,
    automation_execution_id: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
}

impl SystemsManager {
    pub(in crate::systems_manager) fn start_automation_execution(&self, state: &mut State, call: &Call) -> Answer {
        let asked: Asked = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("documentName", asked.document_name.as_ref())
            .length("clientToken", asked.client_token.as_deref(), 36, 36)
            .one_of("mode", asked.mode.as_deref(), &["Auto"])
            .entries("parameters", asked.parameters.as_ref().map(Texts::len), 1, 200);
        for (name, values) in asked.parameters.iter().flatten() {
            constraints.length("parameters", Some(name), 1, 50).entries("parameters", Some(values.len()), 0, 50);
            values.iter().for_each(|value| {
                constraints.length("parameters", Some(value), 1, 512);
            });
        }
        constraints.finish()?;
        served(call, &SERVED)?;
        if asked.document_name.as_deref() != Some(document::NAME) {
            let message = format!("The sandbox has the Automation document {} only.", document::NAME);
            return Err(ServiceError::new("AutomationDefinitionNotFoundException", message));
        }
        if asked.document_version.as_deref().is_some_and(|version| !document::has_version(version)) {
            let message = "The document has the version 4 only.";
            return Err(ServiceError::new("AutomationDefinitionVersionNotFoundException", message));
        }
        let parameters = document::read(asked.parameters.unwrap_or_default())?;
        let place = place(&call.caller);
        if let Some(token) = &asked.client_token {
            let mut own = state.automations.0.iter().filter(|((at, _), _)| *at == place);
            if let Some(((_, id), earlier)) = own.find(|(_, one)| one.client_token.as_ref() == Some(token)) {
                if earlier.parameters == parameters {
                    return Ok(json!({ "AutomationExecutionId": id }));
                }
                let message = "The same ClientToken came with other parameters.";
                return Err(ServiceError::new("IdempotentParameterMismatch", message));
            }
        }
        let id = self.identifiers.uuid();
        let execution = Execution {
            parameters,
            client_token: asked.client_token,
            executed_by: call.caller.arn.clone(),
            started: self.clock.now(),
            ended: None,
            status: Status::InProgress,
            failure: None,
            steps: document::STEPS.map(|(name, action)| Step {
                id: self.identifiers.uuid(),
                name,
                action,
                status: Status::Pending,
                started: None,
                ended: None,
                outputs: Texts::new(),
                failure: None,
            }),
            cancel: CancellationToken::new(),
        };
        state.automations.0.insert((place.clone(), id.clone()), execution);
        self.begin(Work::Automation(place, id.clone()));
        Ok(json!({ "AutomationExecutionId": id }))
    }

    pub(in crate::systems_manager) fn get_automation_execution(&self, state: &mut State, call: &Call) -> Answer {
        let id = read(call)?.automation_execution_id.unwrap_or_default();
        let key = (place(&call.caller), id);
        let execution = state.automations.0.get(&key).ok_or_else(|| not_found(&key.1))?;
        Ok(json!({ "AutomationExecution": execution.describe(&key.1) }))
    }

    /// What runs is cancelled, its command included; the document's last step, which revokes its token, does not run.
    pub(in crate::systems_manager) fn stop_automation_execution(&self, state: &mut State, call: &Call) -> Answer {
        let asked = read(call)?;
        let mut constraints = Constraints::default();
        constraints.one_of("type", asked.kind.as_deref(), &["Complete", "Cancel"]).finish()?;
        let key = (place(&call.caller), asked.automation_execution_id.unwrap_or_default());
        let execution = state.automations.0.get_mut(&key).ok_or_else(|| not_found(&key.1))?;
        if execution.status != Status::InProgress {
            let message = "The execution has ended, or is stopped already.";
            return Err(ServiceError::new("InvalidAutomationStatusUpdateException", message));
        }
        execution.stop(self.clock.now());
        execution.cancel.cancel();
        Ok(json!({}))
    }
}

impl Execution {
    fn stop(&mut self, now: jiff::Timestamp) {
        for step in self.steps.iter_mut().filter(|step| step.status == Status::InProgress) {
            (step.status, step.ended) = (Status::Cancelled, Some(now));
        }
        (self.status, self.ended) = (Status::Cancelled, Some(now));
    }
}

fn read(call: &Call) -> Result<Asked, ServiceError> {
    let asked: Asked = call.input()?;
    let mut constraints = Constraints::default();
    constraints
        .required("automationExecutionId", asked.automation_execution_id.as_ref())
        .length("automationExecutionId", asked.automation_execution_id.as_deref(), 36, 36)
        .finish()?;
    Ok(asked)
}

fn not_found(id: &str) -> ServiceError {
    ServiceError::new("AutomationExecutionNotFoundException", format!("There is no execution {id}."))
}
