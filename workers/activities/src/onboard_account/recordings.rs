//! What AWS Config of a place records of trails, VPCs and flow logs.
//!
//! The language of the queries: <https://docs.aws.amazon.com/config/latest/developerguide/query-components.html>.

use falconer_domain::onboarding::baseline::{FlowLog, Recorded, Recordings, Trail, VpcId};
use falconer_domain::onboarding::{ConfigFacts, FLOW_LOG, TRAIL, VPC};
use jiff::Timestamp;
use serde_json::Value;

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::fleet::ConfigError;
use crate::pace::Pace;

/// Of [`recordings`].
pub(super) const ACTIONS: &[&str] = &["config:SelectResourceConfig"];

/// What is recorded, and whether that is all: the recorder says so.
pub(super) async fn recordings(
    clients: &Clients,
    facts: &ConfigFacts,
    now: Timestamp,
) -> Result<Recordings, ConfigError> {
    let mut pace = Pace::of_pages();
    let trails = query(clients, &mut pace, TRAIL, |row| Some(Trail::read(row))).await?;
    let vpcs = query(clients, &mut pace, VPC, VpcId::read).await?;
    let flow_logs = query(clients, &mut pace, FLOW_LOG, FlowLog::read).await?;
    Ok(Recordings {
        trails: Recorded { items: trails, whole: facts.knows_all(TRAIL, now) },
        vpcs: Recorded { items: vpcs, whole: facts.knows_all(VPC, now) },
        flow_logs: Recorded { items: flow_logs, whole: facts.knows_all(FLOW_LOG, now) },
    })
}

/// Everything of one type.
async fn query<T>(
    clients: &Clients,
    pace: &mut Pace,
    resource_type: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Vec<T>, ConfigError> {
    // Whole configurations: members that a type's schema lacks make a query fail, and the rows say themselves what they hold.
    let expression = format!("SELECT resourceId, configuration WHERE resourceType = '{resource_type}'");
    let mut pages = clients.config.select_resource_config().expression(expression).into_paginator().send();
    let mut found = Vec::new();
    loop {
        pace.keep().await;
        let Some(page) = pages.next().await else { return Ok(found) };
        let failed = |failure| ConfigError::of_call(&clients.place, "SelectResourceConfig", failure);
        let page = page.map_err(|error| failed(CallFailure::from(&error)))?;
        found.extend(page.results().iter().filter_map(|row| read(&serde_json::from_str(row).ok()?)));
        if page.next_token().is_none() {
            return Ok(found);
        }
    }
}
