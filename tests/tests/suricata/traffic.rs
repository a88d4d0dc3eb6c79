//! Traffic, and what must become of each of its flows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;

use falconer_domain::indicator::Indicator;
use falconer_tests::capture::{Capture, Flow, request};
use serde_json::Value;

use crate::engine::Engine;
use crate::entry::{Entry, entries};
use crate::eve::Event;

/// The workload of these tests, in HOME_NET, and a server that no block names.
pub(crate) const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 1, 23));
pub(crate) const CLIENT_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xa, 0, 0, 0, 0, 0x23));
const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 80));
const SERVER_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xb, 0, 0, 0, 0, 0x80));

/// How many wrong flows are shown of those that are counted.
const SHOWN: usize = 20;

/// What must become of a flow.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// Nobody says anything of it.
    Passes,
    /// It passes, and the alert log tells.
    Reported(By),
    /// It ends where it begins to be what is blocked, and the alert log tells.
    Blocked(By),
}

/// Whose rule a flow meets.
#[derive(Clone, Debug)]
pub(crate) enum By {
    /// One of ours for this indicator.
    Ours(Indicator),
    /// Somebody else's with this signature id.
    Foreign(u32),
}

pub(crate) fn blocked(indicator: &str) -> Fate {
    Fate::Blocked(By::Ours(indicator.parse().unwrap()))
}

pub(crate) fn reported(indicator: &str) -> Fate {
    Fate::Reported(By::Ours(indicator.parse().unwrap()))
}

/// A way in which a name is seen on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Tls,
    Http,
    DnsOverUdp,
    DnsOverTcp,
    Quic,
}

impl Way {
    pub(crate) const ALL: [Self; 5] = [Self::Tls, Self::Http, Self::DnsOverUdp, Self::DnsOverTcp, Self::Quic];

    fn flow(self, client: SocketAddr, server: IpAddr, name: &str) -> Flow {
        match self {
            Self::Tls => Flow::tcp(client, (server, 443).into(), &request::tls(name)),
            Self::Http => Flow::tcp(client, (server, 80).into(), &request::http(name)),
            Self::DnsOverUdp => Flow::udp(client, (server, 53).into(), &request::dns(name)),
            Self::DnsOverTcp => Flow::tcp(client, (server, 53).into(), &request::dns_over_tcp(name)),
            Self::Quic => Flow::quic(client, (server, 443).into(), &[request::quic(name)]),
        }
    }
}

/// Flows that meet a rule group.
pub(crate) struct Traffic<'a> {
    text: &'a str,
    capture: Capture,
    flows: Vec<Expected>,
    next_port: u16,
}

struct Expected {
    what: String,
    packets: Range<usize>,
    /// From which packet on nothing may pass, if it is blocked.
    lost_from: usize,
    fate: Fate,
}

impl<'a> Traffic<'a> {
    /// No traffic yet, for a group with this text.
    pub(crate) fn through(text: &'a str) -> Self {
        Self { text, capture: Capture::default(), flows: Vec::new(), next_port: 20_000 }
    }

    /// A port that no other flow has.
    pub(crate) fn client(&mut self, address: IpAddr) -> SocketAddr {
        self.next_port += 1;
        (address, self.next_port).into()
    }

    /// A workload asks for a name. Blocked, not even the packet with the name may pass.
    pub(crate) fn ask(&mut self, way: Way, name: &str, fate: Fate) {
        let client = self.client(CLIENT);
        self.say(&format!("{way:?} {name}"), way.flow(client, SERVER, name), fate);
    }

    /// The same over IPv6.
    pub(crate) fn ask_over_ipv6(&mut self, way: Way, name: &str, fate: Fate) {
        let client = self.client(CLIENT_V6);
        self.say(&format!("{way:?} {name} over IPv6"), way.flow(client, SERVER_V6, name), fate);
    }

    /// A workload makes a request of its own kind on this port of a server. Blocked, its last packet may not pass.
    pub(crate) fn request(&mut self, what: &str, port: u16, request: &[u8], fate: Fate) {
        let client = self.client(CLIENT);
        self.say(what, Flow::tcp(client, (SERVER, port).into(), request), fate);
    }

    /// The same in datagrams of QUIC. Blocked, the last one of the request may not pass, and nothing after it.
    pub(crate) fn request_over_quic(&mut self, what: &str, port: u16, request: &[Vec<u8>], fate: Fate) {
        let client = self.client(CLIENT);
        self.say(what, Flow::quic(client, (SERVER, port).into(), request), fate);
    }

    /// A workload sends a datagram to an address. Blocked, it may not pass.
    pub(crate) fn visit(&mut self, address: &str, fate: Fate) {
        let address: IpAddr = address.parse().unwrap();
        let client = self.client(if address.is_ipv4() { CLIENT } else { CLIENT_V6 });
        self.connect(&format!("UDP to {address}"), Flow::udp(client, (address, 4500).into(), b"anything"), fate);
    }

    /// A flow between two addresses. Blocked, not one packet may pass.
    pub(crate) fn connect(&mut self, what: &str, flow: Flow, fate: Fate) {
        self.add(what, flow, 0, fate);
    }

    fn say(&mut self, what: &str, flow: Flow, fate: Fate) {
        let request = flow.request();
        self.add(what, flow, request, fate);
    }

    fn add(&mut self, what: &str, flow: Flow, lost_from: usize, fate: Fate) {
        let packets = self.capture.add(flow);
        let lost_from = packets.start + lost_from;
        self.flows.push(Expected { what: what.to_owned(), packets, lost_from, fate });
    }

    /// Lets it pass through the engine, and ends the test with every flow that does not end as it must. Answers the records of
    /// alerts.
    pub(crate) fn meets(&self, engine: &Engine) -> Vec<Value> {
        let mut events: BTreeMap<usize, Vec<Event>> = BTreeMap::new();
        for record in engine.replay(self.text, &self.capture) {
            events.entry(record.packet).or_default().push(record.event);
        }
        let entries: HashMap<Indicator, Entry> = entries(self.text);
        let mut wrong = Vec::new();
        for flow in &self.flows {
            let entry = match flow.fate.by() {
                Some(By::Ours(indicator)) => Some(&entries[indicator]),
                _ => None,
            };
            wrong.extend(flow.wrong(entry, &events));
        }
        let first = &wrong[..wrong.len().min(SHOWN)];
        assert!(wrong.is_empty(), "{} flows or records are wrong:\n{}", wrong.len(), first.join("\n"));
        let record = |event| match event {
            Event::Alert(alert) => Some(alert.record),
            Event::Drop => None,
        };
        events.into_values().flatten().filter_map(record).collect()
    }
}

impl Fate {
    fn by(&self) -> Option<&By> {
        match self {
            Self::Passes => None,
            Self::Reported(by) | Self::Blocked(by) => Some(by),
        }
    }
}

impl Expected {
    /// What became of the flow, in words, if that is not what must; and each record that does not tell what it must of
    /// `entry`, whose rules the flow is to meet.
    fn wrong(&self, entry: Option<&Entry>, events: &BTreeMap<usize, Vec<Event>>) -> Vec<String> {
        let Self { what, packets, lost_from, fate } = self;
        let (mut lost, mut told, mut wrong) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for (packet, events) in events.range(packets.clone()) {
            for event in events {
                match event {
                    Event::Drop => drop(lost.insert(*packet)),
                    Event::Alert(alert) => {
                        told.insert((alert.sid, alert.is_blocked));
                        wrong.extend(entry.and_then(|entry| entry.untold(alert)));
                    }
                }
            }
        }
        let is_blocked = matches!(fate, Fate::Blocked(_));
        let by = match fate.by() {
            None => &[],
            Some(By::Ours(_)) => entry.map_or(&[] as &[u32], |entry| &entry.sids),
            Some(By::Foreign(sid)) => std::slice::from_ref(sid),
        };
        let must_be_lost = if is_blocked { *lost_from..packets.end } else { 0..0 };
        let is_told = told.is_empty() == by.is_empty()
            && told.iter().all(|(sid, says_blocked)| by.contains(sid) && *says_blocked == is_blocked);
        if !is_told || !lost.iter().copied().eq(must_be_lost.clone()) {
            wrong.push(format!(
                "{what}, packets {packets:?}: {fate:?} by {by:?}, {must_be_lost:?} lost; but lost {lost:?}, told {told:?}"
            ));
        }
        wrong
    }
}
