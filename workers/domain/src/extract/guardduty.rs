//! Findings of GuardDuty, in the two shapes in which Security Hub shows them.
//!
//! The older shape writes the service's JSON as flat ProductFields, for some time without the prefix
//! `aws/guardduty/service/`; the newer one fills `Action` (and, often, the fields too). An indicator that stands in
//! both is one.

use serde_json::Value;

use super::{Claim, Sighting};
use crate::finding::Finding;
use crate::indicator::IndicatorType;

const PREFIX: &str = "aws/guardduty/service/";

/// The remote side of a connection, of a port probe, and the name that was asked for.
pub(super) fn sightings(finding: &Finding) -> Vec<Sighting> {
    let mut sightings = in_action(&finding.action);
    let fields = finding.product_fields.iter();
    sightings.extend(fields.filter_map(|(name, value)| in_field(name, value)));
    sightings
}

/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Action.html>. Its `ActionRemoteIpDetails` has no member
/// for IPv6; should it get one by the name of the IPv4 one, it is read.
fn in_action(action: &Value) -> Vec<Sighting> {
    let mut sightings = Vec::new();
    let connection = &action["NetworkConnectionAction"]["RemoteIpDetails"];
    remote_addresses(connection, "Action.NetworkConnectionAction.RemoteIpDetails", &mut sightings);
    let probes = action["PortProbeAction"]["PortProbeDetails"].as_array();
    for (index, probe) in probes.into_iter().flatten().enumerate() {
        let source = format!("Action.PortProbeAction.PortProbeDetails[{index}].RemoteIpDetails");
        remote_addresses(&probe["RemoteIpDetails"], &source, &mut sightings);
    }
    if let Some(domain) = action["DnsRequestAction"]["Domain"].as_str() {
        sightings.push(sighting("Action.DnsRequestAction.Domain".to_owned(), domain, IndicatorType::Domain));
    }
    sightings
}

fn remote_addresses(details: &Value, source: &str, sightings: &mut Vec<Sighting>) {
    for (member, kind) in [("IpAddressV4", IndicatorType::Ipv4), ("IpAddressV6", IndicatorType::Ipv6)] {
        if let Some(address) = details[member].as_str() {
            sightings.push(sighting(format!("{source}.{member}"), address, kind));
        }
    }
}

fn in_field(name: &str, value: &str) -> Option<Sighting> {
    let path = name.strip_prefix(PREFIX).unwrap_or(name).strip_prefix("action/")?;
    let kind = match path.strip_prefix("networkConnectionAction/").or_else(|| in_probe(path)) {
        Some("remoteIpDetails/ipAddressV4") => IndicatorType::Ipv4,
        Some("remoteIpDetails/ipAddressV6") => IndicatorType::Ipv6,
        _ if path == "dnsRequestAction/domain" => IndicatorType::Domain,
        _ => return None,
    };
    Some(sighting(format!("ProductFields.{name}"), value, kind))
}

/// What follows the number of a probe. Security Hub has written it as `portProbeDetails:0/` and as
/// `portProbeDetails.0_/`.
fn in_probe(path: &str) -> Option<&str> {
    let numbered = path.strip_prefix("portProbeAction/portProbeDetails")?.strip_prefix([':', '.', '/'])?;
    let rest = numbered.trim_start_matches(|character: char| character.is_ascii_digit());
    rest.strip_prefix('_').unwrap_or(rest).strip_prefix('/')
}

fn sighting(source: String, text: &str, kind: IndicatorType) -> Sighting {
    Sighting { source, text: text.to_owned(), claim: Claim::Indicator(kind) }
}
