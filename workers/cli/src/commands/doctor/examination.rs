//! The hub and every account, several at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_config::SdkConfig;
use falconer_activities::accounts::Hub;
use falconer_activities::clock::Clock;
use falconer_activities::doctor::{Doctor, Known};
use falconer_activities::falcon::FalconCloud;
use falconer_activities::firewall::BlockGroups;
use falconer_domain::doctor::{Check, Diagnosis, Subject};
use falconer_domain::place::{AccountId, Region};
use falconer_falcon::Transport;
use futures_util::future;
use futures_util::stream::{self, StreamExt as _};

use super::{DoctorArgs, deployed};
use crate::aws;
use crate::commands::switch;
use crate::config::Parsed;
use crate::failure::CommandFailure;
use crate::organization::{Caller, Organization};
use crate::progress;

/// Accounts at the same time. Each has its own limits in AWS, and of Falcon each takes one request.
const AT_THE_SAME_TIME: usize = 16;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Whose credentials were used.
    pub asked_as: String,
    /// How everything is, account by account, the hub first.
    pub checks: Vec<Check>,
}

/// Looks at the hub and at every account that is meant. Falcon is behind `falcon`.
///
/// # Errors
/// AWS does not say who asks.
pub async fn examine(
    sdk: &SdkConfig,
    falcon: Arc<dyn Transport>,
    config: &Parsed,
    clock: &Clock,
    args: &DoctorArgs,
) -> Result<Examination, CommandFailure> {
    let sdk = &aws::with_time_out(sdk);
    let Caller { arn, hub } = Caller::of(sdk).await?;
    let home = hub.place.clone();
    let doctor = doctor(sdk, hub, falcon, config, clock);
    let (meant, mut checks) = meant(&doctor, home.account, &args.account).await;
    let progress = progress::bar(meant.len(), "accounts");
    let mut tells_registrations = doctor.falcon.is_configured();
    if meant.contains_key(&home.account) {
        let credentials = Diagnosis::ok(&format!("They are those of {arn}."));
        checks.push(Check::of_account(home.account, Subject::Credentials, credentials));
        let states = aws_sdk_sfn::Client::new(sdk);
        let (deployed, of_hub) = future::join(deployed::examine(&states, home.account), doctor.examine_hub()).await;
        tells_registrations = of_hub.tells_registrations;
        checks.extend(deployed.into_iter().chain(of_hub.checks));
    }
    let prepared = config.onboarding.regions(&home.region);
    let accounts = meant.into_iter().map(|(account, known)| {
        let regions = regions(known, &args.region, &prepared);
        doctor.examine_account(account, regions, tells_registrations)
    });
    let mut accounts = stream::iter(accounts).buffer_unordered(AT_THE_SAME_TIME);
    while let Some(of_account) = accounts.next().await {
        checks.extend(of_account);
        progress.inc(1);
    }
    progress.finish_and_clear();
    sort(&mut checks, home.account);
    Ok(Examination { asked_as: arn, checks })
}

/// Made of the same parts as the worker.
fn doctor(sdk: &SdkConfig, hub: Hub, falcon: Arc<dyn Transport>, config: &Parsed, clock: &Clock) -> Doctor {
    let store = aws_sdk_ssm::Client::new(sdk);
    let installer = FalconCloud::new(store, config.installer.clone(), Arc::clone(&falcon), clock.clone());
    let Organization { accounts, fleet, falcon } = Organization::new(sdk, hub, falcon, config, clock);
    Doctor {
        accounts,
        fleet,
        aggregator: config.aggregator.clone(),
        switch: switch::named_by(sdk, config),
        groups: BlockGroups::new(aws_sdk_networkfirewall::Client::new(sdk), &config.block_groups),
        hunts: Arc::clone(&config.hunts),
        falcon,
        installer,
        onboarding: Arc::clone(&config.onboarding),
    }
}

/// The accounts that are meant, with the regions in which they are known to have instances, and what was learned on the way.
async fn meant(doctor: &Doctor, hub: AccountId, named: &[AccountId]) -> (Known, Vec<Check>) {
    if !named.is_empty() {
        return (named.iter().map(|account| (*account, BTreeSet::new())).collect(), Vec::new());
    }
    let (mut known, aggregator) = doctor.known().await;
    known.entry(hub).or_default();
    (known, vec![aggregator])
}

/// Where an account is looked at that is `known` to have instances in some regions.
fn regions(known: BTreeSet<Region>, named: &[Region], prepared: &[Region]) -> BTreeSet<Region> {
    if named.is_empty() {
        known.into_iter().chain(prepared.iter().cloned()).collect()
    } else {
        named.iter().cloned().collect()
    }
}

/// The hub first, then by account; what belongs to an account as a whole before its regions.
fn sort(checks: &mut [Check], hub: AccountId) {
    checks.sort_by(|one, other| {
        let key = |check: &Check| {
            (check.account != hub, check.account, check.region.clone(), check.subject, check.name.clone())
        };
        key(one).cmp(&key(other))
    });
}
