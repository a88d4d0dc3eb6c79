//! CancelCommand: what has not begun does not begin; what runs is asked to stop.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CancelCommand.html>.

use serde::Deserialize;
use serde_json::json;

use super::{Command, Invocation, Status, list};
use crate::constraints::Constraints;
use crate::systems_manager::{Place, State, SystemsManager, instance_id, place};
use crate::wire::{Answer, Call, ServiceError};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cancelling {
    command_id: Option<String>,
    instance_ids: Option<Vec<String>>,
}

impl SystemsManager {
    pub(in crate::systems_manager) fn cancel_command(&self, state: &mut State, call: &Call) -> Answer {
        let input: Cancelling = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("commandId", input.command_id.as_ref())
            .length("commandId", input.command_id.as_deref(), 36, 36)
            .entries("instanceIds", input.instance_ids.as_ref().map(Vec::len), 0, 50);
        let ids = input.instance_ids.unwrap_or_default();
        for id in &ids {
            instance_id::check(&mut constraints, "instanceIds", Some(id));
        }
        constraints.finish()?;
        self.cancel(state, &place(&call.caller), &input.command_id.unwrap_or_default(), &ids)?;
        Ok(json!({}))
    }

    /// Cancels a command on some of its instances; on all of them if none is named.
    pub(in crate::systems_manager) fn cancel(
        &self,
        state: &mut State,
        place: &Place,
        id: &str,
        instances: &[String],
    ) -> Result<(), ServiceError> {
        let command = state.commands.find_mut(place, id).ok_or_else(|| list::unknown(id))?;
        let known = |id: &&String| command.invocations.iter().any(|one| one.instance == **id);
        if let Some(other) = instances.iter().find(|id| !known(id)) {
            return Err(ServiceError::new("InvalidInstanceId", format!("The command was not sent to {other}.")));
        }
        let now = self.clock.now();
        let Command { invocations, .. } = command;
        for one in invocations.iter_mut().filter(|one| instances.is_empty() || instances.contains(&one.instance)) {
            one.cancel(now);
        }
        Ok(())
    }
}

impl Invocation {
    fn cancel(&mut self, now: jiff::Timestamp) {
        match self.status {
            Status::Pending | Status::Delayed => self.end(Status::Cancelled, None, now),
            Status::InProgress => self.status = Status::Cancelling,
            _ => return,
        }
        self.cancel.cancel();
    }
}
