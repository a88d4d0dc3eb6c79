//! The form that a person writes, and the hub's Automation document for him.
//!
//! ```json
//! {
//!   "accountId": "444455556666", "region": "us-east-1", "instances": ["i-0f1a2b3c4d5e6f701"],
//!   "action": "install", "version": "n-1", "reason": "new cluster", "automatic": false
//! }
//! ```

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Action, Asker, InstallRequest, Target};
use crate::fleet::{InstanceId, some_of_them};
use crate::install::version::VersionChoice;
use crate::place::{AccountId, Place, Region};
use crate::request::InvalidRequest;
use crate::request::form::{optional, reason, refuse_unknown};

const FIELDS: [&str; 7] = ["accountId", "region", "instances", "action", "version", "reason", "automatic"];

/// What is taken away leaves machines unprotected: no more at a time than a person looks through.
const MOST_UNINSTALLED: usize = 50;

pub(super) fn read(form: &Map<String, Value>) -> Result<InstallRequest, InvalidRequest> {
    refuse_unknown(form, &FIELDS, "")?;
    let account = optional::<AccountId>(form, "accountId", "a text of twelve digits")?
        .ok_or_else(|| InvalidRequest::field("accountId", "name the account of the instances, in twelve digits"))?;
    let region = optional::<Region>(form, "region", "a region such as `eu-central-1`")?
        .ok_or_else(|| InvalidRequest::field("region", "name the region of the instances"))?;
    let request = InstallRequest {
        targets: vec![Target { place: Place { account, region }, instances: instances(form)? }],
        action: optional(form, "action", "`install` or `uninstall`")?.unwrap_or(Action::Install),
        version: version(form)?,
        asker: asker(form)?,
        reason: reason(form.get("reason"))?,
    };
    match request.action {
        Action::Install => Ok(request),
        Action::Uninstall => with_care(request),
    }
}

/// The ids that a form names, if it names some.
pub(super) fn instances(form: &Map<String, Value>) -> Result<Option<BTreeSet<InstanceId>>, InvalidRequest> {
    let ids = optional::<BTreeSet<InstanceId>>(form, "instances", "a list of ids such as `i-0f1a2b3c4d5e6f701`")?;
    ids.map(some_of_them).transpose()
}

/// A form that says nothing was written by a person.
pub(super) fn asker(form: &Map<String, Value>) -> Result<Asker, InvalidRequest> {
    let automatic: Option<bool> = optional(form, "automatic", "`true` or `false`")?;
    Ok(if automatic == Some(true) { Asker::Automatic } else { Asker::Person })
}

fn version(form: &Map<String, Value>) -> Result<VersionChoice, InvalidRequest> {
    match optional::<String>(form, "version", "a text such as `7.19.18110` or `n-1`")? {
        None => Ok(VersionChoice::Policy),
        Some(text) => VersionChoice::read(&text).map_err(|error| InvalidRequest::field("version", error)),
    }
}

fn with_care(request: InstallRequest) -> Result<InstallRequest, InvalidRequest> {
    let named = request.targets.iter().filter_map(|target| target.instances.as_ref()).map(BTreeSet::len).sum();
    if !(1..=MOST_UNINSTALLED).contains(&named) {
        let problem = format!("name the 1 to {MOST_UNINSTALLED} instances that are to lose their sensor");
        return Err(InvalidRequest::field("instances", problem));
    }
    if request.asker == Asker::Automatic {
        return Err(InvalidRequest::field("automatic", "only a person has a sensor taken away: leave it out"));
    }
    if request.version != VersionChoice::Policy {
        return Err(InvalidRequest::field("version", "what is there is taken away, whichever it is: leave it out"));
    }
    Ok(request)
}
