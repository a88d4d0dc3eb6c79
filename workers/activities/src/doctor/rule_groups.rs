//! The rule groups of blocks and hunts.

use aws_sdk_networkfirewall::types::PerObjectSyncStatus;
use falconer_domain::doctor::{Check, Diagnosis, EnforcingZone, Subject, capacity, enforcement, home_net};
use falconer_domain::ledger::Limits;
use futures_util::future;

use super::obstacle::Obstacle;
use super::{Doctor, in_time};
use crate::firewall::{FirewallError, ReadError, RuleGroupVersion, Zone};

impl Doctor {
    pub(super) async fn examine_groups(&self) -> Vec<Check> {
        let names = self.groups.names().iter().map(String::as_str).chain([self.hunts.group.as_str()]);
        let checks = future::join_all(names.map(|name| self.examine_group(name))).await;
        checks.into_iter().flatten().collect()
    }

    async fn examine_group(&self, name: &str) -> Vec<Check> {
        let check =
            |subject, diagnosis| Check::of_account(self.accounts.hub().place.account, subject, diagnosis).named(name);
        let mut version = None;
        let read = in_time(async {
            match self.groups.read_one(name).await {
                Ok(read) => {
                    version = Some(read);
                    Diagnosis::ok("It can be read.")
                }
                Err(ReadError::Call(FirewallError::NotFound { .. })) if self.is_idle(name) => {
                    Diagnosis::ok("Nothing is hunted, and so there need be none.")
                }
                Err(error) => error.diagnosis(&self.worker()),
            }
        })
        .await;
        let Some(version) = version else { return vec![check(Subject::Enforcement, read)] };
        let enforced = in_time(self.enforced(&version)).await;
        // Nobody misses the hunts of a group that is not used because there are none.
        let enforced = if self.is_idle(name) { enforced.at_most_a_note() } else { enforced };
        vec![
            check(Subject::Enforcement, enforced),
            check(Subject::Capacity, capacity(&version.text, Limits::of_capacity(version.capacity))),
            check(Subject::HomeNet, home_net(version.home_net(), &version.text)),
        ]
    }

    async fn enforced(&self, version: &RuleGroupVersion) -> Diagnosis {
        match self.groups.zones(&[version.arn()]).await {
            Ok(zones) => {
                let zones: Vec<EnforcingZone> = zones.into_iter().map(|zone| told(zone, version)).collect();
                enforcement(version.policies(), &zones)
            }
            Err(error) => error.diagnosis(&self.worker()),
        }
    }

    /// Whether the group is that of the hunts, of which there are none.
    fn is_idle(&self, name: &str) -> bool {
        name == self.hunts.group && self.hunts.lists.is_empty()
    }
}

/// A zone that is in sync with an older version has not yet noticed that there is a newer one.
fn told(zone: Zone, version: &RuleGroupVersion) -> EnforcingZone {
    let is_behind = zone.in_sync() && !zone.runs(&version.token);
    let status = if is_behind { PerObjectSyncStatus::Pending.as_str().to_owned() } else { zone.status };
    EnforcingZone { firewall: zone.firewall, zone: zone.zone, status }
}
