//! One account in one region: AWS Config, Security Hub and Systems Manager.

use falconer_domain::doctor::{Check, Diagnosis, Subject, managed, membership, recorder, rule};
use falconer_domain::place::Place;
use futures_util::future;

use super::obstacle::Obstacle;
use super::{CAUSE, Doctor, in_time};
use crate::accounts::Clients;
use crate::aws_failure::{CallFailure, says_unknown_key};
use crate::fleet::ConfigError;
use crate::fleet::recorded::running;
use crate::onboard_account::{membership as of_security_hub, recorder as of_recorder, rule as of_rule};
use crate::security_hub::SecurityHubError;
use crate::systems_manager::SystemsManagerError;

impl Doctor {
    pub(super) async fn examine_place(&self, place: Place) -> Vec<Check> {
        let check = |subject, diagnosis| Check::of_account(place.account, subject, diagnosis).in_region(&place.region);
        let clients = match self.accounts.clients(&place, CAUSE).await {
            Ok(clients) => clients,
            Err(error) => return vec![check(Subject::Role, error.diagnosis(&self.worker()))],
        };
        let role = self.role_in(place.account);
        // First and alone: where the region is not switched on, everything else fails for the same reason.
        let mut is_off = false;
        let recorder = in_time(async {
            match of_recorder::facts(&clients).await {
                Ok(facts) => recorder(&facts, &place, self.onboarding.config_bucket.as_deref()),
                Err(ConfigError::AccessDenied { reason, .. }) if self.is_off(&place, &reason) => {
                    is_off = true;
                    off(&place)
                }
                Err(error) => error.diagnosis(&role),
            }
        })
        .await;
        if is_off {
            return vec![check(Subject::Region, recorder)];
        }
        let mut instances = None;
        let counted = in_time(async {
            match running(&clients).await {
                Ok(running) => {
                    instances = Some(running);
                    Diagnosis::ok(&format!("AWS Config knows {running} running instances."))
                }
                Err(error) => error.diagnosis(&role),
            }
        });
        let (counted, rule, security_hub, commands) = future::join4(
            counted,
            in_time(self.ask_rule(&clients, &role)),
            in_time(self.ask_security_hub(&clients, &role)),
            self.examine_commands(&clients, &role),
        )
        .await;
        let systems_manager = in_time(ask_systems_manager(&clients, instances, &role)).await;
        let mut checks = vec![
            check(Subject::Recorder, recorder),
            check(Subject::Rule, rule),
            check(Subject::Instances, counted),
            check(Subject::SecurityHub, security_hub),
            check(Subject::SystemsManager, systems_manager),
        ];
        checks.extend(commands.map(|commands| check(Subject::Commands, commands)));
        checks
    }

    /// In the hub's own region the key of the same session is known, or nothing would work.
    fn is_off(&self, place: &Place, reason: &str) -> bool {
        place.region != self.accounts.hub().place.region && says_unknown_key(reason)
    }

    async fn ask_rule(&self, clients: &Clients, role: &str) -> Diagnosis {
        match of_rule::standing(clients).await {
            Ok(standing) => rule(standing.as_ref(), self.onboarding.rule_function.as_ref(), &clients.place),
            Err(error) => error.diagnosis(role),
        }
    }

    async fn ask_security_hub(&self, clients: &Clients, role: &str) -> Diagnosis {
        let facts = match of_security_hub::facts(clients).await {
            Ok(facts) => facts,
            Err(error) => return error.diagnosis(role),
        };
        let standing = membership(clients.place.account, self.accounts.hub().place.account, &facts);
        if !standing.is_ok() {
            return standing;
        }
        match clients.security_hub.get_findings().max_results(1).send().await {
            Ok(_) => standing,
            Err(error) => SecurityHubError::of_call("GetFindings", CallFailure::from(&error)).diagnosis(role),
        }
    }

    /// Whether commands can be followed, if sensors are installed at all.
    async fn examine_commands(&self, clients: &Clients, role: &str) -> Option<Diagnosis> {
        let ask = async {
            match clients.systems_manager.list_commands().max_results(1).send().await {
                Ok(_) => Diagnosis::ok("Commands can be followed."),
                Err(error) => {
                    let failure = CallFailure::from(&error);
                    SystemsManagerError::of_call(&clients.place, "ListCommands", failure).diagnosis(role)
                }
            }
        };
        if self.installer.is_configured() { Some(in_time(ask).await) } else { None }
    }
}

/// Whether Systems Manager answers what a check of the place asks it. `running` instances are known.
async fn ask_systems_manager(clients: &Clients, running: Option<u64>, role: &str) -> Diagnosis {
    let failed = |call, failure| SystemsManagerError::of_call(&clients.place, call, failure).diagnosis(role);
    let described = clients.systems_manager.describe_instance_information().max_results(FEWEST).send().await;
    let described = match described {
        Ok(described) => described,
        Err(error) => return failed("DescribeInstanceInformation", CallFailure::from(&error)),
    };
    match clients.systems_manager.get_inventory().max_results(1).send().await {
        Ok(_) => managed(running, !described.instance_information_list().is_empty()),
        Err(error) => failed("GetInventory", CallFailure::from(&error)),
    }
}

/// The fewest that may be asked for
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html>).
const FEWEST: i32 = 5;

fn off(place: &Place) -> Diagnosis {
    Diagnosis::broken(
        &format!(
            "No service of {} knows the account's keys: the region is not switched on in the account.",
            place.region
        ),
        "Switch the region on (AWS Organizations, or the account's own settings: account:EnableRegion), or take it out of \
         onboarding.regions.",
    )
}
