//! Accounts that come into the organization, for stories of `onboard-account`.

use falconer_cli::execution::Ending;
use serde_json::{Value, json};

use crate::house::House;

/// The runbook.
pub const ONBOARDING: &str = "onboard-account";

/// An account that nobody has before a story adds it.
pub const NEWCOMER: &str = "123412341234";

/// A configuration under which Falconer makes recorder and rule.
pub const ONBOARDING_CONFIG: &str = "[onboarding]\n\
     config_bucket = \"falconer-config\"\n\
     rule_function = \"arn:aws:lambda:us-east-1:111122223333:function:falconer-sensor\"\n";

/// What changes something, in AWS or in Falcon, when an account is onboarded.
pub const CHANGES: [&str; 10] = [
    "falcon.CreateCloudAccounts",
    "falcon.UpdateCloudAccounts",
    "ssm.PutParameter",
    "config.PutConfigurationRecorder",
    "config.PutDeliveryChannel",
    "config.StartConfigurationRecorder",
    "securityhub.EnableSecurityHub",
    "securityhub.CreateMembers",
    "config.PutConfigRule",
    "securityhub.BatchImportFindings",
];

impl House {
    /// Adds an account to the organization; `more` says what is otherwise than with an empty one whose role is there.
    pub async fn add_account(&self, account: &str, more: Value) {
        let mut added = json!({ "account": account, "name": format!("account-{account}") });
        added.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.control("POST", "accounts", added).await;
    }

    /// Control Tower has made the account.
    pub async fn control_tower_creates(&self, account: &str) {
        let event = json!({ "event": "CreateManagedAccount", "account": account, "state": "SUCCEEDED" });
        self.control("POST", "control-tower", event).await;
    }

    /// A person has an account onboarded.
    pub async fn onboard(&self, account: &str) -> Ending {
        self.run_of(ONBOARDING, &json!({ "accountId": account })).await
    }

    /// How often each of [`CHANGES`] was called, without the calls that were throttled.
    pub async fn changes(&self) -> Vec<(&'static str, u64)> {
        let calls = self.control("GET", "calls", Value::Null).await;
        let throttled = self.control("GET", "calls/throttled", Value::Null).await;
        let count = |calls: &Value, operation: &str| calls[operation].as_u64().unwrap_or_default();
        CHANGES.map(|operation| (operation, count(&calls, operation) - count(&throttled, operation))).to_vec()
    }
}

/// What became of a step, in the output of an execution: `done`, `alreadyThere`, …
pub fn outcome(ending: &Ending, step: &str) -> String {
    let steps = ending.output["report"]["steps"].as_array().cloned().unwrap_or_default();
    let found = steps.into_iter().find(|taken| taken["step"] == step);
    found.map(|taken| taken["outcome"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}
