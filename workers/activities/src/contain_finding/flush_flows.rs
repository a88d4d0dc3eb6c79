//! Starts to flush what is open to the blocked addresses, in every zone.
//!
//! A new rule meets only new flows; a command-and-control connection that was open before goes on until it is flushed.
//! What is open to a blocked domain cannot be found by its name, and the finding's note says so.
//!
//! Calls StartFlowFlush. Idempotent because a second flush finds the flows of the first gone.

use std::time::Duration;

use falconer_domain::indicator::Indicator;
use falconer_runtime::{Actions, Activity, TaskContext};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::block_indicators::LedgerUpdate;
use super::check_enforcement::Enforcement;
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::FirewallError;
use crate::firewall::flows::{self, FlushOperation};
use crate::registry::Services;

/// See the module.
#[derive(Debug)]
pub struct FlushFlows {
    client: aws_sdk_networkfirewall::Client,
    clock: Clock,
}

/// Whose flows, and where.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As BlockIndicators answered.
    ledger: LedgerUpdate,
    /// As CheckEnforcement answered.
    enforcement: Enforcement,
}

/// How far the flush has come.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Flush {
    /// One for each zone and ten addresses; none if only domains were blocked.
    pub operations: Vec<FlushOperation>,
    /// When it began.
    #[schemars(with = "String")]
    pub started: Timestamp,
    /// Whether nothing is in progress any more.
    pub finished: bool,
}

impl Flush {
    pub(super) fn new(operations: Vec<FlushOperation>, started: Timestamp) -> Self {
        let finished = !operations.iter().any(FlushOperation::in_progress);
        Self { operations, started, finished }
    }
}

impl From<&Services> for FlushFlows {
    fn from(services: &Services) -> Self {
        Self { client: services.firewall.clone(), clock: services.clock.clone() }
    }
}

impl Activity for FlushFlows {
    const NAME: &'static str = "FlushFlows";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[flows::START], ..Actions::NONE };
    type Input = Input;
    type Output = Flush;
    type Error = FirewallError;

    async fn run(&self, _: TaskContext, Input { ledger, enforcement }: Input) -> Result<Flush, FirewallError> {
        let started = self.clock.now();
        let in_force = ledger.blocks.iter().filter(|block| block.held.is_some());
        let networks: Vec<String> = in_force.filter_map(|block| network(&block.indicator)).collect();
        let operations = flows::start(&self.client, &enforcement.zones, &networks).await?;
        Ok(Flush::new(operations, started))
    }
}

/// In CIDR notation, as a flow filter takes it.
fn network(indicator: &Indicator) -> Option<String> {
    match indicator {
        Indicator::Network(network) => Some(network.to_string()),
        Indicator::Domain(_) => None,
    }
}
