//! `ThreatIntelIndicators`: what an event was detected by.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use super::event::Event;
use super::kind::Kind;
use super::moment::Moment;
use crate::indicator::DomainName;

/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html>.
const MOST_INDICATORS: usize = 5;

/// One indicator (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ThreatIntelIndicator.html>).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Indicator<'a> {
    r#type: &'static str,
    value: &'a str,
    source: &'static str,
    last_observed_at: Moment,
}

/// What an event says that it was detected by: `IOCType` and `IOCValue`, or the one member of a `CustomerIOCEvent` that stands for
/// both.
pub(super) fn ioc<'a>(event: &'a Event<'_>) -> (Option<&'a str>, Option<&'a str>) {
    let members = &event.members;
    let said = (members.ioc_type.get(), members.ioc_value.get());
    if event.kind() != Kind::CustomerIoc || said.1.is_some() {
        return said;
    }
    let typed = [
        ("domain", &members.domain_name),
        ("ipv4", &members.ipv4),
        ("ipv6", &members.ipv6),
        ("hash_sha256", &members.sha256),
        ("hash_md5", &members.md5),
    ];
    typed.into_iter().find_map(|(kind, value)| Some((kind, value.get()?))).unzip()
}

/// The values of `IOCValue` that are what `IOCType` says, each once. Falcon writes several with commas between them.
pub(super) fn indicators<'a>(event: &'a Event<'_>, seen: Moment) -> Vec<Indicator<'a>> {
    let mut indicators: Vec<Indicator<'_>> = Vec::new();
    let (Some(kind), Some(values)) = ioc(event) else { return indicators };
    let Some((kind, is_valid)) = known(kind.trim()) else { return indicators };
    for value in values.split(',').map(str::trim) {
        if indicators.len() == MOST_INDICATORS {
            break;
        }
        if is_valid(value) && !indicators.iter().any(|indicator| indicator.value == value) {
            indicators.push(Indicator { r#type: kind, value, source: "CrowdStrike Falcon", last_observed_at: seen });
        }
    }
    indicators
}

/// Whether a text is a hash with this many hexadecimal digits. Falcon writes zeros where it has none.
pub(super) fn is_hash<const DIGITS: usize>(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit()) && !is_zero(text)
}

/// Whether a hash is that of nothing.
pub(super) fn is_zero(hash: &str) -> bool {
    hash.bytes().all(|byte| byte == b'0')
}

type IsValid = fn(&str) -> bool;

/// Security Hub's name of a type, and what a value of it is like.
fn known(kind: &str) -> Option<(&'static str, IsValid)> {
    let is_it = |name: &str| kind.eq_ignore_ascii_case(name);
    // `hash_sha256` in most events, `sha256` in some.
    let digest = kind.get(..5).filter(|opening| opening.eq_ignore_ascii_case("hash_")).map_or(kind, |_| &kind[5..]);
    let is_hash_of = |name: &str| digest.eq_ignore_ascii_case(name);
    Some(match kind {
        _ if is_it("domain") => ("DOMAIN", |value| DomainName::parse(value).is_ok()),
        _ if is_it("ipv4") => ("IPV4_ADDRESS", |value| value.parse::<Ipv4Addr>().is_ok()),
        _ if is_it("ipv6") => ("IPV6_ADDRESS", |value| value.parse::<Ipv6Addr>().is_ok()),
        _ if is_hash_of("sha256") => ("HASH_SHA256", is_hash::<64>),
        _ if is_hash_of("sha1") => ("HASH_SHA1", is_hash::<40>),
        _ if is_hash_of("md5") => ("HASH_MD5", is_hash::<32>),
        _ => return None,
    })
}
