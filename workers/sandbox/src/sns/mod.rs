//! Amazon SNS: topics, and what was published to them. Nobody subscribes: the control endpoint shows what was published.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/welcome.html>.

mod attributes;
mod publish;
mod topics;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::clock::Clock;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::service::Service;
use crate::wire::{Answer, Call, ServiceError};

type Operation = fn(&Sns, &mut State, &Call) -> Answer;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct Sns {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// By ARN.
    topics: BTreeSet<String>,
    /// As SNS delivers them, oldest first.
    published: Vec<Value>,
}

impl Sns {
    pub(crate) fn new(clock: Clock, identifiers: Identifiers, organization: Arc<Organization>) -> Self {
        Self { clock, identifiers, organization, state: Arc::default() }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::Sns.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, &mut self.state.lock().unwrap_or_else(PoisonError::into_inner), call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "CreateTopic" => Self::create_topic,
            "ListTopics" => Self::list_topics,
            "Publish" => Self::publish,
            _ => return None,
        };
        Some(operation)
    }

    /// Everything that was published, oldest first.
    pub(crate) fn published(&self) -> Vec<Value> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).published.clone()
    }
}

/// `InvalidParameter`, as SNS words it.
fn invalid(problem: &str) -> ServiceError {
    ServiceError::new("InvalidParameter", format!("Invalid parameter: {problem}"))
}

/// Refuses a request that asks for more than the sandbox would do.
fn served(call: &Call, members: &[&str]) -> Result<(), ServiceError> {
    let unserved = call.unserved(members);
    unserved.map_or(Ok(()), |member| Err(invalid(&format!("the sandbox does not serve {member}"))))
}

/// A required member that is not there.
fn missing(member: &str) -> ServiceError {
    let message = format!(
        "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
    );
    ServiceError::new("ValidationError", message)
}
