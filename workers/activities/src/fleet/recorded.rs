//! Which instances there are, as AWS Config records them.
//!
//! The language of the queries: <https://docs.aws.amazon.com/config/latest/developerguide/query-components.html>. A place is asked
//! with the member's own role, so that each account has the whole of Config's rate for itself; only which places there are
//! is asked of the organization's aggregator.

use std::collections::BTreeSet;

use falconer_domain::fleet::{Instance, InstanceId};
use falconer_domain::place::{AccountId, Place};
use serde_json::Value;

use super::error::ConfigError;
use crate::accounts::Clients;
use crate::aws_failure::CallFailure;

/// Rows of a page, the most that there can be
/// (<https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html>).
pub(super) const ROWS: i32 = 100;

/// Ids of one query, so that it stays below the 4,096 characters of an expression.
pub(super) const IDS: usize = 100;

const OF_INSTANCES: &str = "SELECT resourceId, configuration.state.name, configuration.architecture, tags \
                            WHERE resourceType = 'AWS::EC2::Instance'";

/// A page of instances, and what the next one is asked with.
pub(super) struct Page {
    pub(super) instances: Vec<Instance>,
    pub(super) next: Option<String>,
}

/// A page of the place's instances: of those with these ids, or of all.
pub(super) async fn page(
    clients: &Clients,
    ids: Option<&[InstanceId]>,
    next: Option<String>,
) -> Result<Page, ConfigError> {
    // An id is letters, digits and a hyphen: nothing in it ends the text in which it stands.
    let expression = match ids {
        None => OF_INSTANCES.to_owned(),
        Some(ids) => {
            let ids: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
            format!("{OF_INSTANCES} AND resourceId IN ({})", ids.join(", "))
        }
    };
    let query = clients.config.select_resource_config().expression(expression).limit(ROWS).set_next_token(next);
    let output = query.send().await;
    let failed = |failure| ConfigError::of_call(&clients.place, "SelectResourceConfig", failure);
    let output = output.map_err(|error| failed(CallFailure::from(&error)))?;
    let rows = output.results().iter().filter_map(|row| Instance::read(&serde_json::from_str(row).ok()?));
    Ok(Page { instances: rows.collect(), next: output.next_token })
}

/// Every place of the aggregator that holds instances, or every such place of one account.
pub(super) async fn places(
    hub: &Clients,
    aggregator: &str,
    account: Option<AccountId>,
) -> Result<BTreeSet<Place>, ConfigError> {
    let of_account = account.map(|account| format!(" AND accountId = '{account}'")).unwrap_or_default();
    let expression = format!(
        "SELECT accountId, awsRegion, COUNT(*) WHERE resourceType = 'AWS::EC2::Instance'{of_account} GROUP BY accountId, awsRegion"
    );
    aggregated(hub, aggregator, &expression).await
}

/// Every account of which the aggregator knows anything.
pub(super) async fn accounts(hub: &Clients, aggregator: &str) -> Result<BTreeSet<AccountId>, ConfigError> {
    let places =
        aggregated(hub, aggregator, "SELECT accountId, awsRegion, COUNT(*) GROUP BY accountId, awsRegion").await?;
    Ok(places.into_iter().map(|place| place.account).collect())
}

/// How many instances run in a place.
pub(crate) async fn running(clients: &Clients) -> Result<u64, ConfigError> {
    const RUNNING: &str =
        "SELECT COUNT(*) WHERE resourceType = 'AWS::EC2::Instance' AND configuration.state.name = 'running'";
    let failed = |failure| ConfigError::of_call(&clients.place, "SelectResourceConfig", failure);
    let output = clients.config.select_resource_config().expression(RUNNING).send().await;
    let output = output.map_err(|error| failed(CallFailure::from(&error)))?;
    let row = output.results().first().and_then(|row| serde_json::from_str::<Value>(row).ok());
    Ok(row.and_then(|row| row["COUNT(*)"].as_u64()).unwrap_or_default())
}

/// The place of the aggregator that holds this instance; more than one only while the aggregator does not agree with itself.
pub(super) async fn places_of(
    hub: &Clients,
    aggregator: &str,
    instance: &InstanceId,
) -> Result<BTreeSet<Place>, ConfigError> {
    let expression =
        format!("SELECT accountId, awsRegion WHERE resourceType = 'AWS::EC2::Instance' AND resourceId = '{instance}'");
    aggregated(hub, aggregator, &expression).await
}

/// The places in the rows of an answer of the aggregator.
async fn aggregated(hub: &Clients, aggregator: &str, expression: &str) -> Result<BTreeSet<Place>, ConfigError> {
    let query = hub.config.select_aggregate_resource_config();
    let query = query.configuration_aggregator_name(aggregator).expression(expression);
    let mut pages = query.into_paginator().send();
    let mut places = BTreeSet::new();
    while let Some(page) = pages.next().await {
        let failed = |failure| ConfigError::of_call(&hub.place, "SelectAggregateResourceConfig", failure);
        let page = page.map_err(|error| failed(CallFailure::from(&error)))?;
        places.extend(page.results().iter().filter_map(|row| place(&serde_json::from_str(row).ok()?)));
    }
    Ok(places)
}

fn place(row: &Value) -> Option<Place> {
    Some(Place { account: row["accountId"].as_str()?.parse().ok()?, region: row["awsRegion"].as_str()?.parse().ok()? })
}
