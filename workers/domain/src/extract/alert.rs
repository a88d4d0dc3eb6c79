//! Findings of Falcon that name no indicator, as its gateway wrote them for years: the alert behind the finding names it.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Claim, Sighting, falcon};
use crate::finding::Finding;

/// Only CrowdStrike's own product is asked about in CrowdStrike's cloud.
const PRODUCT: &str = ":product/crowdstrike/crowdstrike-falcon";
/// What the gateway puts before the id of what it tells.
const PREFIX: &str = "crowdstrike:crowdstrike-falcon:";
const CUSTOMER_FIELD: &str = "crowdstrike/crowdstrike-falcon/cid";
const LONGEST_ID: usize = 256;

/// An alert to look up in Falcon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lookup {
    /// The finding, as an index into the request's findings.
    pub finding: usize,
    /// The alert's composite id: letters, digits, `:`, `-` and `_` only, whatever the finding says.
    pub alert: String,
}

/// One indicator of an alert, in Falcon's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertIndicator {
    /// `domain`, `ipv4`, `ipv6`, `hash_sha256`, ….
    pub kind: String,
    /// The value.
    pub value: String,
}

/// What was found, by composite id.
pub type Alerts = HashMap<String, Vec<AlertIndicator>>;

/// The composite id of the alert behind a finding of Falcon: `<customer>:<detection>`, where a detection is `ldt:…` or
/// `ind:…`.
///
/// The Id of a finding ends in it (since 2022), or only in the detection: then the customer stands in the ProductFields, or in
/// the link into Falcon's console (`_cid`).
pub(super) fn composite_id(finding: &Finding) -> Option<String> {
    if !finding.summary.product_arn.ends_with(PRODUCT) {
        return None;
    }
    let id = &finding.summary.id;
    let id = match (id.strip_prefix(PREFIX), id.find("ldt:")) {
        (Some(composite), _) if !composite.starts_with("ldt:") => composite.to_owned(),
        (_, Some(detection)) => format!("{}:{}", customer(finding)?, &id[detection..]),
        _ => return None,
    };
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_');
    (id.len() <= LONGEST_ID && id.bytes().all(is_id)).then_some(id)
}

fn customer(finding: &Finding) -> Option<&str> {
    let in_link = || finding.source_url.as_deref()?.split_once("_cid=")?.1.split('&').next();
    let customer = finding.product_fields.get(CUSTOMER_FIELD).map(String::as_str).or_else(in_link)?;
    // It may come with its checksum.
    customer.split('-').next()
}

/// What an alert says, as if the finding had said it.
pub(super) fn sightings<'a>(alert: &'a str, indicators: &'a [AlertIndicator]) -> impl Iterator<Item = Sighting> + 'a {
    indicators.iter().map(move |AlertIndicator { kind, value }| Sighting {
        source: format!("Falcon's alert {alert}"),
        text: value.clone(),
        claim: falcon::claim(kind),
    })
}

/// That an alert could not be asked, or named nothing.
pub(super) fn unanswered(alert: &str) -> Sighting {
    Sighting { source: "Id".to_owned(), text: alert.to_owned(), claim: Claim::Other }
}
