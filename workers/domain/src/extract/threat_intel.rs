//! `ThreatIntelIndicators`: ASFF's own place, which any provider may fill.

use super::{Claim, Sighting};
use crate::finding::{Finding, ThreatIntelIndicator};
use crate::indicator::{Indicator, IndicatorError, IndicatorType, refang};

/// The schemes of URLs whose host the firewall can see.
const SCHEMES: [&str; 3] = ["http", "https", "ftp"];

/// The entries' types as in <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ThreatIntelIndicator.html>.
pub(super) fn sightings(finding: &Finding) -> Vec<Sighting> {
    let entries = finding.threat_intel.iter();
    let sighting = |entry: &ThreatIntelIndicator| Sighting {
        source: format!("ThreatIntelIndicators[{}].Value", entry.index),
        text: entry.value.clone(),
        claim: claim(&entry.kind),
    };
    entries.map(sighting).collect()
}

fn claim(kind: &str) -> Claim {
    match kind {
        "DOMAIN" => Claim::Indicator(IndicatorType::Domain),
        "IPV4_ADDRESS" => Claim::Indicator(IndicatorType::Ipv4),
        "IPV6_ADDRESS" => Claim::Indicator(IndicatorType::Ipv6),
        "URL" => Claim::Url,
        "HASH_MD5" | "HASH_SHA1" | "HASH_SHA256" | "HASH_SHA512" => Claim::Hash,
        _ => Claim::Other,
    }
}

/// The domain or address of a URL of http, https or ftp.
///
/// The authority ends where a browser ends it (at `/`, `\`, `?` or `#`), user and password end at its last `@`, and the
/// port is dropped. So `https://good.example@evil.example/` is `evil.example`.
pub(super) fn host_of_url(text: &str) -> Result<Indicator, IndicatorError> {
    let url = refang(text.trim());
    let (scheme, rest) = url.split_once("://").ok_or(IndicatorError::Url)?;
    if !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(IndicatorError::Url);
    }
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or(rest);
    let host_and_port = authority.rsplit('@').next().unwrap_or(authority);
    if let Some(bracketed) = host_and_port.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']').ok_or(IndicatorError::Url)?;
        check_port(port)?;
        return Indicator::parse(IndicatorType::Ipv6, address);
    }
    let (host, port) = host_and_port.find(':').map_or((host_and_port, ""), |colon| host_and_port.split_at(colon));
    check_port(port)?;
    Indicator::parse(IndicatorType::Ipv4, host).or_else(|_| Indicator::parse(IndicatorType::Domain, host))
}

/// Nothing, or a colon with a number that may be left out.
fn check_port(port: &str) -> Result<(), IndicatorError> {
    let digits = port.strip_prefix(':').unwrap_or(port);
    let is_port = digits.is_empty() || (port.starts_with(':') && digits.parse::<u16>().is_ok());
    if is_port { Ok(()) } else { Err(IndicatorError::Url) }
}
