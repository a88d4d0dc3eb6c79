//! The organization as the configuration leads to it: its accounts, its instances, its Falcon cloud.

use std::sync::Arc;

use aws_config::SdkConfig;
use falconer_activities::accounts::{Accounts, Hub};
use falconer_activities::clock::Clock;
use falconer_activities::falcon::FalconCloud;
use falconer_activities::fleet::{Fleet, Sensors};
use falconer_falcon::Transport;

use crate::config::Parsed;

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
