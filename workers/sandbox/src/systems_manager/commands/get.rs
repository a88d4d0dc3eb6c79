//! GetCommandInvocation: one step on one instance.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::document;
use crate::constraints::Constraints;
use crate::systems_manager::{State, SystemsManager, instance_id, place};
use crate::wire::{Answer, Call, ServiceError};

const MAX_OUT: usize = 24_000;
const MAX_ERROR: usize = 8000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    command_id: Option<String>,
    instance_id: Option<String>,
    plugin_name: Option<String>,
}

impl SystemsManager {
    pub(in crate::systems_manager) fn get_command_invocation(&self, state: &mut State, call: &Call) -> Answer {
        let asked: Asked = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("commandId", asked.command_id.as_ref())
            .length("commandId", asked.command_id.as_deref(), 36, 36)
            .required("instanceId", asked.instance_id.as_ref())
            .length("pluginName", asked.plugin_name.as_deref(), 4, usize::MAX);
        instance_id::check(&mut constraints, "instanceId", asked.instance_id.as_deref());
        constraints.finish()?;
        let (id, instance) = (asked.command_id.unwrap_or_default(), asked.instance_id.unwrap_or_default());
        let unknown = || ServiceError::new("InvocationDoesNotExist", "The command has no such invocation (yet).");
        let command = state.commands.find(&place(&call.caller), &id).filter(|found| found.is_shown(self.clock.now()));
        let command = command.ok_or_else(unknown)?;
        let found = command.invocations.iter().find(|one| one.instance == instance).ok_or_else(unknown)?;
        // "If the document contains more than one step, you must specify the step name": this one has two.
        let step = found.steps().into_iter().find(|step| Some(step.name) == asked.plugin_name.as_deref());
        let step = step.ok_or_else(|| {
            let message = "The document has two steps: PluginName must be createDownloadFolder or configurePackage.";
            ServiceError::new("InvalidPluginName", message)
        })?;
        let elapsed = step.started.zip(step.ended).map(|(start, end)| format!("PT{}S", (end - start).get_seconds()));
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        Ok(json!({
            "CommandId": command.id,
            "InstanceId": found.instance,
            "Comment": command.comment,
            "DocumentName": document::NAME,
            "DocumentVersion": "$DEFAULT",
            "PluginName": step.name,
            "ResponseCode": step.output.code,
            "ExecutionStartDateTime": text(step.started),
            "ExecutionElapsedTime": elapsed.unwrap_or_default(),
            "ExecutionEndDateTime": text(step.ended),
            "Status": step.status.coarse(),
            "StatusDetails": step.status.details(),
            "StandardOutputContent": step.output.out.chars().take(MAX_OUT).collect::<String>(),
            "StandardOutputUrl": "",
            "StandardErrorContent": step.output.error.chars().take(MAX_ERROR).collect::<String>(),
            "StandardErrorUrl": "",
        }))
    }
}
