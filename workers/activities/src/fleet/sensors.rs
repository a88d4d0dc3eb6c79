//! What Falcon knows of a place's instances: their sensors, and which version each should be.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::fleet::{Answer, Instance, InstanceId, SensorHost, SensorVersion};
use falconer_domain::place::AccountId;
use falconer_falcon::{Host, Hosts, Target, UpdatePolicies};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::silence::{Silence, heard};
use crate::falcon::{FalconCallError, FalconCloud};

/// How long the update policies count as they were read: people change them now and then, and every page of every place
/// needs them.
const KEPT: Duration = Duration::from_secs(300);

/// A handle to what Falcon knows of sensors; cheap to clone. All clones share the update policies.
#[derive(Clone, Debug)]
pub struct Sensors {
    falcon: FalconCloud,
    policies: Arc<Mutex<Option<Read>>>,
}

/// The update policies, and when they were read.
type Read = (Instant, Arc<UpdatePolicies>);

/// The sensors of some instances.
pub(super) struct Known {
    by_instance: HashMap<InstanceId, Vec<SensorHost>>,
    /// Whether an instance that is not here has no sensor. If not, it may have one.
    is_complete: bool,
}

/// Falcon's records by instance, and that some could not be read which may be those of instances without any.
struct Found {
    hosts: HashMap<InstanceId, Vec<Host>>,
    unreadable: Option<FalconCallError>,
}

impl Known {
    /// The instance's sensors.
    pub(super) fn of(&mut self, instance: &InstanceId) -> Answer<Vec<SensorHost>> {
        match self.by_instance.remove(instance) {
            Some(sensors) => Answer::Given(sensors),
            None if self.is_complete => Answer::Given(Vec::new()),
            None => Answer::Missing,
        }
    }
}

impl Sensors {
    /// The sensors that `falcon` knows.
    #[must_use]
    pub fn new(falcon: FalconCloud) -> Self {
        Self { falcon, policies: Arc::default() }
    }

    /// The sensors of these instances of an account. What is wrong with the update policies, or with records that may be those of
    /// instances without a sensor, is added to `silence`: the other sensors are known without them.
    pub(super) async fn of_instances(
        &self,
        account: AccountId,
        instances: &[&Instance],
        silence: &mut Vec<Silence>,
    ) -> Result<Known, FalconCallError> {
        let ids: Vec<&InstanceId> = instances.iter().map(|instance| &instance.id).collect();
        let Found { mut hosts, unreadable } = self.hosts(account, &ids).await?;
        let policies = if hosts.is_empty() { Answer::Missing } else { heard(self.policies().await, silence) };
        let mut by_instance = HashMap::new();
        for instance in instances {
            if let Some(hosts) = hosts.remove(&instance.id) {
                let sensors = hosts.into_iter().map(|host| {
                    let wanted = wanted(&host, instance, &policies);
                    sensor(host, wanted)
                });
                by_instance.insert(instance.id.clone(), sensors.collect());
            }
        }
        let is_complete = unreadable.is_none();
        if let Some(unreadable) = unreadable {
            heard(Err::<(), _>(unreadable), silence);
        }
        Ok(Known { by_instance, is_complete })
    }

    /// The sensors on these instances, without which version each should be.
    pub(super) async fn on(
        &self,
        account: AccountId,
        instances: &[InstanceId],
    ) -> Result<HashMap<InstanceId, Vec<SensorHost>>, FalconCallError> {
        let ids: Vec<&InstanceId> = instances.iter().collect();
        let Found { hosts, unreadable } = self.hosts(account, &ids).await?;
        if let Some(unreadable) = unreadable {
            return Err(unreadable);
        }
        let sensors = |hosts: Vec<Host>| hosts.into_iter().map(|host| sensor(host, Answer::Missing)).collect();
        Ok(hosts.into_iter().map(|(instance, hosts)| (instance, sensors(hosts))).collect())
    }

    /// Falcon's records of these instances.
    async fn hosts(&self, account: AccountId, instances: &[&InstanceId]) -> Result<Found, FalconCallError> {
        let account = account.to_string();
        let ids: Vec<&str> = instances.iter().map(|instance| instance.as_str()).collect();
        let Hosts { found, malformed } = self.falcon.ask(async |falcon| falcon.hosts(&account, &ids).await).await?;
        let mut hosts: HashMap<InstanceId, Vec<Host>> = HashMap::new();
        for host in found {
            if let Some(instance) = host.instance_id.as_deref().and_then(|id| id.parse().ok()) {
                hosts.entry(instance).or_default().push(host);
            }
        }
        // A record that could not be read may be one of those that are missing: it is worth asking again.
        let is_any_missing = instances.iter().any(|instance| !hosts.contains_key(*instance));
        let unreadable =
            (malformed > 0 && is_any_missing).then_some(FalconCallError::Unreadable { records: malformed });
        Ok(Found { hosts, unreadable })
    }

    async fn policies(&self) -> Result<Arc<UpdatePolicies>, FalconCallError> {
        let mut kept = self.policies.lock().await;
        if let Some((_, policies)) = kept.as_ref().filter(|(read, _)| read.elapsed() < KEPT) {
            return Ok(Arc::clone(policies));
        }
        let policies = Arc::new(self.falcon.ask(async |falcon| falcon.update_policies().await).await?);
        *kept = Some((Instant::now(), Arc::clone(&policies)));
        Ok(policies)
    }
}

fn sensor(host: Host, wanted: Answer<Option<SensorVersion>>) -> SensorHost {
    SensorHost {
        device: host.device_id.unwrap_or_default(),
        version: host.agent_version.and_then(|version| version.parse().ok()),
        last_seen: host.last_seen,
        reduced: host.reduced_functionality_mode.is_some_and(|mode| mode.eq_ignore_ascii_case("yes")),
        wanted,
    }
}

/// The version that the host's policy wants. A policy that could not be read is not one that wants nothing.
fn wanted(host: &Host, instance: &Instance, policies: &Answer<Arc<UpdatePolicies>>) -> Answer<Option<SensorVersion>> {
    let Answer::Given(policies) = policies else { return Answer::Missing };
    let Some(id) = host.update_policy.as_deref() else { return Answer::Given(None) };
    let Some(policy) = policies.get(id) else {
        return if policies.malformed == 0 { Answer::Given(None) } else { Answer::Missing };
    };
    let architecture = instance.architecture.map_or("x86_64", |architecture| architecture.as_str());
    let target = Target::of(host.platform_name.as_deref().unwrap_or_default(), architecture);
    let version = target.and_then(|target| policy.wanted(target));
    Answer::Given(version.and_then(|version| version.to_string().parse().ok()))
}
