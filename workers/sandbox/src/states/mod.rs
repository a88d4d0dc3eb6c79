//! AWS Step Functions: activities, state machines, executions, and an interpreter of the Amazon States Language.
//!
//! A call enters at [`StepFunctions::call`] and goes to the operation's method in `api`. StartExecution hands the
//! definition that `definition` has read to `interpret`, which follows it with the data of `data`, gives work to workers
//! through `tasks`, and writes what happens into the execution's `history`. Everything is kept in memory.
//! Executions that have ended stay as long as the sandbox does; in AWS they stay for 90 days,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.

mod api;
mod arn;
mod data;
mod definition;
mod execution;
mod failure;
mod history;
mod integrations;
mod interpret;
mod machine;
mod store;
mod tasks;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

pub(crate) use execution::ExecutionChange;
pub(crate) use integrations::Asked;

use crate::clock::Clock;
use crate::organization::Organization;
use crate::random::Random;
use crate::service::Service;
use crate::wire::{Answer, Call};
use integrations::Integrations;
use store::Store;
use tasks::Tasks;

/// The one operation that waits.
const POLL: &str = "GetActivityTask";

type Operation = fn(&StepFunctions, &Call) -> Answer;

/// The service of all accounts and regions. A clone is the same service.
#[derive(Clone)]
pub(crate) struct StepFunctions {
    clock: Clock,
    organization: Arc<Organization>,
    random: Random,
    tasks: Tasks,
    integrations: Integrations,
    store: Arc<Mutex<Store>>,
    changes: UnboundedSender<ExecutionChange>,
}

impl StepFunctions {
    /// A service that holds nothing yet.
    ///
    /// `seed` makes tokens, generated names, jitter and intrinsic random numbers repeatable. `changes` hears of every
    /// execution that starts or ends, and `asked` of every call that one makes of another service.
    pub(crate) fn new(
        clock: Clock,
        organization: Arc<Organization>,
        seed: u64,
        changes: UnboundedSender<ExecutionChange>,
        asked: UnboundedSender<Asked>,
    ) -> Self {
        let (random, tasks) = (Random::seeded(seed), Tasks::new(seed));
        let integrations = Integrations::new(asked);
        Self { clock, organization, random, tasks, integrations, store: Arc::default(), changes }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        operation == POLL || Self::operation(operation).is_some()
    }

    /// Does one operation. GetActivityTask may take 60 s of tokio's time; dropping the future gives the poll up.
    ///
    /// # Errors
    /// Those of the operation's model; `UnknownOperationException` for an operation that the sandbox does not have.
    pub(crate) async fn call(&self, call: Call) -> Answer {
        if call.operation == POLL {
            return self.get_activity_task(&call).await;
        }
        let unknown = || Service::StepFunctions.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, &call)
    }

    /// An operation that is done at once.
    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "CreateActivity" => Self::create_activity,
            "DescribeActivity" => Self::describe_activity,
            "ListActivities" => Self::list_activities,
            "DeleteActivity" => Self::delete_activity,
            "SendTaskSuccess" => Self::send_task_success,
            "SendTaskFailure" => Self::send_task_failure,
            "SendTaskHeartbeat" => Self::send_task_heartbeat,
            "CreateStateMachine" => Self::create_state_machine,
            "UpdateStateMachine" => Self::update_state_machine,
            "DescribeStateMachine" => Self::describe_state_machine,
            "DescribeStateMachineForExecution" => Self::describe_state_machine_for_execution,
            "ListStateMachines" => Self::list_state_machines,
            "DeleteStateMachine" => Self::delete_state_machine,
            "ValidateStateMachineDefinition" => Self::validate_definition,
            "StartExecution" => Self::start_execution,
            "DescribeExecution" => Self::describe_execution,
            "ListExecutions" => Self::list_executions,
            "StopExecution" => Self::stop_execution,
            "GetExecutionHistory" => Self::get_execution_history,
            "TagResource" => Self::tag_resource,
            "UntagResource" => Self::untag_resource,
            "ListTagsForResource" => Self::list_tags,
            _ => return None,
        };
        Some(operation)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }
}

/// Locks what a panic elsewhere cannot have left half done: every critical section here changes one thing at a time.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
