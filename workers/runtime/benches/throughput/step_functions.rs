//! Where Step Functions is, and the client that everything here calls it with.

use aws_sdk_sfn::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
};
use falconer_runtime::for_polling;
use serde::{Deserialize, Serialize};

use crate::Anything;

/// What a sandbox says when it is ready.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Place {
    /// `http://127.0.0.1:4599`
    pub(crate) endpoint: String,
    /// The ARN of the activity that is measured.
    pub(crate) activity: String,
    /// The ARN of a state machine whose executions have one task each.
    pub(crate) one_task: String,
    /// The ARN of a state machine whose executions have one task after the other.
    pub(crate) endless: String,
}

impl Place {
    /// The same client for worker and bare loop.
    pub(crate) fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("sandbox", "none", None, None, "benchmark"));
        Client::from_conf(for_polling(config).build())
    }
}

/// Starts an execution.
pub(crate) async fn start(client: &Client, state_machine: &str) -> Anything<()> {
    client.start_execution().state_machine_arn(state_machine).input("{}").send().await?;
    Ok(())
}
