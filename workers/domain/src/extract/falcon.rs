//! Findings of CrowdStrike's Falcon Integration Gateway: the indicator stands in two ProductFields, and nowhere else.

use super::{Claim, Sighting};
use crate::finding::Finding;
use crate::indicator::IndicatorType;

/// `domain`, `ipv4`, `hash_sha256`: as the event stream's `IOCType`.
const TYPE_FIELD: &str = "crowdstrike/crowdstrike-falcon/IOCType";
/// One value, or several with commas between them: as the event stream's `IOCValue`.
const VALUE_FIELD: &str = "crowdstrike/crowdstrike-falcon/IOCValue";

/// What `IOCType` and `IOCValue` say (the gateway writes them since version 3.6:
/// <https://github.com/CrowdStrike/falcon-integration-gateway>). A value without a type is not guessed at.
pub(super) fn sightings(finding: &Finding) -> Vec<Sighting> {
    let Some(values) = finding.product_fields.get(VALUE_FIELD) else {
        return Vec::new();
    };
    let claim = finding.product_fields.get(TYPE_FIELD).map_or(Claim::Other, |kind| claim(kind));
    let source = format!("ProductFields.{VALUE_FIELD}");
    values.split(',').map(|text| Sighting { source: source.clone(), text: text.to_owned(), claim }).collect()
}

pub(super) fn claim(kind: &str) -> Claim {
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "domain" => Claim::Indicator(IndicatorType::Domain),
        "ipv4" => Claim::Indicator(IndicatorType::Ipv4),
        "ipv6" => Claim::Indicator(IndicatorType::Ipv6),
        "md5" | "sha1" | "sha256" => Claim::Hash,
        hash if hash.starts_with("hash_") => Claim::Hash,
        _ => Claim::Other,
    }
}
