//! AWS Step Functions: activities, state machines, executions, and an interpreter of the Amazon States Language.
//!
//! A call enters at [`StepFunctions::call`] and goes to the operation's method in `api`. StartExecution hands the
//! definition that `definition` has read to `interpret`, which follows it with the data of `data`, gives work to workers
//! through `tasks`, and writes what happens into the execution's `history`. Everything is kept in memory.

mod api;
mod arn;
mod data;
mod definition;
mod execution;
mod failure;
mod history;
mod interpret;
mod machine;
mod random;
mod store;
mod tasks;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

pub(crate) use execution::ExecutionChange;

use crate::clock::Clock;
use crate::organization::Organization;
use crate::wire::{Answer, Call, ServiceError};
use random::Random;
use store::Store;
use tasks::Tasks;

/// The service of all accounts and regions. A clone is the same service.
#[derive(Clone)]
pub(crate) struct StepFunctions {
    clock: Clock,
    organization: Arc<Organization>,
    random: Random,
    tasks: Tasks,
    store: Arc<Mutex<Store>>,
    changes: UnboundedSender<ExecutionChange>,
}

impl StepFunctions {
    /// A service that holds nothing yet.
    ///
    /// `seed` makes tokens, generated names, jitter and intrinsic random numbers repeatable. `changes` hears of every
    /// execution that starts or ends.
    pub(crate) fn new(
        clock: Clock,
        organization: Arc<Organization>,
        seed: u64,
        changes: UnboundedSender<ExecutionChange>,
    ) -> Self {
        let (random, tasks) = (Random::seeded(seed), Tasks::new(seed));
        Self { clock, organization, random, tasks, store: Arc::default(), changes }
    }

    /// Does one operation. GetActivityTask may take 60 s of tokio's time; dropping the future gives the poll up.
    ///
    /// # Errors
    /// Those of the operation's model; `UnknownOperationException` for an operation that the sandbox does not have.
    pub(crate) async fn call(&self, call: Call) -> Answer {
        let call = &call;
        match call.operation.as_str() {
            "CreateActivity" => self.create_activity(call),
            "DescribeActivity" => self.describe_activity(call),
            "ListActivities" => self.list_activities(call),
            "DeleteActivity" => self.delete_activity(call),
            "GetActivityTask" => self.get_activity_task(call).await,
            "SendTaskSuccess" => self.send_task_success(call),
            "SendTaskFailure" => self.send_task_failure(call),
            "SendTaskHeartbeat" => self.send_task_heartbeat(call),
            "CreateStateMachine" => self.create_state_machine(call),
            "UpdateStateMachine" => self.update_state_machine(call),
            "DescribeStateMachine" => self.describe_state_machine(call),
            "DescribeStateMachineForExecution" => self.describe_state_machine_for_execution(call),
            "ListStateMachines" => self.list_state_machines(call),
            "DeleteStateMachine" => self.delete_state_machine(call),
            "ValidateStateMachineDefinition" => self.validate_definition(call),
            "StartExecution" => self.start_execution(call),
            "DescribeExecution" => self.describe_execution(call),
            "ListExecutions" => self.list_executions(call),
            "StopExecution" => self.stop_execution(call),
            "GetExecutionHistory" => self.get_execution_history(call),
            "TagResource" => self.tag_resource(call),
            "UntagResource" => self.untag_resource(call),
            "ListTagsForResource" => self.list_tags(call),
            other => {
                let message = format!("The sandbox has no operation {other} of Step Functions");
                Err(ServiceError::new("UnknownOperationException", message))
            }
        }
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
