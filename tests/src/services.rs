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

/// The runbooks that are about the firewall.
const FIREWALL_RUNBOOKS: [&str; 5] =
    ["contain-finding", "release-block", "expire-blocks", "refresh-hunt-list", "report-hits"];

/// A worker of some activities, and the role that may do what their contracts name.
#[derive(Clone, Debug)]
pub struct Service {
    role: String,
    contracts: Vec<Contract>,
}

impl Service {
    /// It changes the firewall.
    #[must_use]
    pub fn firewall() -> Self {
        Self::of_runbooks("falconer-firewall", |slug| FIREWALL_RUNBOOKS.contains(&slug))
    }

    /// It does everything else, and installs software.
    #[must_use]
    pub fn sensors() -> Self {
        Self::of_runbooks("falconer-sensors", |slug| !FIREWALL_RUNBOOKS.contains(&slug))
    }

    /// One for each activity.
    #[must_use]
    pub fn each_alone() -> Vec<Self> {
        let alone = |contract: Contract| Self { role: format!("alone-{}", contract.name), contracts: vec![contract] };
        registry::contracts().into_iter().map(alone).collect()
    }

    fn of_runbooks(role: &str, is_its: impl Fn(&str) -> bool) -> Self {
        let definitions = RUNBOOKS.iter().filter(|runbook| is_its(runbook.slug));
        let definitions: String = definitions.map(|runbook| runbook.definition).collect();
        let mut contracts = registry::contracts();
        contracts.retain(|contract| definitions.contains(&format!("${{{}}}", contract.name)));
        Self { role: role.to_owned(), contracts }
    }

    /// In the hub, what it does elsewhere with a role it does with its own.
    fn allowed(&self) -> BTreeSet<&'static str> {
        let parts =
            self.contracts.iter().flat_map(|contract| [contract.actions.own, contract.actions.assumed].concat());
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
    pub async fn start_service(&mut self, service: &Service, role: &Service) {
        self.control("POST", "roles", json!({ "role": role.role, "allow": role.allowed() })).await;
        let activities: Vec<&str> = service.contracts.iter().map(|contract| contract.name).collect();
        let sdk = self.in_role(&role.role).await;
        self.start_worker_as(&sdk, &format!("[worker]\nactivities = {activities:?}\n"));
    }

    async fn in_role(&self, name: &str) -> SdkConfig {
        let role = format!("arn:aws:iam::{HUB}:role/{name}");
        let sts = aws_sdk_sts::Client::new(&self.sdk);
        let session = sts.assume_role().role_arn(role).role_session_name("task").duration_seconds(43_200);
        let given = session.send().await.unwrap().credentials.unwrap();
        let token = Some(given.session_token);
        let credentials = Credentials::new(given.access_key_id, given.secret_access_key, token, None, "story");
        self.sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials)).build()
    }
}
