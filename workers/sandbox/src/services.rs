//! All services together, and which of them a call goes to.

use std::sync::Arc;

use crate::calls::Calls;
use crate::clock::Clock;
use crate::config::Config;
use crate::events::EventBridge;
use crate::falcon::Falcon;
use crate::faults::Faults;
use crate::fleet::Fleet;
use crate::identifiers::Identifiers;
use crate::network_firewall::NetworkFirewall;
use crate::organization::Organization;
use crate::permissions::Permissions;
use crate::pipes::Pipes;
use crate::secrets_manager::SecretsManager;
use crate::security_hub::SecurityHub;
use crate::service::Service;
use crate::sns::Sns;
use crate::states::StepFunctions;
use crate::sts::Sts;
use crate::systems_manager::SystemsManager;
use crate::wire::{Answer, Call};

/// The services, with what they share.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) clock: Clock,
    pub(crate) organization: Arc<Organization>,
    pub(crate) identifiers: Identifiers,
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
    pub(crate) permissions: Permissions,
    pub(crate) fleet: Fleet,
    pub(crate) states: StepFunctions,
    pub(crate) network_firewall: NetworkFirewall,
    pub(crate) security_hub: SecurityHub,
    pub(crate) events: EventBridge,
    pub(crate) pipes: Pipes,
    pub(crate) systems_manager: SystemsManager,
    pub(crate) secrets_manager: SecretsManager,
    pub(crate) config: Config,
    pub(crate) sns: Sns,
    pub(crate) sts: Sts,
    pub(crate) falcon: Falcon,
}

impl Services {
    /// Whether the sandbox has the operation.
    pub(crate) fn has(service: Service, operation: &str) -> bool {
        match service {
            Service::StepFunctions => StepFunctions::has(operation),
            Service::NetworkFirewall => NetworkFirewall::has(operation),
            // Its routes are its operations: what is no route has been refused before it has a name.
            Service::SecurityHub => true,
            Service::EventBridge => EventBridge::has(operation),
            Service::SystemsManager => SystemsManager::has(operation),
            Service::SecretsManager => SecretsManager::has(operation),
            Service::Config => Config::has(operation),
            Service::Sns => Sns::has(operation),
            Service::Sts => Sts::has(operation),
            Service::Falcon => Falcon::has(operation),
        }
    }

    pub(crate) async fn call(&self, service: Service, call: Call) -> Answer {
        match service {
            Service::StepFunctions => self.states.call(call).await,
            Service::NetworkFirewall => self.network_firewall.call(&call),
            Service::SecurityHub => self.security_hub.call(&call),
            Service::EventBridge => self.events.call(&call),
            Service::SystemsManager => self.systems_manager.call(&call),
            Service::SecretsManager => self.secrets_manager.call(&call),
            Service::Config => self.config.call(&call),
            Service::Sns => self.sns.call(&call),
            Service::Sts => self.sts.call(&call),
            Service::Falcon => self.falcon.call(&call),
        }
    }
}
