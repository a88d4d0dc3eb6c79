//! Which of two ends is the workload.

use std::net::IpAddr;

use super::alert::{Alert, Endpoint};
use crate::indicator::Indicator;

/// The ends of an alert: the workload, and the one that it spoke with.
pub(super) struct Ends {
    pub(super) workload: IpAddr,
    pub(super) remote: Endpoint,
    /// The port that was spoken to, where the protocol has ports.
    pub(super) port: Option<u16>,
}

/// Tells the ends of an alert about this indicator.
///
/// Of an address or a network the workload is the other end, wherever it is. Of a domain it is the client, who asked for the
/// name; but when a client from outside asks a private address, it is the one that was asked: scanners ask everybody for any
/// name. A query may come from a resolver of the organization's own, which asks for somebody else: the log does not know him.
pub(super) fn ends(alert: &Alert, indicator: &Indicator) -> Ends {
    let (client, server) =
        if alert.is_answer { (alert.destination, alert.source) } else { (alert.source, alert.destination) };
    let client_is_remote = match indicator {
        Indicator::Network(net) => net.contains(&client.address) && !net.contains(&server.address),
        Indicator::Domain(_) => !is_private(client.address) && is_private(server.address),
    };
    let (workload, remote) = if client_is_remote { (server, client) } else { (client, server) };
    Ends { workload: workload.address, remote, port: server.port }
}

/// Whether an address is one of those that organizations give to their own machines: RFC 1918, RFC 6598 and RFC 4193.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || (first == 100 && second & 0b1100_0000 == 0b0100_0000)
        }
        IpAddr::V6(address) => address.is_unique_local(),
    }
}
