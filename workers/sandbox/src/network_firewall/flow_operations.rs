//! Flow flushes: asynchronous, over in a few seconds, and listed afterwards.
//!
//! <https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StartFlowFlush.html>.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::invalid;
use super::flows::{Filter, OpenFlow};
use super::{NetworkFirewall, State, list, not_found};
use crate::constraints::{Constraints, required};
use crate::faults::FlushFault;
use crate::wire::{Answer, Call, ServiceError, seconds};

/// How long a flush takes. AWS names no time.
const DURATION: Duration = Duration::from_secs(4);
/// Filters of one operation, same page.
const MAX_FILTERS: usize = 20;

/// A flush that was asked for.
#[derive(Debug)]
pub(super) struct FlowOperation {
    id: String,
    firewall: String,
    zone: Option<String>,
    minimum_age: i64,
    /// As they were sent.
    filters_value: Value,
    filters: Vec<Filter>,
    fault: Option<FlushFault>,
    started: Timestamp,
    /// What it took out, once it is over.
    flushed: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    firewall_arn: Option<String>,
    availability_zone: Option<String>,
    minimum_flow_age_in_seconds: Option<i64>,
    flow_filters: Option<Vec<FlowFilter>>,
    flow_operation_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FlowFilter {
    source_address: Option<Address>,
    destination_address: Option<Address>,
    source_port: Option<String>,
    destination_port: Option<String>,
    #[serde(default)]
    protocols: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Address {
    address_definition: String,
}

impl NetworkFirewall {
    pub(super) fn start_flow_flush(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("firewallArn", input.firewall_arn.as_ref())
            .required("flowFilters", input.flow_filters.as_ref())
            .finish()?;
        let firewall = self.arn_of(&call.caller, "firewall", input.firewall_arn.as_deref(), None)?;
        let zones = &state.firewall(&firewall)?.zones;
        if let Some(zone) =
            input.availability_zone.as_ref().filter(|zone| !zones.iter().any(|(known, _)| known == *zone))
        {
            return Err(invalid(&format!(
                "The firewall has no endpoint in the Availability Zone, parameter: [{zone}]"
            )));
        }
        let filters = input.flow_filters.unwrap_or_default();
        if filters.is_empty() || filters.len() > MAX_FILTERS {
            return Err(invalid(&format!("FlowFilters must have between 1 and {MAX_FILTERS} entries")));
        }
        let filters = filters.iter().map(filter).collect::<Result<Vec<_>, _>>()?;
        let minimum_age = input.minimum_flow_age_in_seconds.unwrap_or_default();
        if minimum_age < 0 {
            return Err(invalid("MinimumFlowAgeInSeconds must not be negative"));
        }
        let operation = FlowOperation {
            id: self.identifiers.uuid(),
            firewall: firewall.clone(),
            zone: input.availability_zone,
            minimum_age,
            filters_value: call.input.get("FlowFilters").cloned().unwrap_or_default(),
            filters,
            fault: self.faults.of_flush(),
            started: self.clock.now(),
            flushed: None,
        };
        let answer = json!({
            "FirewallArn": firewall,
            "FlowOperationId": operation.id,
            "FlowOperationStatus": operation.status(),
        });
        state.flow_operations.push(operation);
        Ok(answer)
    }

    pub(super) fn describe_flow_operation(&self, state: &mut State, call: &Call) -> Answer {
        let operation = self.flow_operation(state, call)?;
        let mut answer = operation.summary();
        answer["FlowOperationType"] = "FLOW_FLUSH".into();
        answer["FlowOperation"] = json!({
            "MinimumFlowAgeInSeconds": operation.minimum_age,
            "FlowFilters": operation.filters_value,
        });
        Ok(answer)
    }

    pub(super) fn list_flow_operations(&self, state: &mut State, call: &Call) -> Answer {
        let input: Input = call.input()?;
        let arn = required("firewallArn", input.firewall_arn)?;
        let firewall = self.arn_of(&call.caller, "firewall", Some(&arn), None)?;
        state.firewall(&firewall)?;
        self.finish_flushes(state, self.clock.now());
        let of_firewall = state.flow_operations.iter().rev().filter(|operation| operation.firewall == firewall);
        let summaries = of_firewall.map(|operation| {
            json!({
                "FlowOperationId": operation.id,
                "FlowOperationType": "FLOW_FLUSH",
                "FlowRequestTimestamp": seconds(operation.started),
                "FlowOperationStatus": operation.status(),
            })
        });
        list(call, "FlowOperations", summaries)
    }

    pub(super) fn list_flow_operation_results(&self, state: &mut State, call: &Call) -> Answer {
        let operation = self.flow_operation(state, call)?;
        let mut answer = list(call, "Flows", operation.flushed.iter().flatten().cloned())?;
        if let (Value::Object(answer), Value::Object(summary)) = (&mut answer, operation.summary()) {
            answer.extend(summary);
        }
        Ok(answer)
    }

    /// Does what the flushes whose time is over by `now` were asked to do. Nothing looks at flows in between.
    pub(super) fn finish_flushes(&self, state: &mut State, now: Timestamp) {
        let State { flows, flow_operations, .. } = state;
        for operation in flow_operations.iter_mut().filter(|operation| operation.flushed.is_none()) {
            let over = operation.over();
            if over > now {
                continue;
            }
            let mut number = 0_usize;
            let gone = flows.flush(|flow| {
                let taken = operation.takes(flow);
                number += usize::from(taken);
                taken && !(operation.fault == Some(FlushFault::Partial) && number.is_multiple_of(2))
            });
            operation.flushed = Some(gone.iter().map(|flow| flow.describe(over)).collect());
        }
    }

    fn flow_operation<'a>(&self, state: &'a mut State, call: &Call) -> Result<&'a FlowOperation, ServiceError> {
        let input: Input = call.input()?;
        let mut constraints = Constraints::default();
        constraints
            .required("firewallArn", input.firewall_arn.as_ref())
            .required("flowOperationId", input.flow_operation_id.as_ref())
            .finish()?;
        let firewall = self.arn_of(&call.caller, "firewall", input.firewall_arn.as_deref(), None)?;
        let id = input.flow_operation_id.unwrap_or_default();
        self.finish_flushes(state, self.clock.now());
        let mut operations = state.flow_operations.iter();
        operations.find(|operation| operation.id == id && operation.firewall == firewall).ok_or_else(|| not_found(&id))
    }
}

impl FlowOperation {
    fn over(&self) -> Timestamp {
        let duration = SignedDuration::try_from(DURATION).unwrap_or(SignedDuration::MAX);
        self.started.saturating_add(duration).unwrap_or(Timestamp::MAX)
    }

    fn status(&self) -> &'static str {
        match (&self.flushed, self.fault) {
            (None, _) => "IN_PROGRESS",
            (Some(_), None) => "COMPLETED",
            (Some(_), Some(FlushFault::Partial)) => "COMPLETED_WITH_ERRORS",
            (Some(_), Some(FlushFault::Failed)) => "FAILED",
        }
    }

    /// A flow that began after the flush did is not its business.
    fn takes(&self, open: &OpenFlow) -> bool {
        self.fault != Some(FlushFault::Failed)
            && open.since <= self.started
            && open.age(self.started) >= self.minimum_age
            && self.zone.as_ref().is_none_or(|zone| *zone == open.flow.zone)
            && self.filters.iter().any(|filter| filter.takes(&open.flow))
    }

    fn summary(&self) -> Value {
        let mut summary = json!({
            "FirewallArn": self.firewall,
            "FlowOperationId": self.id,
            "FlowOperationStatus": self.status(),
            "FlowRequestTimestamp": seconds(self.started),
        });
        if let Some(zone) = &self.zone {
            summary["AvailabilityZone"] = zone.as_str().into();
        }
        let message = match self.status() {
            "COMPLETED_WITH_ERRORS" => "Some flows could not be flushed",
            "FAILED" => "The flows could not be flushed",
            _ => return summary,
        };
        summary["StatusMessage"] = message.into();
        summary
    }
}

fn filter(written: &FlowFilter) -> Result<Filter, ServiceError> {
    let protocols = written.protocols.iter().map(|protocol| {
        protocol.parse().map_err(|_| invalid(&format!("Protocol is not an IANA number, parameter: [{protocol}]")))
    });
    let filter = Filter {
        source: network(written.source_address.as_ref())?,
        destination: network(written.destination_address.as_ref())?,
        source_ports: ports(written.source_port.as_deref())?,
        destination_ports: ports(written.destination_port.as_deref())?,
        protocols: protocols.collect::<Result<_, _>>()?,
    };
    let (Some(source), Some(destination)) = (filter.source, filter.destination) else {
        return Ok(filter);
    };
    if source.addr().is_ipv4() == destination.addr().is_ipv4() {
        Ok(filter)
    } else {
        Err(invalid("SourceAddress and DestinationAddress are of different address families"))
    }
}

/// An address, or a block of addresses.
fn network(address: Option<&Address>) -> Result<Option<IpNet>, ServiceError> {
    let Some(Address { address_definition: text }) = address else {
        return Ok(None);
    };
    let network = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    network.map(Some).ok_or_else(|| invalid(&format!("AddressDefinition is invalid, parameter: [{text}]")))
}

/// One port, a range `from:to`, or ANY.
fn ports(text: Option<&str>) -> Result<Option<(u16, u16)>, ServiceError> {
    let Some(text) = text.filter(|text| !text.eq_ignore_ascii_case("any")) else {
        return Ok(None);
    };
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok(Some((from, to))),
        _ => Err(invalid(&format!("Port is invalid, parameter: [{text}]"))),
    }
}
