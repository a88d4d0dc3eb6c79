//! Sensor update policies and builds: one default policy for each platform.
//!
//! <https://falconpy.io/Service-Collections/Sensor-Update-Policy.html>; the records are those of
//! <https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/sensor_update_policy_v2.go> and its neighbours, and what
//! stands in `build` is shown by
//! <https://crowdstrike.github.io/ansible_collection_falcon/sensor_update_builds_info_module.html>.

use serde_json::{Value, json};

use super::clients::Scope;
use super::envelope::{listed, page_by_number};
use super::query::Query;
use super::releases::{PLATFORMS, RELEASES, Updates};
use super::{CUSTOMER, Falcon, State};
use crate::wire::{Answer, Call};

const SORTS: [&str; 4] = ["name.asc", "name.desc", "precedence.asc", "precedence.desc"];

impl Falcon {
    pub(super) fn update_policies(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::UpdatePoliciesRead)?;
        let query = Query::of(call, &["filter", "offset", "limit", "sort"])?;
        let filter = query.filter(&["id", "name", "platform_name"])?;
        let offset = query.number("offset", 0, 0..=usize::MAX)?;
        let limit = query.number("limit", 100, 1..=5000)?;
        query.one_of("sort", &SORTS)?;
        let policies =
            PLATFORMS.iter().map(|(platform, targets, id)| policy(platform, targets, id, state.settings.updates));
        Ok(page_by_number(policies.filter(|policy| filter.passes(policy)).collect(), offset, limit))
    }

    pub(super) fn update_builds(&self, state: &mut State, call: &Call) -> Answer {
        self.authorize(state, call, Scope::UpdatePoliciesRead)?;
        let query = Query::of(call, &["platform", "stage"])?;
        let platform = query.one_of("platform", &["linux", "linuxarm64", "mac", "windows", "zlinux"])?;
        let targets = PLATFORMS.iter().flat_map(|(_, targets, _)| targets.iter());
        let targets = targets.filter(|target| platform.is_none_or(|platform| target.eq_ignore_ascii_case(platform)));
        Ok(listed(targets.flat_map(|target| RELEASES.iter().map(move |release| build(target, release))).collect()))
    }
}

fn build(target: &str, release: &super::releases::Release) -> Value {
    json!({
        "build": release.tagged_build(),
        "is_lts_build": false,
        "platform": target,
        "sensor_version": release.version,
        "stage": "prod",
    })
}

fn policy(platform: &str, targets: &[&str], id: &str, updates: Updates) -> Value {
    let release = updates.release();
    json!({
        "id": id,
        "cid": CUSTOMER,
        "name": "platform_default",
        "description": "Platform default policy",
        "platform_name": platform,
        "enabled": true,
        "groups": [],
        "settings": {
            "build": release.map(|release| release.tagged_build()).unwrap_or_default(),
            "sensor_version": release.map(|release| release.version).unwrap_or_default(),
            "stage": if release.is_some() { "prod" } else { "" },
            "uninstall_protection": "ENABLED",
            "scheduler": { "enabled": false, "timezone": "Etc/UTC", "schedules": [] },
            "variants": release.map(|release| targets.iter().map(|target| build(target, release)).collect::<Vec<_>>()),
        },
    })
}
