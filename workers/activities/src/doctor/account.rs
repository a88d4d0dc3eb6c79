//! One account: the role in it, Falcon's registration of it, and each region.

use std::collections::BTreeSet;

use falconer_domain::doctor::{Check, Diagnosis, Subject, registration};
use falconer_domain::place::{AccountId, Place, Region};
use futures_util::stream::{self, StreamExt as _};

use super::obstacle::Obstacle;
use super::{CAUSE, Doctor, in_time};
use crate::onboard_account::registration::{lacks, standing};

/// Regions of one account at the same time: each service has its own limits in each.
const REGIONS: usize = 4;

impl Doctor {
    /// Everything in an account. Its registration is asked for only if Falcon `tells` any.
    pub async fn examine_account(&self, account: AccountId, regions: BTreeSet<Region>, tells: bool) -> Vec<Check> {
        let mut checks = Vec::new();
        let role = in_time(self.assume(account)).await;
        let is_open = role.is_ok();
        if account != self.accounts.hub().place.account {
            checks.push(Check::of_account(account, Subject::Role, role));
        }
        if tells && let Some(check) = self.registered(account).await {
            checks.push(check);
        }
        if is_open {
            let places = regions.into_iter().map(|region| self.examine_place(Place { account, region }));
            let places: Vec<Vec<Check>> = stream::iter(places).buffered(REGIONS).collect().await;
            checks.extend(places.into_iter().flatten());
        }
        checks
    }

    async fn assume(&self, account: AccountId) -> Diagnosis {
        let home = Place { account, region: self.accounts.hub().place.region.clone() };
        match self.accounts.clients(&home, CAUSE).await {
            Ok(_) => Diagnosis::ok("It can be assumed."),
            Err(error) => error.diagnosis(&self.worker()),
        }
    }

    /// `None` if accounts are not registered with Falcon.
    async fn registered(&self, account: AccountId) -> Option<Check> {
        let wanted = self.onboarding.wanted_registration(account, &self.accounts.hub().place.region)?;
        let diagnosis = in_time(async {
            match standing(&self.falcon, wanted.api, account).await {
                Ok(None) => registration(account, None),
                Ok(Some(standing)) => registration(account, Some(&lacks(&standing, &wanted))),
                Err(error) => error.diagnosis(&self.worker()),
            }
        })
        .await;
        Some(Check::of_account(account, Subject::Registration, diagnosis))
    }

    /// The role that acts in an account, as remedies name it.
    pub(super) fn role_in(&self, account: AccountId) -> String {
        if account == self.accounts.hub().place.account {
            self.worker()
        } else {
            format!("the role {} in {account}", self.accounts.role().name)
        }
    }
}
