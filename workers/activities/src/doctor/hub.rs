//! What the hub needs by itself.

use falconer_domain::doctor::{Check, Diagnosis, Subject};
use falconer_domain::policy::Switch;
use futures_util::future;

use super::obstacle::Obstacle;
use super::{Doctor, in_time};

/// What the hub needs by itself.
#[derive(Clone, Debug)]
pub struct ExaminedHub {
    /// How each of it is.
    pub checks: Vec<Check>,
    /// Whether Falcon says which accounts it knows: what it refuses for one it refuses for all.
    pub tells_registrations: bool,
}

impl Doctor {
    /// The switch, the rule groups, Falcon, and the members' external id.
    pub async fn examine_hub(&self) -> ExaminedHub {
        let (switch, groups, falcon, installer) = future::join4(
            in_time(self.ask_switch()),
            self.examine_groups(),
            self.examine_api_client(),
            self.examine_install_client(),
        )
        .await;
        let hub = self.accounts.hub().place.account;
        let own = [
            Check::of_account(hub, Subject::Switch, switch),
            Check::of_account(hub, Subject::ExternalId, self.external_id()),
        ];
        let (falcon, tells_registrations) = falcon;
        let checks = own.into_iter().chain(groups).chain(falcon).chain(installer).collect();
        ExaminedHub { checks, tells_registrations }
    }

    /// The role of the workers, as remedies name it.
    pub(super) fn worker(&self) -> String {
        format!("the workers' role in {}", self.accounts.hub().place.account)
    }

    async fn ask_switch(&self) -> Diagnosis {
        match self.switch.read().await {
            Ok(Switch::On) => Diagnosis::ok("What the policy lets act, acts by itself."),
            Ok(switch @ Switch::Paused(_)) => Diagnosis::note(
                &format!("Nothing acts by itself: {}.", switch.objection().unwrap_or_default()),
                "`falconer resume` lets it go on.",
            ),
            Ok(Switch::Unclear) => Diagnosis::broken(
                "It is missing or unreadable, and so nothing acts by itself.",
                "`falconer resume` writes it.",
            ),
            Err(error) => error.diagnosis(&self.worker()),
        }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>.
    fn external_id(&self) -> Diagnosis {
        match &self.accounts.role().external_id {
            Some(_) => Diagnosis::ok("The workers say one when they assume the members' roles."),
            None => Diagnosis::note(
                "accounts.external_id is empty: the members' roles cannot demand one, which keeps a deputy from being confused.",
                "Let the trust policy of the members' roles demand an sts:ExternalId, and set it in accounts.external_id.",
            ),
        }
    }
}
