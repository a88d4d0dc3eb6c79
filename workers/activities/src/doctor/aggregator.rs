//! Which accounts and regions there are, as the organization's Config aggregator knows them.

use std::collections::{BTreeMap, BTreeSet};

use falconer_domain::doctor::{Check, Diagnosis, Subject};
use falconer_domain::place::{AccountId, Region};

use super::obstacle::Obstacle;
use super::{CAUSE, Doctor, in_time};
use crate::accounts::AccountError;
use crate::fleet::ConfigError;

/// The accounts that are known, each with the regions in which it holds instances.
pub type Known = BTreeMap<AccountId, BTreeSet<Region>>;

impl Doctor {
    /// The accounts that the aggregator knows, and whether it could be asked.
    pub async fn known(&self) -> (Known, Check) {
        let mut known = Known::new();
        let diagnosis = if self.aggregator.is_empty() {
            Diagnosis::note(
                "accounts.aggregator is empty: a check of the fleet must name its account and region.",
                "Create a Config aggregator over the organization, and name it there.",
            )
        } else {
            in_time(async {
                match self.ask_aggregator(&mut known).await {
                    Ok(()) => Diagnosis::ok(&format!("{} knows {} accounts.", self.aggregator, known.len())),
                    Err(error) => error,
                }
            })
            .await
        };
        (known, Check::of_account(self.accounts.hub().place.account, Subject::Aggregator, diagnosis))
    }

    async fn ask_aggregator(&self, known: &mut Known) -> Result<(), Diagnosis> {
        let role = self.worker();
        let of_account = |error: AccountError| error.diagnosis(&role);
        let of_config = |error: ConfigError| match error {
            ConfigError::Rejected { .. } => Diagnosis::broken(
                &error.to_string(),
                "Create a Config aggregator over the organization in the hub, and name it in accounts.aggregator.",
            ),
            error => error.diagnosis(&role),
        };
        let hub = self.accounts.clients(&self.accounts.hub().place, CAUSE).await.map_err(of_account)?;
        for account in self.fleet.accounts(&hub).await.map_err(of_config)? {
            known.entry(account).or_default();
        }
        for place in self.fleet.places(&hub, None).await.map_err(of_config)? {
            known.entry(place.account).or_default().insert(place.region);
        }
        Ok(())
    }
}
