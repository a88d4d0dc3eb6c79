//! PutConfigurationAggregator and DescribeConfigurationAggregators: what collects the items of the whole organization.
//!
//! <https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationAggregator.html>.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Config, State, bad_token, invalid, key, own, served, size};
use crate::constraints::Constraints;
use crate::paging::page;
use crate::wire::{Answer, Call, ServiceError, seconds};

/// Aggregators of a page.
const PAGE: usize = 100;

/// An aggregator of the organization.
#[derive(Clone, Debug)]
pub(super) struct Aggregator {
    arn: String,
    role: String,
    /// Without them, all.
    regions: Option<Vec<String>>,
    created: Timestamp,
    updated: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    configuration_aggregator_name: Option<String>,
    organization_aggregation_source: Option<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Source {
    role_arn: Option<String>,
    aws_regions: Option<Vec<String>>,
    #[serde(default)]
    all_aws_regions: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Describe {
    #[serde(default)]
    configuration_aggregator_names: Vec<String>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl Aggregator {
    /// Whether it collects what a region records.
    pub(super) fn collects(&self, region: &str) -> bool {
        self.regions.as_ref().is_none_or(|regions| regions.iter().any(|one| one == region))
    }

    fn describe(&self, name: &str) -> Value {
        let mut source = json!({ "RoleArn": self.role, "AllAwsRegions": self.regions.is_none() });
        if let Some(regions) = &self.regions {
            source["AwsRegions"] = json!(regions);
        }
        json!({
            "ConfigurationAggregatorName": name,
            "ConfigurationAggregatorArn": self.arn,
            "OrganizationAggregationSource": source,
            "CreationTime": seconds(self.created),
            "LastUpdatedTime": seconds(self.updated),
        })
    }
}

impl Config {
    /// The hub may make one, as the organization's delegated administrator of Config.
    pub(super) fn put_aggregator(&self, state: &mut State, call: &Call) -> Answer {
        let input: Put = call.input()?;
        let name = name(input.configuration_aggregator_name)?;
        served(call, &["ConfigurationAggregatorName", "OrganizationAggregationSource"])?;
        let source = input.organization_aggregation_source;
        let source = source.ok_or_else(|| invalid("The sandbox has aggregators of the organization only"))?;
        let role = source.role_arn.filter(|role| !role.is_empty());
        let role = role.ok_or_else(|| ServiceError::new("InvalidRoleException", "The role ARN is empty"))?;
        if source.all_aws_regions == source.aws_regions.is_some() {
            return Err(invalid("Either AllAwsRegions or AwsRegions must be given"));
        }
        if call.caller.account != self.organization.hub {
            let message = "The account is no management account and no delegated administrator of the organization";
            return Err(ServiceError::new("OrganizationAccessDeniedException", message));
        }
        let now = self.clock.now();
        let aggregator = state.aggregators.entry(key(&call.caller, &name)).or_insert_with(|| {
            let id = format!("config-aggregator/config-aggregator-{}", self.identifiers.base32(8).to_lowercase());
            let arn = self.organization.arn("config", &call.caller.region, &call.caller.account, &id);
            Aggregator { arn, role: String::new(), regions: None, created: now, updated: now }
        });
        (aggregator.role, aggregator.regions, aggregator.updated) = (role, source.aws_regions, now);
        Ok(json!({ "ConfigurationAggregator": aggregator.describe(&name) }))
    }
}

pub(super) fn describe(state: &State, call: &Call) -> Answer {
    let input: Describe = call.input()?;
    let size = size(input.limit, PAGE)?;
    let names = input.configuration_aggregator_names;
    if let Some(name) = names.iter().find(|name| !state.aggregators.contains_key(&key(&call.caller, name))) {
        return Err(no_such_aggregator(name));
    }
    let wanted = own(&state.aggregators, &call.caller)
        .filter(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name))
        .map(|(name, aggregator)| aggregator.describe(name));
    let page = page(wanted, size, input.next_token.as_deref()).map_err(bad_token)?;
    let mut answer = json!({ "ConfigurationAggregators": page.items });
    if let Some(next) = page.next {
        answer["NextToken"] = next.into();
    }
    Ok(answer)
}

/// The caller's aggregator that a call names.
pub(super) fn named<'a>(state: &'a State, call: &Call) -> Result<&'a Aggregator, ServiceError> {
    let given = call.input.get("ConfigurationAggregatorName").and_then(Value::as_str);
    let name = name(given.map(str::to_owned))?;
    state.aggregators.get(&key(&call.caller, &name)).ok_or_else(|| no_such_aggregator(&name))
}

fn name(given: Option<String>) -> Result<String, ServiceError> {
    const MEMBER: &str = "configurationAggregatorName";
    let symbols = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    let mut constraints = Constraints::default();
    constraints
        .required(MEMBER, given.as_ref())
        .length(MEMBER, given.as_deref(), 1, 256)
        .characters(MEMBER, given.as_deref(), r"[\w\-]+", symbols)
        .finish()?;
    Ok(given.unwrap_or_default())
}

fn no_such_aggregator(name: &str) -> ServiceError {
    let message = format!("The configuration aggregator {name} does not exist.");
    ServiceError::new("NoSuchConfigurationAggregatorException", message)
}
