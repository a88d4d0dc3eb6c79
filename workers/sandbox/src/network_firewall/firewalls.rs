//! Firewalls: a policy in force in several availability zones.
//!
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_DescribeFirewall.html>.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::content::invalid;
use super::rule_groups::is_of;
use super::{NetworkFirewall, State, check_name, earlier, list, not_found};
use crate::constraints::Constraints;
use crate::wire::{Answer, Call, ServiceError};

/// Subnets get the zones a, b, c, … in the order in which a firewall names them.
const ZONE_LETTERS: [char; 6] = ['a', 'b', 'c', 'd', 'e', 'f'];

#[derive(Clone, Debug)]
pub(super) struct Firewall {
    name: String,
    id: String,
    pub(super) policy: String,
    vpc: String,
    description: Option<String>,
    /// Availability zones, each with the subnet of its endpoint.
    pub(super) zones: Vec<(String, String)>,
    token: String,
    created: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    firewall_name: Option<String>,
    firewall_arn: Option<String>,
    firewall_policy_arn: Option<String>,
    vpc_id: Option<String>,
    subnet_mappings: Option<Vec<SubnetMapping>>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SubnetMapping {
    subnet_id: String,
}

impl NetworkFirewall {
    pub(super) fn create_firewall(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        check_name(&mut constraints, "firewallName", input.firewall_name.as_ref());
        constraints.required("firewallPolicyArn", input.firewall_policy_arn.as_ref());
        constraints.finish()?;
        let name = input.firewall_name.unwrap_or_default();
        let arn = self.arn_of(&call.caller, "firewall", None, Some(&name))?;
        if state.firewalls.contains_key(&arn) {
            return Err(invalid("A resource with the specified name already exists"));
        }
        let policy = input.firewall_policy_arn.unwrap_or_default();
        if !state.policies.contains_key(&policy) {
            return Err(invalid(&format!("Referenced resource does not exist, parameter: [{policy}]")));
        }
        let subnets = input.subnet_mappings.unwrap_or_default();
        let (Some(vpc), false) = (input.vpc_id, subnets.is_empty()) else {
            return Err(invalid("The sandbox needs VpcId and SubnetMappings"));
        };
        if subnets.len() > ZONE_LETTERS.len() {
            return Err(invalid("There is one subnet for each availability zone, and the region has six zones"));
        }
        let zones = subnets.into_iter().zip(ZONE_LETTERS);
        let zones =
            zones.map(|(subnet, letter)| (format!("{}{letter}", call.caller.region), subnet.subnet_id)).collect();
        let firewall = Firewall {
            name,
            id: self.identifiers.uuid(),
            policy,
            vpc,
            description: input.description,
            zones,
            token: self.identifiers.uuid(),
            created: self.clock.now(),
        };
        let answer = json!({ "Firewall": describe(&arn, &firewall), "FirewallStatus": self.status(state, &firewall) });
        state.firewalls.insert(arn, firewall);
        Ok(answer)
    }

    pub(super) fn describe_firewall(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let (arn, name) = (input.firewall_arn.as_deref(), input.firewall_name.as_deref());
        let arn = self.arn_of(&call.caller, "firewall", arn, name)?;
        let firewall = state.firewall(&arn)?;
        Ok(json!({
            "UpdateToken": firewall.token,
            "Firewall": describe(&arn, firewall),
            "FirewallStatus": self.status(state, firewall),
        }))
    }

    pub(super) fn list_firewalls(&self, state: &mut State, call: &Call) -> Answer {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct OfVpcs {
            vpc_ids: Option<Vec<String>>,
        }
        let OfVpcs { vpc_ids } = call.input()?;
        let own = state.firewalls.iter().filter(|(arn, firewall)| {
            is_of(arn, call) && vpc_ids.as_ref().is_none_or(|vpcs| vpcs.contains(&firewall.vpc))
        });
        list(call, "Firewalls", own.map(|(arn, firewall)| json!({ "FirewallName": firewall.name, "FirewallArn": arn })))
    }

    /// What each zone shows of the policy and of each of its rule groups, now.
    fn status(&self, state: &State, firewall: &Firewall) -> Value {
        let now = self.clock.now();
        let policy = state.policies.get(&firewall.policy);
        let groups = policy.into_iter().flat_map(|policy| &policy.rule_groups).filter_map(|(arn, since)| {
            let group = state.rule_groups.get(arn)?;
            Some((arn, &group.versions, *since))
        });
        let policy = policy.map(|policy| (&firewall.policy, &policy.versions, firewall.created));
        let objects: Vec<_> = policy.into_iter().chain(groups).collect();
        let mut worst = "IN_SYNC";
        let mut zones = Map::new();
        for (number, (zone, subnet)) in firewall.zones.iter().enumerate() {
            let fault = self.faults.of_zone(zone);
            let mut config = Map::new();
            for (arn, versions, since) in &objects {
                let shown = versions.in_zone(number, firewall.created.max(*since), fault, now);
                worst = match (worst, shown.status) {
                    ("CAPACITY_CONSTRAINED", _) | (_, "IN_SYNC") => worst,
                    (_, status) => status,
                };
                config.insert((*arn).clone(), json!({ "SyncStatus": shown.status, "UpdateToken": shown.token }));
            }
            let endpoint = format!("vpce-{}", subnet.trim_start_matches("subnet-"));
            let attachment = json!({ "SubnetId": subnet, "EndpointId": endpoint, "Status": "READY" });
            zones.insert(zone.clone(), json!({ "Attachment": attachment, "Config": config }));
        }
        // READY only while every zone is in sync, as the documentation of FirewallStatus says.
        let status = if worst == "IN_SYNC" { "READY" } else { "PROVISIONING" };
        json!({ "Status": status, "ConfigurationSyncStateSummary": worst, "SyncStates": zones })
    }
}

impl Firewall {
    pub(super) fn backdate(&mut self, by: SignedDuration) {
        self.created = earlier(self.created, by);
    }
}

impl State {
    pub(super) fn firewall(&self, arn: &str) -> Result<&Firewall, ServiceError> {
        self.firewalls.get(arn).ok_or_else(|| not_found(arn))
    }
}

fn describe(arn: &str, firewall: &Firewall) -> Value {
    let subnets = firewall.zones.iter().map(|(_, subnet)| json!({ "SubnetId": subnet, "IPAddressType": "IPV4" }));
    let mut described = json!({
        "FirewallName": firewall.name,
        "FirewallArn": arn,
        "FirewallPolicyArn": firewall.policy,
        "VpcId": firewall.vpc,
        "SubnetMappings": subnets.collect::<Vec<_>>(),
        "DeleteProtection": false,
        "SubnetChangeProtection": false,
        "FirewallPolicyChangeProtection": false,
        "FirewallId": firewall.id,
        "EncryptionConfiguration": { "KeyId": "AWS_OWNED_KMS_KEY", "Type": "AWS_OWNED_KMS_KEY" },
    });
    if let Some(description) = &firewall.description {
        described["Description"] = description.as_str().into();
    }
    described
}
