//! What the service keeps: activities, state machines, executions, tags. All by ARN, so that lists are in a stable order.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::arn::Arn;
use super::execution::{Execution, Status};
use super::machine::StateMachine;

/// An activity.
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    /// Its ARN.
    pub(crate) arn: Arn,
    /// When it was created.
    pub(crate) created: Timestamp,
}

/// Everything, in all accounts and regions.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Activities.
    pub(crate) activities: BTreeMap<String, Activity>,
    /// State machines, also those that are being deleted.
    pub(crate) machines: BTreeMap<String, StateMachine>,
    /// Executions, also those that have ended.
    pub(crate) executions: BTreeMap<String, Arc<Execution>>,
    /// The tags of any of them.
    pub(crate) tags: BTreeMap<String, BTreeMap<String, String>>,
}

impl Store {
    /// The state machine, unless it has been deleted and none of its executions runs any more.
    pub(crate) fn machine(&mut self, arn: &str) -> Option<&StateMachine> {
        let deleted = self.machines.get(arn)?.deleted.is_cancelled();
        if deleted && !self.runs(arn) {
            self.machines.remove(arn);
            self.tags.remove(arn);
        }
        self.machines.get(arn)
    }

    fn runs(&self, machine: &str) -> bool {
        let mut of_machine = self.executions.values().filter(|execution| execution.start.facts.machine_arn == machine);
        of_machine.any(|execution| execution.look(|progress| progress.status == Status::Running))
    }
}
