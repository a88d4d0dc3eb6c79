//! State machines.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::definitions::read_definition;
use super::tags::Tag;
use super::{check_name, is_of, paged, refuse};
use crate::constraints::{Constraints, required};
use crate::states::StepFunctions;
use crate::states::arn::Arn;
use crate::states::machine::{Revision, StateMachine};
use crate::wire::{Answer, Call, ServiceError, seconds};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    name: Option<String>,
    state_machine_arn: Option<String>,
    definition: Option<String>,
    role_arn: Option<String>,
    r#type: Option<String>,
    logging_configuration: Option<Value>,
    tracing_configuration: Option<Value>,
    encryption_configuration: Option<Value>,
    publish: Option<bool>,
    version_description: Option<String>,
    tags: Option<Vec<Tag>>,
    included_data: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Input {
    /// Versions and customer-managed keys do not exist here.
    fn refuse_unsupported(&self) -> Result<(), ServiceError> {
        refuse("publish", self.publish == Some(true))?;
        refuse("versionDescription", self.version_description.is_some())?;
        refuse("encryptionConfiguration", self.encryption_configuration.is_some())
    }
}

impl StepFunctions {
    /// Idempotent by name, definition and configurations; a different role or tags are then ignored.
    pub(in crate::states) fn create_state_machine(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        input.refuse_unsupported()?;
        let name = required("name", input.name)?;
        let text = required("definition", input.definition)?;
        let role_arn = required("roleArn", input.role_arn)?;
        check_name(&name)?;
        check_role(&role_arn)?;
        match input.r#type.as_deref() {
            None | Some("STANDARD") => {}
            // No activity can be used in an Express workflow, and nothing but activities is here to be used.
            Some("EXPRESS") => {
                let message = "State Machine Type Not Supported: 'EXPRESS': this sandbox has STANDARD workflows only";
                return Err(ServiceError::new("StateMachineTypeNotSupported", message));
            }
            other => Constraints::default().one_of("type", other, &["STANDARD", "EXPRESS"]).finish()?,
        }
        let definition = read_definition(&text, &call.caller)?;
        let arn = self.arn(&call.caller, "stateMachine", &name);
        let now = self.clock.now();
        let (logging, tracing) = (input.logging_configuration, input.tracing_configuration);
        let revision = Revision { text, definition, role_arn, since: now, id: None, logging, tracing };
        let mut store = self.store();
        let created = match store.machine(&arn.to_string()) {
            Some(machine) if machine.deleted.is_cancelled() => return Err(is_deleting(&arn)),
            Some(machine) if machine.revision.is_same(&revision) => machine.created,
            Some(_) => {
                let message = format!("State Machine Already Exists: '{arn}'");
                return Err(ServiceError::new("StateMachineAlreadyExists", message));
            }
            None => {
                super::tags::put(&mut store, &arn.to_string(), input.tags.unwrap_or_default())?;
                let (revision, deleted) = (Arc::new(revision), CancellationToken::new());
                let machine = StateMachine { arn: arn.clone(), created: now, revision, deleted };
                store.machines.insert(arn.to_string(), machine);
                now
            }
        };
        Ok(json!({ "stateMachineArn": arn.to_string(), "creationDate": seconds(created) }))
    }

    /// Executions that run go on with the definition that they started with.
    pub(in crate::states) fn update_state_machine(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        input.refuse_unsupported()?;
        let arn = required("stateMachineArn", input.state_machine_arn)?;
        if input.definition.is_none() && input.role_arn.is_none() {
            let message = "Either the definition or the roleArn must be specified";
            return Err(ServiceError::new("MissingRequiredParameter", message));
        }
        let arn = Arn::own(&arn, "stateMachine", &call.caller)?;
        let read = input.definition.as_deref().map(|text| read_definition(text, &call.caller)).transpose()?;
        input.role_arn.as_deref().map_or(Ok(()), check_role)?;
        let (now, id) = (self.clock.now(), self.random.uuid());
        let mut store = self.store();
        let machine = store.machine(&arn.to_string()).cloned().ok_or_else(|| does_not_exist(&arn))?;
        if machine.deleted.is_cancelled() {
            return Err(is_deleting(&arn));
        }
        let mut revision = Revision { since: now, id: Some(id.clone()), ..(*machine.revision).clone() };
        if let (Some(text), Some(definition)) = (input.definition, read) {
            (revision.text, revision.definition) = (text, definition);
        }
        revision.role_arn = input.role_arn.unwrap_or(revision.role_arn);
        revision.logging = input.logging_configuration.or(revision.logging);
        revision.tracing = input.tracing_configuration.or(revision.tracing);
        store.machines.insert(arn.to_string(), StateMachine { revision: Arc::new(revision), ..machine });
        Ok(json!({ "updateDate": seconds(now), "revisionId": id }))
    }

    pub(in crate::states) fn describe_state_machine(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let arn = required("stateMachineArn", input.state_machine_arn)?;
        let arn = Arn::own(&arn, "stateMachine", &call.caller)?;
        let mut store = self.store();
        let machine = store.machine(&arn.to_string()).ok_or_else(|| does_not_exist(&arn))?;
        let mut shown = shown(machine);
        shown["status"] = json!(if machine.deleted.is_cancelled() { "DELETING" } else { "ACTIVE" });
        Ok(Value::Object(with_revision(shown, &machine.revision, input.included_data.as_deref())?))
    }

    pub(in crate::states) fn describe_state_machine_for_execution(&self, call: &Call) -> Answer {
        let execution = self.own_execution(call)?;
        let (facts, revision) = (&execution.start.facts, &execution.start.revision);
        let shown = json!({
            "stateMachineArn": facts.machine_arn,
            "name": facts.machine_name,
            "updateDate": seconds(revision.since),
        });
        let included = call.input::<Input>()?.included_data;
        Ok(Value::Object(with_revision(shown, revision, included.as_deref())?))
    }

    pub(in crate::states) fn list_state_machines(&self, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let store = self.store();
        let of_caller = store.machines.values().filter(|machine| is_of(&machine.arn, &call.caller));
        paged("stateMachines", of_caller.map(shown), input.max_results, input.next_token.as_deref())
    }

    /// Executions that run end at their next transition. Deleting what is not there succeeds.
    pub(in crate::states) fn delete_state_machine(&self, call: &Call) -> Answer {
        let arn = required("stateMachineArn", call.input::<Input>()?.state_machine_arn)?;
        Arn::own(&arn, "stateMachine", &call.caller)?;
        if let Some(machine) = self.store().machine(&arn) {
            machine.deleted.cancel();
        }
        Ok(json!({}))
    }
}

fn check_role(arn: &str) -> Result<(), ServiceError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, resource] if !account.is_empty() && resource.starts_with("role/") => Ok(()),
        _ => Err(ServiceError::new("InvalidArn", format!("Invalid Role Arn: '{arn}'"))),
    }
}

fn shown(machine: &StateMachine) -> Value {
    json!({
        "stateMachineArn": machine.arn.to_string(),
        "name": machine.arn.name,
        "type": "STANDARD",
        "creationDate": seconds(machine.created),
    })
}

fn with_revision(
    mut shown: Value,
    revision: &Revision,
    included: Option<&str>,
) -> Result<Map<String, Value>, ServiceError> {
    Constraints::default().one_of("includedData", included, &["ALL_DATA", "METADATA_ONLY"]).finish()?;
    // The model requires the definition in every answer. What stands there with METADATA_ONLY:
    // <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>
    shown["definition"] = json!(if included == Some("METADATA_ONLY") { "{}" } else { &revision.text });
    shown["roleArn"] = json!(revision.role_arn);
    let defaults = [
        ("loggingConfiguration", &revision.logging, json!({ "level": "OFF", "includeExecutionData": false })),
        ("tracingConfiguration", &revision.tracing, json!({ "enabled": false })),
    ];
    for (member, kept, default) in defaults {
        shown[member] = kept.clone().unwrap_or(default);
    }
    if let Some(id) = &revision.id {
        shown["revisionId"] = json!(id);
    }
    Ok(shown.as_object().cloned().unwrap_or_default())
}

/// The error for a state machine that is not there.
pub(super) fn does_not_exist(arn: &Arn) -> ServiceError {
    ServiceError::new("StateMachineDoesNotExist", format!("State Machine Does Not Exist: '{arn}'"))
}

/// The error for a state machine that is on its way out.
pub(super) fn is_deleting(arn: &Arn) -> ServiceError {
    ServiceError::new("StateMachineDeleting", format!("State Machine is being deleted: '{arn}'"))
}
