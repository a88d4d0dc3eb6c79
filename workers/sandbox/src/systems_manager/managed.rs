//! DescribeInstanceInformation: the instances whose agent has registered.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html>: "this operation
//! does not return information for nodes that are either Stopped or Terminated".

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{State, SystemsManager, bad_token, instance_id, served};
use crate::constraints::Constraints;
use crate::fleet::{self, Agent, Instance};
use crate::paging::{self, Page};
use crate::wire::{Answer, Call, Caller, ServiceError, seconds};

const SERVED: [&str; 3] = ["Filters", "MaxResults", "NextToken"];
/// How often an agent answers,
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html>.
const PING_SECONDS: i64 = 300;
pub(super) const AGENT_VERSION: &str = "3.3.1802.0";
pub(super) const RESOURCE_TYPE: &str = "EC2Instance";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    filters: Option<Vec<Filter>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    key: Option<String>,
    values: Option<Vec<String>>,
}

impl SystemsManager {
    pub(super) fn describe_instance_information(&self, _: &mut State, call: &Call) -> Answer {
        let input: Describe = call.input()?;
        let filters = input.filters.unwrap_or_default();
        check(&filters, input.max_results)?;
        served(call, &SERVED)?;
        let size = usize::try_from(input.max_results.unwrap_or(50)).unwrap_or_default();
        let chosen = filters.iter().find(|filter| filter.is("InstanceIds")).map(Filter::values);
        let takes = |one: &Instance| is_listed(one) && filters.iter().all(|filter| filter.takes(one));
        let page = self.page_of(&call.caller, chosen, takes, size, input.next_token.as_deref())?;
        let listed: Vec<_> = page.items.iter().map(|one| self.describe_managed(one)).collect();
        Ok(json!({ "InstanceInformationList": listed, "NextToken": page.next }))
    }

    /// A page of the caller's instances: of those that are `chosen` by their ids, or of all.
    pub(super) fn page_of(
        &self,
        caller: &Caller,
        chosen: Option<&[String]>,
        takes: impl Fn(&Instance) -> bool,
        size: usize,
        token: Option<&str>,
    ) -> Result<Page<Instance>, ServiceError> {
        let Caller { account, region, .. } = caller;
        let page = match chosen {
            Some(ids) => {
                let found = ids.iter().filter_map(|id| self.fleet.get(account, region, id));
                paging::page(found.filter(takes), size, token)
            }
            None => self.fleet.of(account, Some(region), |all| {
                // Only what is on the page is copied.
                let page = paging::page(all.filter(|one| takes(one)), size, token);
                page.map(|page| Page { items: page.items.into_iter().cloned().collect(), next: page.next })
            }),
        };
        page.map_err(bad_token)
    }

    fn describe_managed(&self, instance: &Instance) -> Value {
        let status = ping_status(instance);
        let now = self.clock.now().as_second();
        // Nothing says when an agent was lost.
        let pinged = Timestamp::from_second(now - now.rem_euclid(PING_SECONDS)).ok();
        let pinged = pinged.filter(|_| status == "Online").unwrap_or(self.began);
        let address = self.address(instance);
        json!({
            "InstanceId": instance.id,
            "PingStatus": status,
            "LastPingDateTime": seconds(pinged),
            "AgentVersion": AGENT_VERSION,
            "IsLatestVersion": true,
            "PlatformType": instance.platform.kind,
            "PlatformName": instance.platform.name,
            "PlatformVersion": instance.platform.version,
            "ResourceType": RESOURCE_TYPE,
            "IPAddress": address,
            "ComputerName": computer_name(instance, address),
            "SourceId": instance.id,
            "SourceType": "AWS::EC2::Instance",
        })
    }

    /// An address of a VPC's, made of the instance's id.
    pub(super) fn address(&self, instance: &Instance) -> Ipv4Addr {
        let [.., a, b, c] = self.identifiers.number(&instance.id).to_be_bytes();
        Ipv4Addr::new(10, a, b, c)
    }
}

impl Filter {
    fn is(&self, key: &str) -> bool {
        self.key.as_deref() == Some(key)
    }

    fn values(&self) -> &[String] {
        self.values.as_deref().unwrap_or_default()
    }

    fn takes(&self, instance: &Instance) -> bool {
        let value = match self.key.as_deref().unwrap_or_default() {
            "PingStatus" => ping_status(instance),
            "PlatformTypes" => instance.platform.kind.as_str(),
            "ResourceType" => RESOURCE_TYPE,
            "AgentVersion" => AGENT_VERSION,
            _ => instance.id.as_str(),
        };
        self.values().iter().any(|wanted| wanted == value)
    }
}

pub(super) fn computer_name(instance: &Instance, address: Ipv4Addr) -> String {
    let [_, a, b, c] = address.octets();
    if instance.platform.kind == "Windows" {
        format!("EC2AMAZ-{a:02X}{b:02X}{c:02X}")
    } else {
        format!("ip-10-{a}-{b}-{c}.{}.compute.internal", instance.region)
    }
}

fn is_listed(instance: &Instance) -> bool {
    instance.agent != Agent::None && instance.state == fleet::State::Running
}

fn ping_status(instance: &Instance) -> &'static str {
    if instance.agent == Agent::Online { "Online" } else { "ConnectionLost" }
}

fn check(filters: &[Filter], max_results: Option<i64>) -> Result<(), ServiceError> {
    let mut constraints = Constraints::default();
    constraints.range("maxResults", max_results, 5, 50);
    for filter in filters {
        constraints
            .required("filters.key", filter.key.as_ref())
            .length("filters.key", filter.key.as_deref(), 1, usize::MAX)
            .required("filters.values", filter.values.as_ref())
            .entries("filters.values", filter.values.as_ref().map(Vec::len), 1, 100);
    }
    constraints.finish()?;
    for filter in filters {
        let known: &[&str] = match filter.key.as_deref().unwrap_or_default() {
            "InstanceIds" => {
                let odd = filter.values().iter().find(|id| !instance_id::is_one(id));
                odd.map_or(Ok(()), |id| {
                    Err(ServiceError::new("InvalidInstanceId", format!("{id} is no instance id.")))
                })?;
                continue;
            }
            "AgentVersion" => continue,
            "PingStatus" => &["Online", "ConnectionLost", "Inactive"],
            "PlatformTypes" => &["Windows", "Linux", "MacOS"],
            "ResourceType" => &["EC2Instance", "ManagedInstance"],
            key => {
                return Err(ServiceError::new(
                    "InvalidFilterKey",
                    format!("The sandbox does not serve the filter {key}"),
                ));
            }
        };
        if let Some(odd) = filter.values().iter().find(|value| !known.contains(&value.as_str())) {
            let message = format!("The filter value {odd} is not valid.");
            return Err(ServiceError::new("InvalidInstanceInformationFilterValue", message));
        }
    }
    Ok(())
}
