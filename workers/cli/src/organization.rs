//! The organization as the configuration leads to it: its accounts, its instances, its Falcon cloud.

use std::sync::Arc;

use aws_config::SdkConfig;
use falconer_activities::accounts::{Accounts, Hub};
use falconer_activities::clock::Clock;
use falconer_activities::falcon::FalconCloud;
use falconer_activities::fleet::{Fleet, Sensors};
use falconer_falcon::Transport;

use crate::aws::AwsCallError;
use crate::config::Parsed;
use crate::failure::CommandFailure;

/// What the worker and the commands that look at instances have in common.
pub(crate) struct Organization {
    /// Every account.
    pub(crate) accounts: Accounts,
    /// Every instance.
    pub(crate) fleet: Fleet,
    /// Where the sensors report.
    pub(crate) falcon: FalconCloud,
}

impl Organization {
    /// The organization around `hub`, whose clients `sdk` makes. Falcon is behind `falcon`.
    pub(crate) fn new(sdk: &SdkConfig, hub: Hub, falcon: Arc<dyn Transport>, config: &Parsed, clock: &Clock) -> Self {
        let store = aws_sdk_ssm::Client::new(sdk);
        let falcon = FalconCloud::new(store, config.falcon.clone(), falcon, clock.clone());
        let sensors = Sensors::new(falcon.clone());
        Self {
            accounts: Accounts::new(sdk.clone(), hub, config.member_role.clone(), clock.clone()),
            fleet: Fleet::new(&config.aggregator, sensors, config.fleet.clone(), clock.clone()),
            falcon,
        }
    }
}

/// Who the credentials are, and so where the hub is: nothing of Falconer need be deployed for it.
pub(crate) struct Caller {
    /// `arn:aws:sts::111122223333:assumed-role/falconer-worker/…`.
    pub(crate) arn: String,
    /// Where the caller is.
    pub(crate) hub: Hub,
}

impl Caller {
    /// Asks STS.
    pub(crate) async fn of(sdk: &SdkConfig) -> Result<Self, CommandFailure> {
        let region = sdk.region().ok_or(AwsCallError::NoRegion)?.to_string();
        let caller = aws_sdk_sts::Client::new(sdk).get_caller_identity().send().await;
        let caller = caller.map_err(|error| AwsCallError::new("GetCallerIdentity", &error))?;
        let arn = caller.arn.unwrap_or_default();
        let hub = Hub::of_caller(&arn, &region);
        let hub = hub.map_err(|error| CommandFailure::usage("AWS credentials", error.to_string()))?;
        Ok(Self { arn, hub })
    }
}
