//! AWS Secrets Manager.
//!
//! <https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html>.

mod operations;
mod secret;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Clock;
use crate::identifiers::Identifiers;
use crate::organization::Organization;
use crate::service::Service;
use crate::wire::{Answer, Call, Caller, ServiceError};

pub(crate) use secret::{CURRENT, Secret, Version};

type Operation = fn(&SecretsManager, &mut Secrets, &Call) -> Answer;

/// By account, region and name.
type Secrets = BTreeMap<(String, String, String), Secret>;

/// The service.
#[derive(Clone, Debug)]
pub(crate) struct SecretsManager {
    clock: Clock,
    identifiers: Identifiers,
    organization: Arc<Organization>,
    secrets: Arc<Mutex<Secrets>>,
}

impl SecretsManager {
    pub(crate) fn new(clock: Clock, identifiers: Identifiers, organization: Arc<Organization>) -> Self {
        Self { clock, identifiers, organization, secrets: Arc::default() }
    }

    /// Whether the sandbox has the operation.
    pub(crate) fn has(operation: &str) -> bool {
        Self::operation(operation).is_some()
    }

    pub(crate) fn call(&self, call: &Call) -> Answer {
        let unknown = || Service::SecretsManager.unknown_operation(&call.operation);
        let operation = Self::operation(&call.operation).ok_or_else(unknown)?;
        operation(self, &mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner), call)
    }

    fn operation(name: &str) -> Option<Operation> {
        let operation: Operation = match name {
            "CreateSecret" => Self::create_secret,
            "GetSecretValue" => Self::get_secret_value,
            "PutSecretValue" => Self::put_secret_value,
            _ => return None,
        };
        Some(operation)
    }

    /// The caller's secret of this name, as it is now.
    pub(crate) fn secret(&self, caller: &Caller, name: &str) -> Option<Secret> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(&key(caller, name)).cloned()
    }
}

fn key(caller: &Caller, name: &str) -> (String, String, String) {
    (caller.account.clone(), caller.region.clone(), name.to_owned())
}

/// `InvalidRequestException`.
fn invalid_request(message: &str) -> ServiceError {
    ServiceError::new("InvalidRequestException", message)
}
