//! AWS Systems Manager: Parameter Store, and through it the secrets of Secrets Manager.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html>.

mod name;
mod parameters;
mod reference;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::secrets_manager::SecretsManager;
use crate::service::Service;
use crate::wire::{Answer, Call, ServiceError};
use parameters::Parameter;

type Operation = fn(&SystemsManager, &mut Parameters, &Call) -> Answer;

/// By account, region and name.
type Parameters = BTreeMap<(String, String, String), Parameter>;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct SystemsManager {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    parameters: Arc<Mutex<Parameters>>,
    secrets: SecretsManager,
}

impl SystemsManager {
    pub(crate) fn new(
        clock: Clock,
        identifiers: Identifiers,
        organization: Arc<Organization>,
        secrets: SecretsManager,
    ) -> Self {
        Self { clock, identifiers, organization, parameters: Arc::default(), secrets }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::SystemsManager.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, &mut self.parameters.lock().unwrap_or_else(PoisonError::into_inner), call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "PutParameter" => Self::put_parameter,
            "GetParameter" => Self::get_parameter,
            "GetParameters" => Self::get_parameters,
            "DeleteParameter" => Self::delete_parameter,
            _ => return None,
        };
        Some(operation)
    }
}

/// `ValidationException`.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message)
}
