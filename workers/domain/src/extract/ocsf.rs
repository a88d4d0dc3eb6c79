//! Findings in OCSF: the evidence says what was met, and which side was the remote one.
//!
//! Evidence: <https://schema.ocsf.io/1.5.0/objects/evidences>. Observables repeat every notable value of a finding, the
//! workload's own address among them, and do not say whose it is: they are never taken, and mentioned only where the
//! evidence names nothing.

use serde_json::Value;

use super::{Claim, Sighting};
use crate::finding::Finding;
use crate::indicator::IndicatorType;

/// `connection_info.direction_id` (<https://schema.ocsf.io/1.5.0/objects/network_connection_info>).
const INBOUND: u64 = 1;
const OUTBOUND: u64 = 2;

/// `type_id` of observables that a network could block: a host name, an address, a URL
/// (<https://schema.ocsf.io/1.5.0/objects/observable>).
const OBSERVABLE_TYPES: [u64; 3] = [1, 2, 6];

/// What the evidence names; else the observables, of which nobody knows whose they are.
pub(super) fn sightings(finding: &Finding) -> Vec<Sighting> {
    let evidences = finding.evidences.as_array().into_iter().flatten().enumerate();
    let found: Vec<Sighting> = evidences.flat_map(|(index, evidence)| in_evidence(index, evidence)).collect();
    if found.is_empty() { in_observables(&finding.observables) } else { found }
}

fn in_evidence(index: usize, evidence: &Value) -> Vec<Sighting> {
    let at = |path: &str| format!("evidences[{index}].{path}");
    // The other side of a DNS query is the resolver, which is never the indicator.
    if let Some(name) = evidence["query"]["hostname"].as_str() {
        return vec![sighting(at("query.hostname"), name, Claim::Indicator(IndicatorType::Domain))];
    }
    let direction = evidence["connection_info"]["direction_id"].as_u64();
    let source = endpoint(evidence, "src_endpoint", &at);
    let destination = endpoint(evidence, "dst_endpoint", &at);
    let url = in_url(&evidence["url"], &at);
    match direction {
        // The URL of a request that came in is the organization's own.
        Some(INBOUND) => source,
        Some(OUTBOUND) => destination.into_iter().chain(url).collect(),
        _ => {
            let unclear = |sighting: Sighting| Sighting { claim: Claim::Sideless, ..sighting };
            let has_sides = !source.is_empty() || !destination.is_empty();
            let sided = source.into_iter().chain(destination).map(unclear);
            // A URL without a connection is what the workload met; with one, it is of the side that is not known.
            sided.chain(url.into_iter().map(|url| if has_sides { unclear(url) } else { url })).collect()
        }
    }
}

fn endpoint(evidence: &Value, side: &str, at: &impl Fn(&str) -> String) -> Vec<Sighting> {
    let members = [("ip", IndicatorType::Ip), ("hostname", IndicatorType::Domain), ("domain", IndicatorType::Domain)];
    let read = |(member, kind): (&str, IndicatorType)| {
        let text = evidence[side][member].as_str()?;
        Some(sighting(at(&format!("{side}.{member}")), text, Claim::Indicator(kind)))
    };
    members.into_iter().filter_map(read).collect()
}

/// <https://schema.ocsf.io/1.5.0/objects/url>
fn in_url(url: &Value, at: &impl Fn(&str) -> String) -> Option<Sighting> {
    let whole = url["url_string"].as_str().map(|text| sighting(at("url.url_string"), text, Claim::Url));
    whole.or_else(|| {
        let name = url["hostname"].as_str()?;
        Some(sighting(at("url.hostname"), name, Claim::Indicator(IndicatorType::Domain)))
    })
}

fn in_observables(observables: &Value) -> Vec<Sighting> {
    let listed = observables.as_array().into_iter().flatten().enumerate();
    let read = |(index, observable): (usize, &Value)| {
        let is_of_network = observable["type_id"].as_u64().is_some_and(|kind| OBSERVABLE_TYPES.contains(&kind));
        let text = observable["value"].as_str().filter(|_| is_of_network)?;
        Some(sighting(format!("observables[{index}].value"), text, Claim::Sideless))
    };
    listed.filter_map(read).collect()
}

fn sighting(source: String, text: &str, claim: Claim) -> Sighting {
    Sighting { source, text: text.to_owned(), claim }
}
