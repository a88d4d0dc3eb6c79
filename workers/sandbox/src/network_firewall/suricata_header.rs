//! The header of a Suricata rule: action, protocol, addresses, ports and direction.
//!
//! <https://docs.suricata.io/en/suricata-7.0.10/rules/intro.html#rules-format>

use std::collections::HashSet;
use std::net::IpAddr;

use ipnet::IpNet;

/// The names that a group's rules may use.
#[derive(Debug)]
pub(super) struct Names {
    /// After `$`, for addresses.
    pub(super) addresses: HashSet<String>,
    /// After `$`, for ports.
    pub(super) ports: HashSet<String>,
    /// After `@`: IP set references.
    pub(super) references: HashSet<String>,
}

impl Default for Names {
    /// The variables that Network Firewall sets by itself.
    fn default() -> Self {
        let addresses = ["HOME_NET", "EXTERNAL_NET"].map(str::to_owned).into();
        Self { addresses, ports: HashSet::new(), references: HashSet::new() }
    }
}

const ACTIONS: [&str; 4] = ["alert", "drop", "pass", "reject"];

const PROTOCOLS: [&str; 40] = [
    "bittorrent-dht",
    "dcerpc",
    "dhcp",
    "dnp3",
    "dns",
    "ftp",
    "ftp-data",
    "http",
    "http1",
    "http2",
    "icmp",
    "icmpv4",
    "icmpv6",
    "ike",
    "ikev2",
    "imap",
    "ip",
    "ipv4",
    "ipv6",
    "krb5",
    "modbus",
    "mqtt",
    "msn",
    "nfs",
    "ntp",
    "pgsql",
    "pop3",
    "quic",
    "rdp",
    "rfb",
    "sip",
    "smb",
    "smtp",
    "snmp",
    "ssh",
    "tcp",
    "tcp-pkt",
    "tls",
    "tftp",
    "udp",
];

/// What is wrong with a header, if anything is.
pub(super) fn check(header: &str, names: &Names) -> Result<(), String> {
    let fields = fields(header);
    let [action, protocol, source, source_port, direction, destination, destination_port] = fields.as_slice() else {
        return Err(format!("the header has {} fields instead of seven", fields.len()));
    };
    if !ACTIONS.contains(&action.as_str()) {
        return Err(format!("illegal action {action}"));
    }
    if !PROTOCOLS.contains(&protocol.as_str()) {
        return Err(format!("illegal protocol {protocol}"));
    }
    if !matches!(direction.as_str(), "->" | "<>") {
        return Err(format!("illegal direction {direction}"));
    }
    for address in [source, destination] {
        check_list(address, &|entry| check_address(entry, names))?;
    }
    for port in [source_port, destination_port] {
        check_list(port, &|entry| check_port(entry, names))?;
    }
    Ok(())
}

/// The fields between blanks; blanks within brackets belong to a list.
fn fields(header: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut depth = 0_usize;
    for character in header.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if character.is_whitespace() && depth == 0 {
            fields.push(String::new());
        } else if let Some(field) = fields.last_mut() {
            field.push(character);
        }
    }
    fields.retain(|field| !field.is_empty());
    fields
}

/// One entry, or several between brackets, each perhaps after an exclamation mark, lists within lists too.
fn check_list(text: &str, check: &dyn Fn(&str) -> Result<(), String>) -> Result<(), String> {
    let text = text.trim();
    let text = text.strip_prefix('!').unwrap_or(text);
    let Some(list) = text.strip_prefix('[') else {
        return check(text);
    };
    let list = list.strip_suffix(']').ok_or_else(|| format!("unbalanced brackets in {text}"))?;
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, character) in list.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.checked_sub(1).ok_or_else(|| format!("unbalanced brackets in {text}"))?,
            ',' if depth == 0 => {
                check_list(&list[begin..at], check)?;
                begin = at + 1;
            }
            _ => {}
        }
    }
    check_list(&list[begin..], check)
}

fn check_address(text: &str, names: &Names) -> Result<(), String> {
    if text == "any" || text.parse::<IpAddr>().is_ok() || text.parse::<IpNet>().is_ok() {
        return Ok(());
    }
    if let Some(name) = text.strip_prefix('$') {
        return known(name, &names.addresses, "variable");
    }
    if let Some(name) = text.strip_prefix('@') {
        return known(name, &names.references, "reference");
    }
    Err(format!("illegal address {text}"))
}

fn check_port(text: &str, names: &Names) -> Result<(), String> {
    if let Some(name) = text.strip_prefix('$') {
        return known(name, &names.ports, "variable");
    }
    let bound = |text: &str| text.is_empty() || text.parse::<u16>().is_ok();
    let legal = match text.split_once(':') {
        Some((from, to)) => bound(from) && bound(to) && !(from.is_empty() && to.is_empty()),
        None => text == "any" || text.parse::<u16>().is_ok(),
    };
    if legal { Ok(()) } else { Err(format!("illegal port {text}")) }
}

fn known(name: &str, names: &HashSet<String>, kind: &str) -> Result<(), String> {
    if names.contains(name) { Ok(()) } else { Err(format!("{kind} {name} is not defined")) }
}
