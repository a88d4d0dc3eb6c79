//! Verifies the logging baseline of a place, and keeps one finding for each gap.
//!
//! In the member, with its role: DescribeConfigurationRecorders, DescribeConfigurationRecorderStatus, DescribeDeliveryChannels,
//! SelectResourceConfig, GetFindings, BatchImportFindings. What Config does not record is unknown: a finding about it stays as it
//! stands. Idempotent because a finding is known by its id, and written only if it would say something else.

use std::time::Duration;

use falconer_domain::onboarding::baseline::{Baseline, GENERATOR};
use falconer_domain::onboarding::{Step, StepOutcome, StepResult};
use falconer_runtime::{Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::own_findings::own_findings;
use super::place_task::PlaceTask;
use super::recordings::recordings;
use super::{gaps, recorder};
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::clock::Clock;
use crate::fleet::{ConfigError, error as config};
use crate::registry::Services;
use crate::security_hub::error as security_hub;
use crate::security_hub::{FindingsError, MOST_IMPORTED, NOT_IMPORTED, SecurityHubError, import_findings};

/// See the module.
#[derive(Debug)]
pub struct VerifyBaseline {
    accounts: Accounts,
    clock: Clock,
}

/// Why nobody knows.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// AWS Config could not be asked.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The findings could not be read or written.
    #[error(transparent)]
    Findings(#[from] FindingsError),
}

impl ActivityError for BaselineError {
    const NAMES: &'static [ErrorName] = &[
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        config::UNAVAILABLE,
        config::ACCESS_DENIED,
        config::REJECTED,
        security_hub::UNAVAILABLE,
        security_hub::ACCESS_DENIED,
        security_hub::REJECTED,
        NOT_IMPORTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Findings(error) => error.name(),
        }
    }
}

impl From<SecurityHubError> for BaselineError {
    fn from(error: SecurityHubError) -> Self {
        Self::Findings(error.into())
    }
}

impl From<&Services> for VerifyBaseline {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), clock: services.clock.clone() }
    }
}

impl Activity for VerifyBaseline {
    const NAME: &'static str = "VerifyBaseline";
    const HEARTBEAT: Duration = HEARTBEAT;
    type Input = PlaceTask;
    type Output = StepResult;
    type Error = BaselineError;

    async fn run(
        &self,
        _: TaskContext,
        PlaceTask { place, dry_run, execution }: PlaceTask,
    ) -> Result<StepResult, BaselineError> {
        let clients = self.accounts.clients(&place, &execution).await?;
        let now = self.clock.now();
        let facts = recorder::facts(&clients).await?;
        let baseline = Baseline::of(&recordings(&clients, &facts, now).await?);
        let standing = own_findings(&clients.security_hub, &place, GENERATOR).await?;
        let due = gaps::due(&place, &baseline, &standing, now);
        let sentence = format!("{}.", baseline.sentence());
        let outcome = match due.len() {
            0 => StepOutcome::already_there(&sentence),
            due if dry_run => StepOutcome::planned(&format!("{sentence} Findings that would be written: {due}.")),
            _ => {
                for findings in due.chunks(MOST_IMPORTED) {
                    import_findings(&clients.security_hub, &place, findings.to_vec()).await?;
                }
                StepOutcome::done(&format!("{sentence} Findings written: {}.", due.len()))
            }
        };
        Ok(StepResult::in_region(Step::Baseline, place.region, outcome))
    }
}
