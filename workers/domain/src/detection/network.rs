//! `Network`: the first connection that an event names (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Network.html>).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use super::event::Event;
use super::limits::{self, Cut};
use super::loose::Text;

/// A connection. The workload's own side is the source whichever way it went, as in the Falcon Integration Gateway.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Network<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<Cut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip_v4: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip_v6: Option<Ipv6Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_ip_v4: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_ip_v6: Option<Ipv6Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_port: Option<u16>,
}

/// The first connection of a host, or of a phone; none if it has no address.
pub(super) fn network<'a>(event: &'a Event<'_>) -> Option<Network<'a>> {
    let members = &event.members;
    let connection = members.network_accesses.iter().chain(members.mobile_network_connections.iter()).next()?;
    let (source_ip_v4, source_ip_v6) = address(&connection.local_address);
    let (destination_ip_v4, destination_ip_v6) = address(&connection.remote_address);
    let known = source_ip_v4.is_some() || source_ip_v6.is_some();
    let is_somewhere = known || destination_ip_v4.is_some() || destination_ip_v6.is_some();
    is_somewhere.then(|| Network {
        direction: direction(&connection.connection_direction),
        protocol: connection.protocol.get().map(|protocol| Cut(protocol, limits::PROTOCOL)),
        source_ip_v4,
        source_ip_v6,
        source_port: connection.local_port.number(),
        destination_ip_v4,
        destination_ip_v6,
        destination_port: connection.remote_port.number(),
    })
}

/// Falcon has more than these two, for what goes neither way.
fn direction(direction: &Text<'_>) -> Option<&'static str> {
    match direction.number::<i64>()? {
        0 => Some("OUT"),
        1 => Some("IN"),
        _ => None,
    }
}

fn address(text: &Text<'_>) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
    match text.get().and_then(|text| text.trim().parse().ok()) {
        Some(IpAddr::V4(address)) => (Some(address), None),
        Some(IpAddr::V6(address)) => (None, Some(address)),
        None => (None, None),
    }
}
