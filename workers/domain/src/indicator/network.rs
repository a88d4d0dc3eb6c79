//! Addresses and networks, in one form each.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// The bits before the IPv4 address in an IPv4-mapped IPv6 address
/// (<https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2>).
const MAPPED_PREFIX: u8 = 96;

/// One address as a network of one.
pub(super) fn parse_address(text: &str) -> Option<IpNet> {
    text.parse::<IpAddr>().ok().map(IpNet::from).map(unmapped)
}

/// A network in CIDR notation, or an address as a network of one. Host bits are masked off.
pub(super) fn parse(text: &str) -> Option<IpNet> {
    let net = text.parse::<IpNet>().ok().map(|net| unmapped(net.trunc()));
    net.or_else(|| parse_address(text))
}

/// The IPv4 network that an IPv4-mapped one stands for: the firewall sees the packets as IPv4, so that a rule for the
/// mapped form would match nothing, and the guard would look at the wrong family's ranges.
fn unmapped(net: IpNet) -> IpNet {
    let IpNet::V6(v6) = net else { return net };
    let mapped = v6.prefix_len().checked_sub(MAPPED_PREFIX).zip(v6.addr().to_ipv4_mapped());
    match mapped.map(|(prefix, address)| Ipv4Net::new(address, prefix)) {
        Some(Ok(v4)) => IpNet::V4(v4),
        _ => net,
    }
}
