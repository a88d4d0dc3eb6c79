//! The finding of an event, in ASFF.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::event::Event;
use super::fields::ProductFields;
use super::host::Host;
use super::indicators::{Indicator, indicators, ioc};
use super::kind::Kind;
use super::limits::{self, Cut, cut};
use super::loose::{Text, present};
use super::members::Members;
use super::moment::Moment;
use super::network::{Network, network};
use super::resource::Resource;
use crate::place::{AccountId, Place};

/// A finding, which borrows from its event and its host. Serialized, it is one of `Findings` of `BatchImportFindings`
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html>).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DetectionFinding<'a> {
    schema_version: &'static str,
    id: String,
    product_arn: String,
    generator_id: &'static str,
    aws_account_id: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<[Cow<'a, str>; 3]>,
    created_at: Moment,
    updated_at: Moment,
    severity: Severity<'a>,
    title: Cow<'a, str>,
    description: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<&'a str>,
    product_fields: ProductFields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<Process<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<Network<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    threat_intel_indicators: Vec<Indicator<'a>>,
    resources: [Resource<'a>; 1],
    record_state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Severity<'a> {
    label: crate::finding::Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<Cut<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Process<'a> {
    name: Cut<'a>,
    path: Cut<'a>,
}

/// The finding of an event about this host, imported at this place now.
///
/// The same event always has the same id, and so a finding that is imported twice is one finding.
pub fn finding<'a>(
    event: &'a Event<'a>,
    host: Option<&'a Host>,
    at: &'a Place,
    now: Timestamp,
) -> DetectionFinding<'a> {
    let created = Moment(event.created().unwrap_or(now));
    let event_id = event_id(event);
    let resource = Resource::of(event, host, at, &event_id);
    DetectionFinding {
        schema_version: "2018-10-08",
        id: id(&event_id),
        product_arn: product_arn(at),
        generator_id: "Falcon Host",
        aws_account_id: at.account,
        types: types(event),
        created_at: created,
        updated_at: Moment(now),
        severity: Severity {
            label: event.severity(),
            original: event.original_severity().map(|text| Cut(text, limits::SEVERITY_ORIGINAL)),
        },
        title: cut(format!("Falcon Alert. {}", resource.called()), limits::TITLE),
        description: description(event, host),
        source_url: event.members.falcon_host_link.get().filter(|url| is_url(url)),
        product_fields: ProductFields(event),
        process: process(event),
        network: network(event),
        threat_intel_indicators: indicators(event, created),
        resources: [resource],
        record_state: "ACTIVE",
    }
}

impl DetectionFinding<'_> {
    /// `Id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `ProductArn`: with the Id it names the finding in Security Hub.
    pub fn product_arn(&self) -> &str {
        &self.product_arn
    }
}

/// CrowdStrike's product in Security Hub. In China none is known, and the commercial one is named.
fn product_arn(at: &Place) -> String {
    let partition = at.region.partition();
    let product = if partition == "aws-us-gov" { "358431324613" } else { "517716713836" };
    format!("arn:{partition}:securityhub:{}:{product}:product/crowdstrike/crowdstrike-falcon", at.region)
}

/// What names an event: Falcon's own id, or of an event without one a hash of what makes it this event. The offset is the same
/// whenever the event is read again.
fn event_id<'a>(event: &'a Event<'_>) -> Cow<'a, str> {
    let Members { detect_id, composite_id, process_id, account_id, policy_id, .. } = &event.members;
    if let Some(id) = detect_id.get().or_else(|| composite_id.get()) {
        return id.into();
    }
    let (ioc_type, ioc_value) = ioc(event);
    let metadata = &event.metadata;
    let mut hash = Sha256::new();
    hash.update(event.offset().to_be_bytes());
    for part in [
        metadata.customer.get(),
        metadata.event_type.get(),
        metadata.event_creation_time.get(),
        event.device(),
        process_id.get(),
        account_id.get(),
        policy_id.get(),
        ioc_type,
        ioc_value,
    ] {
        let part = part.unwrap_or_default();
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    format!("{}:{}", event.kind().event_type(), hexadecimal(&hash[..16])).into()
}

/// `Id`. One that is too long is not cut, since others may begin with the same characters.
fn id(event_id: &str) -> String {
    const OPENING: &str = "crowdstrike:crowdstrike-falcon:";
    if event_id.chars().count() + OPENING.len() <= limits::ID {
        return [OPENING, event_id].concat();
    }
    [OPENING, "sha256:", &hexadecimal(&Sha256::digest(event_id))].concat()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Tactic and technique, in three texts that are not the taxonomy of ASFF; none if they are not known.
fn types<'a>(event: &'a Event<'_>) -> Option<[Cow<'a, str>; 3]> {
    let both = |tactic: &'a Text<'_>, technique: &'a Text<'_>| tactic.get().zip(technique.get());
    let members = &event.members;
    let (tactic, technique) = both(&members.tactic, &members.technique)
        .or_else(|| members.mitre_attack.iter().next().and_then(|first| both(&first.tactic, &first.technique)))?;
    Some([
        "Namespace: TTPs".into(),
        cut(format!("Category: {tactic}"), limits::TYPE),
        cut(format!("Classifier: {technique}"), limits::TYPE),
    ])
}

/// What the event says, and in which cloud's account its host runs. A space stands at the end if that is not known.
fn description<'a>(event: &'a Event<'_>, host: Option<&Host>) -> Cow<'a, str> {
    let members = &event.members;
    let said = [
        &members.detect_description,
        &members.description,
        &members.policy_statement,
        &members.detect_name,
        &members.name,
    ];
    let said = said.into_iter().find_map(|text| text.get()).unwrap_or(match event.kind() {
        Kind::CustomerIoc => "A host met an indicator of the customer.",
        _ => "Falcon says that it detected something, and not what.",
    });
    let account = host.and_then(|host| Some((host.provider.as_deref(), present(host.account.as_deref())?)));
    let description = match account {
        Some((provider, account)) => format!("{said} | {} Account: {account}", present(provider).unwrap_or("Cloud")),
        None => format!("{said} "),
    };
    cut(description, limits::DESCRIPTION)
}

fn process<'a>(event: &'a Event<'_>) -> Option<Process<'a>> {
    let (name, path) = event.members.file_name.get().zip(event.members.file_path.get())?;
    Some(Process { name: Cut(name, limits::PROCESS_NAME), path: Cut(path, limits::PROCESS_PATH) })
}

/// Whether a text is an address of the web, of characters that one may have (<https://www.rfc-editor.org/rfc/rfc3986#section-2>).
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    rest.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.len() <= limits::URL && rest.bytes().all(fits)
}
