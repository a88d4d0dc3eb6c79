//! A blocked address or network: any protocol, both directions, and not one address beside it.

use std::net::{IpAddr, SocketAddr};

use falconer_tests::capture::{Flow, request};

use crate::blocks::dropping;
use crate::engine::Engine;
use crate::traffic::{CLIENT, CLIENT_V6, Fate, Traffic, blocked};

/// Every protocol between a workload and a remote address, whoever begins.
fn talk(traffic: &mut Traffic<'_>, remote: &str, fate: &Fate) {
    let remote: IpAddr = remote.parse().unwrap();
    let home = if remote.is_ipv4() { CLIENT } else { CLIENT_V6 };
    for (begins, answers) in [(home, remote), (remote, home)] {
        let way = format!("{begins} to {answers}");
        let hello = request::tls("good.example");
        let flow = Flow::tcp(traffic.client(begins), SocketAddr::from((answers, 443)), &hello);
        traffic.connect(&format!("TCP {way}"), flow, fate.clone());
        let flow = Flow::udp(traffic.client(begins), SocketAddr::from((answers, 4500)), b"anything");
        traffic.connect(&format!("UDP {way}"), flow, fate.clone());
        traffic.connect(&format!("ICMP {way}"), Flow::ping(begins, answers), fate.clone());
        traffic.connect(&format!("IPsec {way}"), Flow::ipsec(begins, answers), fate.clone());
    }
}

#[test]
fn an_address_is_blocked_for_every_protocol_in_both_directions_and_its_neighbours_pass() {
    let Some(engine) = Engine::installed("addresses") else { return };
    let text = dropping(&["198.51.100.7", "2001:db8:7::7"]);
    let mut traffic = Traffic::through(&text);
    talk(&mut traffic, "198.51.100.7", &blocked("198.51.100.7"));
    talk(&mut traffic, "198.51.100.6", &Fate::Passes);
    talk(&mut traffic, "198.51.100.8", &Fate::Passes);
    talk(&mut traffic, "2001:db8:7::7", &blocked("2001:db8:7::7"));
    talk(&mut traffic, "2001:db8:7::6", &Fate::Passes);
    talk(&mut traffic, "2001:db8:7::8", &Fate::Passes);
    traffic.meets(&engine);
}

#[test]
fn a_network_is_blocked_from_its_first_to_its_last_address() {
    let Some(engine) = Engine::installed("networks") else { return };
    let text = dropping(&["198.51.100.0/24", "203.0.113.16/28", "2001:db8:77::/48"]);
    let mut traffic = Traffic::through(&text);
    for (remote, fate) in [
        ("198.51.99.255", Fate::Passes),
        ("198.51.100.0", blocked("198.51.100.0/24")),
        ("198.51.100.128", blocked("198.51.100.0/24")),
        ("198.51.100.255", blocked("198.51.100.0/24")),
        ("198.51.101.0", Fate::Passes),
        ("203.0.113.15", Fate::Passes),
        ("203.0.113.16", blocked("203.0.113.16/28")),
        ("203.0.113.31", blocked("203.0.113.16/28")),
        ("203.0.113.32", Fate::Passes),
        ("2001:db8:76:ffff:ffff:ffff:ffff:ffff", Fate::Passes),
        ("2001:db8:77::", blocked("2001:db8:77::/48")),
        ("2001:db8:77:ffff:ffff:ffff:ffff:ffff", blocked("2001:db8:77::/48")),
        ("2001:db8:78::", Fate::Passes),
    ] {
        talk(&mut traffic, remote, &fate);
    }
    traffic.meets(&engine);
}
