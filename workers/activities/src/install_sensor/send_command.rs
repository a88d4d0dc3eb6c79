//! Sends the command of one batch to its instances.
//!
//! Calls GetParameter in the hub; in the member ListCommands, SendCommand, and DescribeInstanceInformation where an instance is no
//! longer known; or StartAutomationExecution. May run twice: a command bears its execution and batch in its comment, and is looked
//! for before it is sent; the package itself leaves a sensor alone that is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::fleet::InstanceId;
use falconer_domain::install::{
    Action, AdditionalArguments, ArgumentsError, Authorization, Cause, Failure, InstallRules, InstanceResult, Method,
    Outcome, Window, WindowTooShort,
};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::authorization::{Authorizations, Secrets, parameter};
use super::automation;
use super::batch::{Authorized, BatchInput, BatchState, CommandId, Sent};
use super::commands::{self, Order, comment};
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts, Clients};
use crate::clock::Clock;
use crate::fleet::managed::{MANAGED, managed};
use crate::registry::Services;
use crate::systems_manager::{self, SystemsManagerError};

const NOT_AUTHORIZED: ErrorName = ErrorName::terminal(
    "Install.NotAuthorized",
    "What Falcon gave for the batch is gone, has ended, or cannot be handed to the package.",
);

/// See the module.
#[derive(Debug)]
pub struct SendCommand {
    accounts: Accounts,
    authorizations: Authorizations,
    rules: Arc<InstallRules>,
    clock: Clock,
}

/// Why nothing was sent.
#[derive(Debug, Error)]
pub enum SendError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Systems Manager did not take the command, or did not hand out the secrets.
    #[error(transparent)]
    SystemsManager(#[from] SystemsManagerError),
    /// `Install.NotAuthorized`.
    #[error("the secrets of batch {0} are gone: their parameter was deleted or has expired")]
    Gone(usize),
    /// `Install.NotAuthorized`.
    #[error(transparent)]
    TooLate(#[from] WindowTooShort),
    /// `Install.NotAuthorized`.
    #[error(transparent)]
    Arguments(#[from] ArgumentsError),
}

impl ActivityError for SendError {
    const NAMES: &'static [ErrorName] = &[
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
        NOT_AUTHORIZED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::SystemsManager(error) => error.name(),
            Self::Gone(_) | Self::TooLate(_) | Self::Arguments(_) => NOT_AUTHORIZED.name,
        }
    }
}

impl From<&Services> for SendCommand {
    fn from(services: &Services) -> Self {
        Self {
            accounts: services.accounts.clone(),
            authorizations: Authorizations::of(services),
            rules: Arc::clone(&services.install),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for SendCommand {
    const NAME: &'static str = "SendCommand";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions {
        own: &[Accounts::ACTIONS, Authorizations::GET],
        assumed: &[commands::SEND, MANAGED, automation::START],
    };
    type Input = BatchInput;
    type Output = Sent;
    type Error = SendError;

    async fn run(&self, _: TaskContext, BatchInput { state, execution }: BatchInput) -> Result<Sent, SendError> {
        let gone = || SendError::Gone(state.batch.index);
        let Authorized { version, ends } = state.authorized.as_ref().ok_or_else(gone)?;
        let clients = self.accounts.clients(&state.batch.place, &execution).await?;
        let at = self.clock.now();
        let window = Window::new(at, *ends)?;
        let comment = comment(&execution, state.batch.index);
        if (state.action, self.rules.method) == (Action::Install, Method::AutomationDocument) {
            let order = automation::Order { rules: &self.rules, kind: state.batch.kind, version: version.as_ref() };
            let id = automation::start(&clients, &order, &state.batch.instances, &comment).await?;
            return Ok(Sent { command: Some(CommandId::Automation(id)), at, window, results: Vec::new() });
        }
        if let Some(command) = commands::sent_before(&clients, &comment, state.began(at)).await? {
            return Ok(Sent { command: Some(CommandId::Command(command)), at, window, results: Vec::new() });
        }
        let secrets = self.authorizations.get(&parameter(&execution, state.batch.index)).await?.ok_or_else(gone)?;
        let (action, arguments) = match state.action {
            Action::Install => ("Install", self.install_arguments(&state, &secrets)?),
            Action::Uninstall => {
                let token = secrets.maintenance_token.as_deref();
                ("Uninstall", AdditionalArguments::uninstall(state.batch.kind, token)?)
            }
        };
        let order = Order { action, rules: &self.rules, arguments: &arguments, window: &window, comment: &comment };
        let (command, results) = send(&clients, &order, &state.batch.instances).await?;
        Ok(Sent { command: command.map(CommandId::Command), at, window, results })
    }
}

impl SendCommand {
    fn install_arguments(&self, state: &BatchState, secrets: &Secrets) -> Result<AdditionalArguments, SendError> {
        let gone = || SendError::Gone(state.batch.index);
        let bearer = secrets.bearer().ok_or_else(gone)?;
        let host = bearer.cloud().base_url();
        let host = host.split_once("://").map_or(host, |(_, host)| host);
        let authorization = Authorization {
            customer_id: secrets.customer_id.as_deref().ok_or_else(gone)?,
            installation_token: secrets.installation_token.as_deref(),
            bearer: bearer.expose(),
            host,
        };
        let version = state.authorized.as_ref().and_then(|authorized| authorized.version.as_ref());
        Ok(AdditionalArguments::install(&self.rules, state.batch.kind, &authorization, version)?)
    }
}

/// Sends it to all, or, where Systems Manager no longer knows one of them, to those that it knows.
async fn send(
    clients: &Clients,
    order: &Order<'_>,
    instances: &[InstanceId],
) -> Result<(Option<String>, Vec<InstanceResult>), SendError> {
    let all: BTreeSet<InstanceId> = instances.iter().cloned().collect();
    if let Some(command) = commands::send(clients, order, &all).await? {
        return Ok((Some(command), Vec::new()));
    }
    let known: BTreeSet<InstanceId> = managed(clients, Some(&all)).await?.into_keys().collect();
    let unknown = |instance: &InstanceId| InstanceResult {
        instance: instance.clone(),
        outcome: Outcome::Failed {
            error: Failure::InstanceNotManaged,
            cause: Cause::of("Systems Manager does not know it, or knows it no longer"),
        },
    };
    let command = if known.is_empty() { None } else { commands::send(clients, order, &known).await? };
    let reached = if command.is_some() { known } else { BTreeSet::new() };
    Ok((command, all.difference(&reached).map(unknown).collect()))
}
