//! Verifies the logging baseline of a place, and keeps one finding for each gap.
//!
//! In the member, with its role: DescribeConfigurationRecorders, DescribeConfigurationRecorderStatus, DescribeDeliveryChannels,
//! SelectResourceConfig, GetFindings, BatchImportFindings; in a dry run DescribeHub. What Config does not record is unknown: a finding about it stays as it
//! stands, and while its recorder is new the task fails as `Config.Settling` and is tried again. Idempotent because a finding is known by its id, and written only if it would say something else.

use std::time::Duration;

use falconer_domain::onboarding::baseline::{Baseline, GENERATOR};
use falconer_domain::onboarding::{Step, StepOutcome, StepResult};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::own_findings::own_findings;
use super::place_task::PlaceTask;
use super::recordings::{self, recordings};
use super::step_taken::StepTaken;
use super::{gaps, membership, recorder};
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::clock::Clock;
use crate::fleet::{ConfigError, error as config};
use crate::registry::Services;
use crate::security_hub::error as security_hub;
use crate::security_hub::{
    FindingsError, IMPORT_FINDINGS, MOST_IMPORTED, NOT_IMPORTED, READ_FINDINGS, SecurityHubError, import_findings,
};

/// Attempts while AWS Config has not yet found what is there; they span more than it needs. The state's Retry has as many.
const MOST_ATTEMPTS: u32 = 8;

const SETTLING: ErrorName = ErrorName::transient(
    "Config.Settling",
    "AWS Config was started minutes ago and has not yet found what is there; the baseline is verified when it has.",
);

/// See the module.
#[derive(Debug)]
pub struct VerifyBaseline {
    accounts: Accounts,
    clock: Clock,
}

/// Which place's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    #[serde(flatten)]
    task: PlaceTask,
    /// What EnsureRecorder told, or failed with.
    recorder: StepTaken,
    /// When it had.
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: Timestamp,
    /// How often it was tried before.
    attempt: u32,
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
    /// `Config.Settling`.
    #[error(
        "AWS Config of {place} was started a short time ago and does not yet show what is there. It is worth repeating"
    )]
    Settling {
        /// Where.
        place: Place,
    },
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
        SETTLING,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Findings(error) => error.name(),
            Self::Settling { .. } => SETTLING.name,
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
    const ACTIONS: Actions = Actions {
        own: &[Accounts::ACTIONS],
        assumed: &[recorder::READ, membership::LOOK, recordings::ACTIONS, READ_FINDINGS, IMPORT_FINDINGS],
    };
    type Input = Input;
    type Output = StepResult;
    type Error = BaselineError;

    async fn run(
        &self,
        _: TaskContext,
        Input { task, recorder, since, attempt }: Input,
    ) -> Result<StepResult, BaselineError> {
        let PlaceTask { place, dry_run, execution } = task;
        let clients = self.accounts.clients(&place, &execution).await?;
        let now = self.clock.now();
        let facts = recorder::facts(&clients).await?;
        let facts = if recorder.is_done() { facts.changed_at(since) } else { facts };
        let baseline = Baseline::of(&recordings(&clients, &facts, now).await?);
        // A dry run has not switched Security Hub on: no finding stands where it is off.
        let has_findings = !dry_run || membership::is_on(&clients).await?;
        let standing =
            if has_findings { own_findings(&clients.security_hub, &place, GENERATOR).await? } else { Vec::new() };
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
        if facts.is_settling(now) && !baseline.is_whole() && !dry_run && attempt < MOST_ATTEMPTS {
            return Err(BaselineError::Settling { place });
        }
        Ok(StepResult::in_region(Step::Baseline, place.region, outcome))
    }
}
