//! How far the command of one batch is; it is cancelled when its time is over.
//!
//! Calls ListCommandInvocations and CancelCommand in the member, or GetAutomationExecution. Idempotent because it reads, and a
//! cancelled command is cancelled again without harm.

use std::time::Duration;

use falconer_domain::install::{Cause, Failure, InstanceResult, Outcome, Progress};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::automation;
use super::batch::{BatchInput, CommandId, CommandProgress, Sent};
use super::commands;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::clock::Clock;
use crate::registry::Services;
use crate::systems_manager::{self, SystemsManagerError};

/// See the module.
#[derive(Debug)]
pub struct CheckCommand {
    accounts: Accounts,
    clock: Clock,
}

/// Why nobody knows how far it is.
#[derive(Debug, Error)]
pub enum CheckCommandError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Systems Manager did not answer.
    #[error(transparent)]
    SystemsManager(#[from] SystemsManagerError),
}

impl ActivityError for CheckCommandError {
    const NAMES: &'static [ErrorName] = &[
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::SystemsManager(error) => error.name(),
        }
    }
}

impl From<&Services> for CheckCommand {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), clock: services.clock.clone() }
    }
}

impl Activity for CheckCommand {
    const NAME: &'static str = "CheckCommand";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Accounts::ACTIONS], assumed: &[commands::FOLLOW, automation::FOLLOW] };
    type Input = BatchInput;
    type Output = CommandProgress;
    type Error = CheckCommandError;

    async fn run(
        &self,
        _: TaskContext,
        BatchInput { state, execution }: BatchInput,
    ) -> Result<CommandProgress, CheckCommandError> {
        let at = self.clock.now();
        let mut progress = CommandProgress { done: true, at, succeeded: Vec::new(), failed: Vec::new() };
        let Some(Sent { command: Some(command), window, results, .. }) = &state.sent else { return Ok(progress) };
        let clients = self.accounts.clients(&state.batch.place, &execution).await?;
        let is_over = at >= window.cancel_at;
        let mut standing = match command {
            CommandId::Command(id) => commands::standing(&clients, id).await?,
            CommandId::Automation(id) => automation::standing(&clients, id, &state.batch.instances).await?,
        };
        let sent_to = state.batch.instances.iter().filter(|id| !results.iter().any(|result| result.instance == **id));
        for instance in sent_to {
            // Soon after a command was sent, Systems Manager may know nothing of it yet.
            let (stands, cause) = standing.remove(instance).unwrap_or((Progress::UnderWay, Cause::default()));
            let failed =
                |error, cause| InstanceResult { instance: instance.clone(), outcome: Outcome::Failed { error, cause } };
            match stands {
                Progress::Succeeded => progress.succeeded.push(instance.clone()),
                Progress::Failed(error) => progress.failed.push(failed(error, cause)),
                Progress::UnderWay if is_over => {
                    let cause = Cause::of("it was still under way when its token was about to end, and was cancelled");
                    progress.failed.push(failed(Failure::ExecutionTimedOut, cause));
                    progress.done = false;
                }
                Progress::UnderWay => progress.done = false,
            }
        }
        if is_over && !progress.done {
            match command {
                CommandId::Command(id) => commands::cancel(&clients, id).await?,
                CommandId::Automation(id) => automation::stop(&clients, id).await?,
            }
            progress.done = true;
        }
        Ok(progress)
    }
}
