//! Events of Security Hub: a finding of `check-compliance` that was imported, or findings for which a person chose the custom
//! action.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Action, Asker, InstallRequest, targets};
use crate::finding::{Finding, Resource};
use crate::fleet::InstanceId;
use crate::fleet::finding as compliance;
use crate::install::version::VersionChoice;
use crate::place::{Place, Region};
use crate::request::event;
use crate::request::{InvalidRequest, Origin};

pub(super) fn read(event: &Value) -> Result<InstallRequest, InvalidRequest> {
    let (origin, findings) = event::opened(event)?;
    let automatic = origin.requester().is_automatic();
    let mut named: BTreeMap<Place, BTreeSet<InstanceId>> = BTreeMap::new();
    for finding in &findings {
        let Some(place) = place(finding) else { continue };
        let ids = if automatic { unasked(finding, &place) } else { chosen(finding, &place) };
        if !ids.is_empty() {
            named.entry(place).or_default().extend(ids);
        }
    }
    if named.is_empty() {
        return Err(InvalidRequest::field("detail.findings", nothing_named(automatic)));
    }
    Ok(InstallRequest {
        targets: targets(named, "detail.findings")?,
        action: Action::Install,
        version: VersionChoice::Policy,
        asker: if automatic { Asker::Automatic } else { Asker::Person },
        reason: reason(&origin).to_owned(),
    })
}

fn nothing_named(automatic: bool) -> &'static str {
    if automatic {
        "none is an open finding of check-compliance about an instance of its own account and region"
    } else {
        "none names an EC2 instance of its own account and region: choose findings about instances"
    }
}

/// In words of ours: an event names neither the person nor anything else that can be trusted.
fn reason(origin: &Origin) -> &'static str {
    match origin {
        Origin::Imported => "Security Hub imported a finding of check-compliance",
        Origin::CustomAction { .. } | Origin::Manual => {
            "a person chose the custom action for a finding in Security Hub"
        }
    }
}

fn place(finding: &Finding) -> Option<Place> {
    let region: Region = finding.summary.region.as_deref()?.parse().ok()?;
    Some(Place { account: finding.summary.account_id?, region })
}

/// The instance of an open finding of `check-compliance`. Whoever may import findings in an account can forge one, but only
/// about an instance of that account, and what it asks for is a sensor.
fn unasked(finding: &Finding, place: &Place) -> BTreeSet<InstanceId> {
    let is_ours = finding.generator_id.as_deref() == Some(compliance::GENERATOR)
        && finding.summary.product_arn == place.product_arn();
    let instance = compliance::instance(&finding.summary.id, place);
    instance.filter(|_| is_ours && finding.summary.is_open()).into_iter().collect()
}

/// The instances that a person sees in a finding: of `check-compliance` the one that it is about, of any other its resources.
fn chosen(finding: &Finding, place: &Place) -> BTreeSet<InstanceId> {
    match compliance::instance(&finding.summary.id, place) {
        Some(instance) => BTreeSet::from([instance]),
        None => finding.resources.iter().filter_map(|resource| instance(resource, place)).collect(),
    }
}

/// `arn:aws:ec2:us-east-1:444455556666:instance/i-0f1a2b3c4d5e6f701` of the finding's own account and region, or the bare id
/// that the Falcon Integration Gateway writes
/// (<https://github.com/CrowdStrike/falcon-integration-gateway/tree/main/falcon_integration_gateway>).
fn instance(resource: &Resource, place: &Place) -> Option<InstanceId> {
    if resource.kind != "AwsEc2Instance" {
        return None;
    }
    let (_, id) = resource.id.rsplit_once('/').unwrap_or(("", &resource.id));
    let id: InstanceId = id.parse().ok()?;
    let is_there = resource.id == id.as_str() || resource.id == compliance::instance_arn(place, &id);
    is_there.then_some(id)
}
