//! Open flows: a new rule meets only new flows, so the old ones are flushed.
//!
//! "Existing flows go on under the rules in force when they began":
//! <https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-flow-operations.html>. Filters know
//! addresses, not names, so what is open to a blocked domain cannot be found by its name.

use std::collections::BTreeMap;

use aws_sdk_networkfirewall::Client;
use aws_sdk_networkfirewall::types::{Address, FlowFilter, FlowOperationStatus};
use aws_smithy_types::error::operation::BuildError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::FirewallError;
use super::zones::Zone;
use crate::aws_failure::CallFailure;

/// Filters of one operation:
/// <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StartFlowFlush.html>.
const FILTERS_PER_OPERATION: usize = 20;

/// A flow is known by its first packet: an address is flushed as its source and as its destination.
const FILTERS_PER_NETWORK: usize = 2;

/// One flush of one zone.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlushOperation {
    /// The firewall's ARN.
    pub firewall: String,
    /// `us-east-1a`.
    pub zone: String,
    /// The operation's id.
    pub id: String,
    /// `IN_PROGRESS`, `COMPLETED`, `COMPLETED_WITH_ERRORS` or `FAILED`.
    pub status: String,
    /// What AWS says of a status that is not a plain success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl FlushOperation {
    /// Whether AWS still works on it.
    pub(crate) fn in_progress(&self) -> bool {
        self.status == FlowOperationStatus::InProgress.as_str()
    }

    /// Whether AWS gave up on all of it, or on a part: flows that it does not name may be open still.
    pub(crate) fn failed(&self) -> bool {
        [FlowOperationStatus::Failed, FlowOperationStatus::CompletedWithErrors]
            .iter()
            .any(|it| it.as_str() == self.status)
    }
}

/// What [`start`] must be allowed.
pub(crate) const START: &[&str] = &["network-firewall:StartFlowFlush"];

/// Starts to flush every flow from or to the networks (CIDR notation) in every zone, whichever rule group named it.
///
/// Harmless when repeated: a second operation finds fewer flows.
///
/// # Errors
/// What the call itself met.
pub(crate) async fn start(
    client: &Client,
    zones: &[Zone],
    networks: &[String],
) -> Result<Vec<FlushOperation>, FirewallError> {
    let mut operations = Vec::new();
    let zones: BTreeMap<_, _> = zones.iter().map(|zone| ((&zone.firewall, &zone.zone), zone)).collect();
    for zone in zones.into_values() {
        for networks in networks.chunks(FILTERS_PER_OPERATION / FILTERS_PER_NETWORK) {
            operations.push(start_one(client, zone, networks).await?);
        }
    }
    Ok(operations)
}

async fn start_one(client: &Client, zone: &Zone, networks: &[String]) -> Result<FlushOperation, FirewallError> {
    let resource = format!("zone {} of firewall {}", zone.zone, zone.firewall);
    let filters = filters(networks).map_err(|error| FirewallError::Rejected {
        call: "StartFlowFlush",
        resource: resource.clone(),
        reason: error.to_string(),
    })?;
    let output = client
        .start_flow_flush()
        .firewall_arn(&zone.firewall)
        .availability_zone(&zone.zone)
        .set_flow_filters(Some(filters))
        .send()
        .await
        .map_err(|error| FirewallError::of_call("StartFlowFlush", &resource, CallFailure::from(&error)))?;
    Ok(FlushOperation {
        firewall: zone.firewall.clone(),
        zone: zone.zone.clone(),
        id: output.flow_operation_id.unwrap_or_default(),
        status: FlowOperationStatus::InProgress.as_str().to_owned(),
        message: None,
    })
}

fn filters(networks: &[String]) -> Result<Vec<FlowFilter>, BuildError> {
    let mut filters = Vec::with_capacity(networks.len() * FILTERS_PER_NETWORK);
    for network in networks {
        let address = Address::builder().address_definition(network).build()?;
        filters.push(FlowFilter::builder().destination_address(address.clone()).build());
        filters.push(FlowFilter::builder().source_address(address).build());
    }
    Ok(filters)
}

/// What [`follow`] must be allowed.
pub(crate) const FOLLOW: &[&str] = &["network-firewall:DescribeFlowOperation"];

/// Reads how far the operation has come.
///
/// # Errors
/// What the call itself met.
pub(crate) async fn follow(client: &Client, operation: FlushOperation) -> Result<FlushOperation, FirewallError> {
    let resource =
        format!("flow operation {} in zone {} of firewall {}", operation.id, operation.zone, operation.firewall);
    let output = client
        .describe_flow_operation()
        .firewall_arn(&operation.firewall)
        .availability_zone(&operation.zone)
        .flow_operation_id(&operation.id)
        .send()
        .await
        .map_err(|error| FirewallError::of_call("DescribeFlowOperation", &resource, CallFailure::from(&error)))?;
    let status = output.flow_operation_status.map_or(operation.status, |status| status.as_str().to_owned());
    Ok(FlushOperation { status, message: output.status_message, ..operation })
}
