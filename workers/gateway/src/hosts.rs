//! What Falcon knows of the hosts that events are about, asked for many at a time and kept for a while.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use falconer_activities::falcon::{FalconCallError, FalconCloud};
use falconer_domain::detection::Host;
use falconer_falcon::{DeviceId, HostDetails};
use falconer_runtime::{ActivityError as _, Pauses};
use tokio::time::{Instant, sleep, timeout};

/// How long what is known of a host counts: an instance stays where it is, and its name may change.
const KEPT: Duration = Duration::from_mins(60);

/// The same of a host that Falcon did not know, which may just be new.
const KEPT_UNKNOWN: Duration = Duration::from_mins(1);

/// Hosts that are kept: some 20 MB.
const MOST_KEPT: usize = 20_000;

/// How long events wait for Falcon to say what it knows of their hosts. A finding without its instance is worth more than none.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long it is not asked after that, so that the stream does not stand still because of it.
const REST: Duration = Duration::from_mins(1);

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A handle to the hosts; clones share what they know.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    falcon: FalconCloud,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    known: HashMap<String, Known>,
    /// Until then Falcon is not asked.
    rests_until: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Known {
    host: Option<Arc<Host>>,
    until: Instant,
}

/// What came of asking; a device that is in neither Falcon does not know.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By the ids that were asked for.
    pub(crate) known: ByDevice,
    /// Falcon has not said whether it knows these.
    pub(crate) unanswered: HashSet<String>,
}

type ByDevice = HashMap<String, Arc<Host>>;

impl Hosts {
    pub(crate) fn new(falcon: FalconCloud) -> Self {
        Self { falcon, state: Arc::default() }
    }

    /// What is known of these devices. Falcon is asked for those of which nothing is, once for each, and for a minute at most.
    pub(crate) async fn of(&self, devices: impl IntoIterator<Item = &str>) -> Found {
        let now = Instant::now();
        let (mut found, unknown, rests) = self.look_up(devices, now);
        // What is no id of Falcon's has no host there.
        let ids: Vec<DeviceId> = unknown.iter().filter_map(|device| device.parse().ok()).collect();
        if ids.is_empty() {
            return found;
        }
        if rests {
            found.unanswered = unknown;
            return found;
        }
        let why = match timeout(PATIENCE, self.ask(&ids)).await {
            Ok(Ok(fresh)) => {
                self.keep(&unknown, &fresh, now);
                found.known.extend(fresh.into_iter().filter(|(device, _)| unknown.contains(device)));
                return found;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_elapsed) => format!("Falcon has not answered for {} s", PATIENCE.as_secs()),
        };
        tracing::warn!(error = "Falcon.Hosts", "findings go without their instances for {} s: {why}", REST.as_secs());
        self.locked().rests_until = Some(Instant::now() + REST);
        found.unanswered = unknown;
        found
    }

    /// What is known of the devices, those of which nothing is, and whether Falcon is not to be asked for them.
    fn look_up<'a>(&self, devices: impl IntoIterator<Item = &'a str>, now: Instant) -> (Found, HashSet<String>, bool) {
        let (mut found, mut unknown, state) = (Found::default(), HashSet::new(), self.locked());
        for device in devices {
            match state.known.get(device).filter(|known| known.until > now) {
                Some(Known { host, .. }) => found.known.extend(host.clone().map(|host| (device.to_owned(), host))),
                None => drop(unknown.insert(device.to_owned())),
            }
        }
        (found, unknown, state.rests_until.is_some_and(|until| until > now))
    }

    /// Asks until Falcon answers, or refuses.
    async fn ask(&self, ids: &[DeviceId]) -> Result<ByDevice, FalconCallError> {
        let mut pauses = Pauses::new(FIRST_PAUSE, LONGEST_PAUSE);
        loop {
            match self.falcon.ask(async |falcon| falcon.hosts_by_device(ids).await).await {
                Ok(details) => {
                    let by_device = |one: HostDetails| Some((one.device_id.clone()?, Arc::new(host(one))));
                    return Ok(details.found.into_iter().filter_map(by_device).collect());
                }
                Err(error) if error.is_transient() => tracing::debug!("hosts are asked for again: {error}"),
                Err(error) => return Err(error),
            }
            sleep(pauses.next()).await;
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, asked: &HashSet<String>, fresh: &ByDevice, now: Instant) {
        let known = &mut self.locked().known;
        if known.len() + asked.len() > MOST_KEPT {
            known.retain(|_, one| one.until > now);
        }
        if known.len() + asked.len() > MOST_KEPT {
            known.clear();
        }
        for device in asked {
            let host = fresh.get(device).cloned();
            let kept = if host.is_some() { KEPT } else { KEPT_UNKNOWN };
            known.insert(device.clone(), Known { host, until: now + kept });
        }
    }
}

fn host(details: HostDetails) -> Host {
    Host {
        device: details.device_id,
        provider: details.service_provider,
        account: details.service_provider_account_id,
        zone: details.zone_group,
        instance: details.instance_id,
        hostname: details.hostname,
        platform: details.platform_name,
        os_version: details.os_version,
        external_ip: details.external_ip,
        local_ip: details.local_ip,
        mac_address: details.mac_address,
        domain: details.machine_domain,
        sensor_version: details.agent_version,
        last_seen: details.last_seen,
        tags: details.tags,
        site: details.site_name,
        organizational_units: details.ou,
    }
}
