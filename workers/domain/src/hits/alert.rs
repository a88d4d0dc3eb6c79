//! One record of the firewall's alert log.
//!
//! The record is AWS's
//! (<https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html>), the event in it
//! Suricata's (<https://docs.suricata.io/en/suricata-7.0.11/output/eve/eve-json-format.html>).

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::hunt::Label;
use crate::indicator::DomainName;

/// A time as Suricata writes it.
const TIME: &str = "%Y-%m-%dT%H:%M:%S%.f%z";
/// The longest name of a firewall
/// (<https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewall.html>).
const LONGEST_NAME: usize = 128;

/// An alert: a packet that met a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The firewall's name.
    pub firewall: String,
    /// When the packet was seen.
    pub at: Timestamp,
    /// Who sent it.
    pub source: Endpoint,
    /// To whom.
    pub destination: Endpoint,
    /// Whether it is an answer of a server to its client.
    pub is_answer: bool,
    /// `TCP`, `UDP`, `ICMP`, …
    pub protocol: Option<Label>,
    /// The names that the client asked for, those of them that are names.
    pub names: BTreeSet<DomainName>,
    /// The rule.
    pub sid: u32,
    /// What became of the packet.
    pub action: Action,
    /// The rule's message.
    pub(super) message: String,
    /// The rule's metadata: a list of values for each key.
    pub(super) metadata: Value,
}

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address.
    pub address: IpAddr,
    /// Its port, where the protocol has ports.
    pub port: Option<u16>,
}

/// What became of a packet that met a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It went no further.
    Blocked,
    /// It passed.
    Allowed,
}

/// Why a record is no alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoAlert {
    /// It is of another kind, such as the errors of TLS inspection.
    OtherEvent,
    /// It is not as the log writes it.
    Malformed,
}

#[derive(Deserialize)]
struct Record {
    firewall_name: String,
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    timestamp: String,
    src_ip: IpAddr,
    src_port: Option<u16>,
    dest_ip: IpAddr,
    dest_port: Option<u16>,
    #[serde(default)]
    proto: String,
    direction: Option<String>,
    alert: RuleMet,
    tls: Option<Value>,
    quic: Option<Value>,
    http: Option<Value>,
    dns: Option<Value>,
}

#[derive(Deserialize)]
struct RuleMet {
    action: Action,
    signature_id: u32,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    metadata: Value,
}

impl Alert {
    /// Reads a record.
    pub(super) fn read(record: &Value) -> Result<Self, NoAlert> {
        match record.pointer("/event/event_type").and_then(Value::as_str) {
            Some("alert") => Self::read_alert(record).ok_or(NoAlert::Malformed),
            Some(_) => Err(NoAlert::OtherEvent),
            None => Err(NoAlert::Malformed),
        }
    }

    fn read_alert(record: &Value) -> Option<Self> {
        let Record { firewall_name, event } = Record::deserialize(record).ok()?;
        let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if firewall_name.is_empty() || firewall_name.len() > LONGEST_NAME || !is_name(&firewall_name) {
            return None;
        }
        Some(Self {
            firewall: firewall_name,
            at: Timestamp::strptime(TIME, &event.timestamp).ok()?,
            source: Endpoint { address: event.src_ip, port: event.src_port },
            destination: Endpoint { address: event.dest_ip, port: event.dest_port },
            is_answer: event.direction.as_deref() == Some("to_client"),
            names: event.names(),
            protocol: Label::of(&event.proto),
            sid: event.alert.signature_id,
            action: event.alert.action,
            message: event.alert.signature,
            metadata: event.alert.metadata,
        })
    }
}

impl Event {
    /// What the client named. A client may write anything there: what is no domain name is left out.
    fn names(&self) -> BTreeSet<DomainName> {
        let member = |value: &Option<Value>, name: &str| value.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let one = [member(&self.tls, "sni"), member(&self.quic, "sni"), member(&self.http, "hostname")];
        // Suricata writes the queries in one list, and older versions one query without a list.
        let queries =
            ["query", "queries"].into_iter().filter_map(|list| self.dns.as_ref()?.get(list)?.as_array()).flatten();
        let asked = self.dns.iter().chain(queries).filter_map(|query| query.get("rrname")?.as_str().map(str::to_owned));
        one.into_iter().flatten().chain(asked).filter_map(|name| DomainName::parse(&name).ok()).collect()
    }
}
