//! Which zones run which version of the rule groups.

use aws_sdk_networkfirewall::Client;
use aws_sdk_networkfirewall::types::PerObjectSyncStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::FirewallError;
use crate::aws_failure::CallFailure;

/// One zone of one firewall that uses a rule group, and the version it speaks of.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Zone {
    /// The rule group's ARN.
    pub group: String,
    /// The firewall's ARN.
    pub firewall: String,
    /// `us-east-1a`.
    pub zone: String,
    /// `IN_SYNC`, `PENDING`, `CAPACITY_CONSTRAINED`, … as in
    /// <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_PerObjectStatus.html>.
    pub status: String,
    /// The version that is in sync, or on its way.
    pub update_token: String,
}

impl Zone {
    /// Whether this zone runs the version with this token.
    #[must_use]
    pub fn runs(&self, update_token: &str) -> bool {
        self.in_sync() && self.update_token == update_token
    }

    /// Whether this zone runs the version it names.
    pub(crate) fn in_sync(&self) -> bool {
        self.status == PerObjectSyncStatus::InSync.as_str()
    }
}

/// What [`zones_of`] must be allowed.
pub(super) const ACTIONS: &[&str] = &["network-firewall:ListFirewalls", "network-firewall:DescribeFirewall"];

/// Every zone of every firewall whose policy uses one of the rule groups (ARNs), once for each group, sorted; none for a
/// group that no policy uses.
///
/// # Errors
/// What the calls themselves met.
pub(crate) async fn zones_of(client: &Client, groups: &[&str]) -> Result<Vec<Zone>, FirewallError> {
    let mut zones = Vec::new();
    let mut pages = client.list_firewalls().into_paginator().items().send();
    while let Some(firewall) = pages.next().await {
        let firewall = firewall
            .map_err(|error| FirewallError::of_call("ListFirewalls", "the account", CallFailure::from(&error)))?;
        if let Some(arn) = firewall.firewall_arn() {
            zones.extend(zones_of_firewall(client, arn, groups).await?);
        }
    }
    zones.sort_by(|a, b| (&a.group, &a.firewall, &a.zone).cmp(&(&b.group, &b.firewall, &b.zone)));
    Ok(zones)
}

async fn zones_of_firewall(client: &Client, firewall: &str, groups: &[&str]) -> Result<Vec<Zone>, FirewallError> {
    let output = client.describe_firewall().firewall_arn(firewall).send().await.map_err(|error| {
        FirewallError::of_call("DescribeFirewall", &format!("firewall {firewall}"), CallFailure::from(&error))
    })?;
    let states = output.firewall_status.and_then(|status| status.sync_states).unwrap_or_default();
    let zones = states.into_iter().flat_map(|(zone, state)| {
        let mut objects = state.config.unwrap_or_default();
        let zone = |group: &&str| {
            let object = objects.remove(*group)?;
            Some(Zone {
                group: (*group).to_owned(),
                firewall: firewall.to_owned(),
                zone: zone.clone(),
                status: object.sync_status.map_or_else(|| "UNKNOWN".to_owned(), |status| status.as_str().to_owned()),
                update_token: object.update_token.unwrap_or_default(),
            })
        };
        groups.iter().filter_map(zone).collect::<Vec<_>>()
    });
    Ok(zones.collect())
}
