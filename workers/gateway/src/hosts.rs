//! What Falcon knows of the hosts that events are about, asked for many at a time and kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use falconer_activities::falcon::{FalconCallError, FalconCloud};
use falconer_domain::detection::Host;
use falconer_falcon::{DeviceId, HostDetails};
use tokio::time::Instant;

/// How long what is known of a host counts: an instance stays where it is, and its name may change.
const KEPT: Duration = Duration::from_mins(60);

/// The same of a host that Falcon did not know, which may just be new.
const KEPT_UNKNOWN: Duration = Duration::from_mins(1);

/// Hosts that are kept: some 20 MB.
const MOST_KEPT: usize = 20_000;

/// A handle to the hosts; clones share what they know.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    falcon: FalconCloud,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

#[derive(Clone, Debug)]
struct Known {
    host: Option<Arc<Host>>,
    until: Instant,
}

/// The hosts by the ids that were asked for.
pub(crate) type Found = HashMap<String, Arc<Host>>;

impl Hosts {
    pub(crate) fn new(falcon: FalconCloud) -> Self {
        Self { falcon, known: Arc::default() }
    }

    /// What is known of these devices. Falcon is asked for those of which nothing is, once for each.
    pub(crate) async fn of(&self, devices: impl IntoIterator<Item = &str>) -> Result<Found, FalconCallError> {
        let (mut found, mut unknown) = (Found::new(), Vec::new());
        let now = Instant::now();
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            for device in devices {
                match known.get(device).filter(|known| known.until > now) {
                    Some(Known { host, .. }) => found.extend(host.clone().map(|host| (device.to_owned(), host))),
                    None => unknown.push(device.to_owned()),
                }
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        // What is no id of Falcon's has no host there.
        let ids: Vec<DeviceId> = unknown.iter().filter_map(|device| device.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(found);
        }
        let details = self.falcon.ask(async |falcon| falcon.hosts_by_device(&ids).await).await?;
        let mut fresh: Found =
            details.found.into_iter().filter_map(|one| Some((one.device_id.clone()?, Arc::new(host(one))))).collect();
        self.keep(&unknown, &fresh, now);
        found.extend(unknown.into_iter().filter_map(|device| fresh.remove_entry(&device)));
        Ok(found)
    }

    fn keep(&self, asked: &[String], fresh: &Found, now: Instant) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
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
