//! The two services of a deployment, each with a role of its own that may do what the contracts of its activities name.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_sfn::config::{Credentials, SharedCredentialsProvider};
use falconer_activities::registry;
use falconer_cli::runbooks::RUNBOOKS;
use falconer_runtime::Contract;
use serde_json::json;

use crate::house::{HUB, House};

/// What a worker calls for its tasks, and for where its activities are.
pub const BESIDE_TASKS: [&str; 5] = [
    "states:GetActivityTask",
    "states:ListActivities",
    "states:SendTaskFailure",
    "states:SendTaskHeartbeat",
    "states:SendTaskSuccess",
];

/// A worker of some runbooks' activities.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    role: &'static str,
    runbooks: &'static [&'static str],
}

/// It changes the firewall.
pub const FIREWALL: Service = Service {
    role: "falconer-firewall",
    runbooks: &["contain-finding", "release-block", "expire-blocks", "refresh-hunt-list", "report-hits"],
};

/// It installs software.
pub const SENSORS: Service = Service { role: "falconer-sensors", runbooks: &["check-compliance", "install-sensor"] };

impl Service {
    fn contracts(self) -> impl Iterator<Item = Contract> {
        let definitions = RUNBOOKS.iter().filter(move |runbook| self.runbooks.contains(&runbook.slug));
        let definitions: String = definitions.map(|runbook| runbook.definition).collect();
        registry::contracts()
            .into_iter()
            .filter(move |contract| definitions.contains(&format!("${{{}}}", contract.name)))
    }

    /// In the hub, what it does elsewhere with a role it does with its own.
    fn allowed(self) -> BTreeSet<&'static str> {
        let parts = self.contracts().flat_map(|contract| [contract.actions.own, contract.actions.assumed].concat());
        parts.flatten().copied().chain(BESIDE_TASKS).collect()
    }
}

impl House {
    /// Limits the members' role to what the contracts name.
    pub async fn limit_the_members_role(&self) {
        let contracts = registry::contracts();
        let allowed: BTreeSet<&str> =
            contracts.iter().flat_map(|contract| contract.actions.assumed).copied().flatten().copied().collect();
        self.control("POST", "roles", json!({ "role": "falconer-member", "allow": allowed })).await;
    }

    /// Starts a worker of one service's activities, with the role of this or of another one.
    pub async fn start_service(&mut self, service: Service, role: Service) {
        self.control("POST", "roles", json!({ "role": role.role, "allow": role.allowed() })).await;
        let activities: Vec<&str> = service.contracts().map(|contract| contract.name).collect();
        let sdk = self.in_role(role).await;
        self.start_worker_as(&sdk, &format!("[worker]\nactivities = {activities:?}\n"));
    }

    async fn in_role(&self, service: Service) -> SdkConfig {
        let role = format!("arn:aws:iam::{HUB}:role/{}", service.role);
        let sts = aws_sdk_sts::Client::new(&self.sdk);
        let session = sts.assume_role().role_arn(role).role_session_name("task").duration_seconds(43_200);
        let given = session.send().await.unwrap().credentials.unwrap();
        let token = Some(given.session_token);
        let credentials = Credentials::new(given.access_key_id, given.secret_access_key, token, None, "story");
        self.sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
    }
}
