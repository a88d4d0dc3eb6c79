//! Whose Security Hub takes a finding.

use super::host::Host;
use crate::place::Place;

/// The account and region of the host's own instance, if Falcon knows both, and else the hub: whoever answers for an instance looks
/// into his own Security Hub. What is in another partition than the hub, no credentials of the hub's reach.
pub fn home(host: Option<&Host>, hub: &Place) -> Place {
    let own = host.and_then(|host| Some(Place { account: host.aws_account()?, region: host.aws_region()? }));
    own.filter(|own| own.region.partition() == hub.region.partition()).unwrap_or_else(|| hub.clone())
}
