//! The organization's instances, judged: what Config, Systems Manager and Falcon say of them, and where the verdicts go.

mod batches;
pub(crate) mod error;
pub(crate) mod evaluations;
pub(crate) mod findings;
pub(crate) mod managed;
pub(crate) mod recorded;
mod sensors;
mod silence;
mod survey;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use falconer_domain::fleet::{FleetRules, InstanceId, SensorHost};
use falconer_domain::place::{AccountId, Place};

pub use self::error::ConfigError;
pub use self::findings::{Standing, finding_about};
pub use self::sensors::Sensors;
pub use self::silence::Silence;
pub use self::survey::{Judged, Survey};
use crate::accounts::Clients;
use crate::clock::Clock;
use crate::falcon::{FalconCallError, FalconCloud};

/// A handle to the fleet; cheap to clone.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The organization's Config aggregator in the hub.
    aggregator: Arc<str>,
    sensors: Sensors,
    rules: Arc<FleetRules>,
    clock: Clock,
}

impl Fleet {
    /// What [`places`](Self::places) must be allowed in the hub.
    pub(crate) const PLACES: &[&str] = &["config:SelectAggregateResourceConfig"];
    /// What it takes to ask Falcon.
    pub(crate) const SENSORS: &[&str] = FalconCloud::ACTIONS;

    /// The fleet that the aggregator of this name knows; its sensors are known to `sensors`.
    #[must_use]
    pub fn new(aggregator: &str, sensors: Sensors, rules: FleetRules, clock: Clock) -> Self {
        Self { aggregator: aggregator.into(), sensors, rules: Arc::new(rules), clock }
    }

    /// Every account and region that holds instances, or every such region of one account.
    ///
    /// # Errors
    /// What the call met.
    pub async fn places(&self, hub: &Clients, account: Option<AccountId>) -> Result<BTreeSet<Place>, ConfigError> {
        recorded::places(hub, &self.aggregator, account).await
    }

    /// Every account of which the aggregator knows anything, be it without instances.
    ///
    /// # Errors
    /// What the call met.
    pub async fn accounts(&self, hub: &Clients) -> Result<BTreeSet<AccountId>, ConfigError> {
        recorded::accounts(hub, &self.aggregator).await
    }

    /// The account and region of an instance, wherever in the organization it is; more than one only while Config does not
    /// agree with itself.
    ///
    /// # Errors
    /// What the call met.
    pub async fn places_of(&self, hub: &Clients, instance: &InstanceId) -> Result<BTreeSet<Place>, ConfigError> {
        recorded::places_of(hub, &self.aggregator, instance).await
    }

    /// The sensors that Falcon knows on these instances of an account, without which version each should be.
    ///
    /// # Errors
    /// Falcon did not answer, or not in full: an instance that is missing in the answer has no sensor.
    pub(crate) async fn sensors(
        &self,
        account: AccountId,
        instances: &[InstanceId],
    ) -> Result<HashMap<InstanceId, Vec<SensorHost>>, FalconCallError> {
        self.sensors.on(account, instances).await
    }

    /// Looks at the instances of a place: at those among `ids`, or at all.
    pub async fn survey<'a>(&'a self, clients: &'a Clients, ids: Option<&BTreeSet<InstanceId>>) -> Survey<'a> {
        Survey::begin(self, clients, ids).await
    }
}
