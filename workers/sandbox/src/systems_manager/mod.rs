//! AWS Systems Manager: the instances that it manages and what is installed on them, commands to their agents, Automation,
//! associations of State Manager, and Parameter Store, through it the secrets of Secrets Manager.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html>.

mod agents;
mod associations;
mod automation;
mod by_path;
mod commands;
mod instance_id;
mod inventory;
mod managed;
mod name;
mod package;
mod parameters;
mod policies;
mod rates;
mod reference;
mod tier;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::clock::Clock;
use crate::falcon::Falcon;
use crate::fleet::Fleet;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::secrets_manager::SecretsManager;
use crate::service::Service;
use crate::wire::{Answer, Call, Caller, ServiceError};
use associations::Associations;
use automation::Automations;
use commands::Commands;
use parameters::Parameters;

pub(crate) use agents::Work;

type Operation = fn(&SystemsManager, &mut State, &Call) -> Answer;

/// Account and region.
type Place = (String, String);

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct SystemsManager {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    secrets: SecretsManager,
    /// What the packages on the instances ask.
    falcon: Falcon,
    fleet: Fleet,
    work: UnboundedSender<Work>,
    began: Timestamp,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    parameters: Parameters,
    commands: Commands,
    automations: Automations,
    associations: Associations,
}

impl SystemsManager {
    /// `work` is what [`SystemsManager::run_agents`] does.
    pub(crate) fn new(
        clock: Clock,
        identifiers: Identifiers,
        organization: Arc<Organization>,
        secrets: SecretsManager,
        falcon: Falcon,
        fleet: Fleet,
        work: UnboundedSender<Work>,
    ) -> Self {
        let (began, state) = (clock.now(), Arc::default());
        Self { clock, identifiers, organization, secrets, falcon, fleet, work, began, state }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::SystemsManager.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, &mut self.locked(), call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "PutParameter" => Self::put_parameter,
            "GetParameter" => Self::get_parameter,
            "GetParameters" => Self::get_parameters,
            "GetParametersByPath" => Self::get_parameters_by_path,
            "DeleteParameter" => Self::delete_parameter,
            "DescribeInstanceInformation" => Self::describe_instance_information,
            "GetInventory" => Self::get_inventory,
            "ListInventoryEntries" => Self::list_inventory_entries,
            "SendCommand" => Self::send_command,
            "ListCommands" => Self::list_commands,
            "ListCommandInvocations" => Self::list_command_invocations,
            "GetCommandInvocation" => Self::get_command_invocation,
            "CancelCommand" => Self::cancel_command,
            "StartAutomationExecution" => Self::start_automation_execution,
            "GetAutomationExecution" => Self::get_automation_execution,
            "StopAutomationExecution" => Self::stop_automation_execution,
            "CreateAssociation" => Self::create_association,
            "UpdateAssociation" => Self::update_association,
            "DescribeAssociation" => Self::describe_association,
            "ListAssociations" => Self::list_associations,
            _ => return None,
        };
        Some(operation)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place(caller: &Caller) -> Place {
    (caller.account.clone(), caller.region.clone())
}

/// `ValidationException`.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message)
}

/// Refuses what the caller asks for and the sandbox would leave undone.
///
/// # Errors
/// `ValidationException`, naming the member.
fn served(call: &Call, members: &[&str]) -> Result<(), ServiceError> {
    call.unserved(members)
        .map_or(Ok(()), |member| Err(invalid(format!("The sandbox does not serve {member} of {}", call.operation))))
}

/// `InvalidNextToken`.
fn bad_token(_: crate::paging::BadToken) -> ServiceError {
    ServiceError::new("InvalidNextToken", "The specified token is not valid.")
}
