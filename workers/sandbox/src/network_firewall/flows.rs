//! The flow table: connections that are open through the firewall.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::earlier;

/// An open connection, as a scenario or the control endpoint writes it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flow {
    /// Where the connection came from.
    pub source: IpAddr,
    /// 0 for a protocol without ports.
    #[serde(default)]
    pub source_port: u16,
    /// Where it goes to.
    pub destination: IpAddr,
    /// 0 for a protocol without ports.
    #[serde(default)]
    pub destination_port: u16,
    /// The protocol's number of the Internet Assigned Numbers Authority: 6 is TCP, 17 UDP, 1 ICMP.
    pub protocol: u8,
    /// `us-east-1a`.
    pub zone: String,
}

#[derive(Clone, Debug)]
pub(super) struct OpenFlow {
    pub(super) flow: Flow,
    pub(super) since: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct FlowTable(Vec<OpenFlow>);

/// What a flush takes; what a filter does not name matches everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub(super) source: Option<IpNet>,
    pub(super) destination: Option<IpNet>,
    pub(super) source_ports: Option<(u16, u16)>,
    pub(super) destination_ports: Option<(u16, u16)>,
    pub(super) protocols: Vec<u8>,
}

impl Filter {
    pub(super) fn takes(&self, flow: &Flow) -> bool {
        let within = |network: Option<IpNet>, address: IpAddr| network.is_none_or(|network| network.contains(&address));
        let between = |ports: Option<(u16, u16)>, port: u16| ports.is_none_or(|(from, to)| (from..=to).contains(&port));
        within(self.source, flow.source)
            && within(self.destination, flow.destination)
            && between(self.source_ports, flow.source_port)
            && between(self.destination_ports, flow.destination_port)
            && (self.protocols.is_empty() || self.protocols.contains(&flow.protocol))
    }
}

impl OpenFlow {
    /// Whole seconds.
    pub(super) fn age(&self, now: Timestamp) -> i64 {
        now.duration_since(self.since).as_secs()
    }

    /// As ListFlowOperationResults shows it.
    pub(super) fn describe(&self, now: Timestamp) -> Value {
        let Flow { source, source_port, destination, destination_port, protocol, .. } = &self.flow;
        json!({
            "SourceAddress": { "AddressDefinition": source },
            "DestinationAddress": { "AddressDefinition": destination },
            "SourcePort": source_port.to_string(),
            "DestinationPort": destination_port.to_string(),
            "Protocol": protocol.to_string(),
            "Age": self.age(now),
            "PacketCount": 1,
            "ByteCount": 60,
        })
    }
}

impl FlowTable {
    pub(super) fn open(&mut self, flow: Flow, now: Timestamp) {
        self.0.push(OpenFlow { flow, since: now });
    }

    pub(super) fn backdate(&mut self, by: SignedDuration) {
        self.0.iter_mut().for_each(|open| open.since = earlier(open.since, by));
    }

    /// Takes the flows out that `flushed` chooses.
    pub(super) fn flush(&mut self, mut flushed: impl FnMut(&OpenFlow) -> bool) -> Vec<OpenFlow> {
        let (gone, kept) = std::mem::take(&mut self.0).into_iter().partition(|flow| flushed(flow));
        self.0 = kept;
        gone
    }

    /// As the control endpoint shows them.
    pub(super) fn describe(&self, now: Timestamp) -> Vec<Value> {
        let described = self.0.iter().map(|open| {
            let mut value = serde_json::to_value(&open.flow).unwrap_or_default();
            value["ageSeconds"] = open.age(now).into();
            value
        });
        described.collect()
    }
}
