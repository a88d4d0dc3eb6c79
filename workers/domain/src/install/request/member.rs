//! The event that a member account puts on the hub's bus, from the Automation document there.
//!
//! ```json
//! {
//!   "source": "falconer.member", "detail-type": "Falconer Install Requested",
//!   "account": "444455556666", "region": "us-east-1",
//!   "detail": {"instances": ["i-0f1a2b3c4d5e6f701"], "reason": "AWS Config: falconer-sensor", "automatic": true}
//! }
//! ```
//!
//! A member speaks for itself only. EventBridge writes the account and the region of the sender on the envelope
//! (<https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>); the detail is the sender's own words,
//! so that it can name neither, and nothing but an install.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Action, InstallRequest, targets, written};
use crate::install::version::VersionChoice;
use crate::place::{AccountId, Place, Region};
use crate::request::InvalidRequest;
use crate::request::form::{reason, refuse_unknown};

/// Who sends the event.
pub(super) const SOURCE: &str = "falconer.member";
const DETAIL_TYPE: &str = "Falconer Install Requested";
const FIELDS: [&str; 3] = ["instances", "reason", "automatic"];

pub(super) fn read(event: &Value) -> Result<InstallRequest, InvalidRequest> {
    if event["detail-type"] != DETAIL_TYPE {
        return Err(InvalidRequest::field("detail-type", format!("it must be `{DETAIL_TYPE}`")));
    }
    let place = place(event)?;
    let detail = event["detail"].as_object().ok_or_else(|| InvalidRequest::field("detail", "it must be an object"))?;
    refuse_unknown(detail, &FIELDS, "detail.")?;
    let instances = written::instances(detail)?
        .ok_or_else(|| InvalidRequest::field("detail.instances", "name the instances that are to get a sensor"))?;
    Ok(InstallRequest {
        targets: targets(BTreeMap::from([(place, instances)]), "detail.instances")?,
        action: Action::Install,
        version: VersionChoice::Policy,
        asker: written::asker(detail)?,
        reason: reason(detail.get("reason"))?,
    })
}

fn place(event: &Value) -> Result<Place, InvalidRequest> {
    let account: Option<AccountId> = event["account"].as_str().and_then(|account| account.parse().ok());
    let region: Option<Region> = event["region"].as_str().and_then(|region| region.parse().ok());
    Ok(Place {
        account: account
            .ok_or_else(|| InvalidRequest::field("account", "it must be the sender's, as EventBridge writes it"))?,
        region: region
            .ok_or_else(|| InvalidRequest::field("region", "it must be the sender's, as EventBridge writes it"))?,
    })
}
