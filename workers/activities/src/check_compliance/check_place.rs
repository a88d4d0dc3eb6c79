//! Judges the instances of one account and region, and writes what is new into its Config rule and its findings.
//!
//! In the member, with its role: SelectResourceConfig, DescribeInstanceInformation, GetInventory, GetFindings, PutEvaluations,
//! BatchImportFindings; of Falcon hosts and update policies. It goes page by page, so that an account may have any number of
//! instances. A source or a place to write that fails costs its own part alone: the rest is done, and then the task fails as
//! `Check.Incomplete`, so that it is repeated; the last attempt tells what it could not do instead. Idempotent because an
//! evaluation says the same again, and a finding is known by its id and only written if it would say something else, or if an
//! install failed and may be tried again. Sensors that are missing are asked for by the findings of the few instances that a check
//! names, and by the check itself, all at once, if it is about a whole place.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::fleet::Summary;
use falconer_domain::install::{GatheredInstall, InstallRules};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::checked::Checked;
use super::plan_check::CheckTerms;
use super::write::{Evaluations, Findings, note};
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::clock::Clock;
use crate::fleet::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::fleet::{ConfigError, Fleet, Silence, Survey, evaluations};
use crate::registry::Services;
use crate::security_hub::{IMPORT_FINDINGS, READ_FINDINGS};

/// Attempts after which a place is left as it is. The state's Retry has one more, for the worker's own mishaps.
const MOST_ATTEMPTS: u32 = 3;

const INCOMPLETE: ErrorName = ErrorName::transient(
    "Check.Incomplete",
    "A source did not answer, or a part could not be written; the rest was done. The cause names each.",
);

/// See the module.
#[derive(Debug)]
pub struct CheckPlace {
    accounts: Accounts,
    fleet: Fleet,
    install: Arc<InstallRules>,
    clock: Clock,
}

/// What is to be checked.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// Where.
    place: Place,
    /// What for.
    terms: CheckTerms,
    /// How often it was tried before.
    attempt: u32,
    /// The execution's ARN.
    execution: String,
}

/// Why a place was not checked.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Nobody knows which instances there are.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// `Check.Incomplete`.
    #[error("not everything could be done in {place}: {causes}")]
    Incomplete {
        /// Where.
        place: Place,
        /// Each failure.
        causes: String,
    },
}

impl ActivityError for CheckError {
    const NAMES: &'static [ErrorName] =
        &[accounts::UNAVAILABLE, accounts::ACCESS_DENIED, UNAVAILABLE, ACCESS_DENIED, REJECTED, INCOMPLETE];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Incomplete { .. } => INCOMPLETE.name,
        }
    }
}

impl From<&Services> for CheckPlace {
    fn from(services: &Services) -> Self {
        Self {
            accounts: services.accounts.clone(),
            fleet: services.fleet.clone(),
            install: Arc::clone(&services.install),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for CheckPlace {
    const NAME: &'static str = "CheckPlace";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions {
        own: &[Accounts::ACTIONS, Fleet::SENSORS],
        assumed: &[Survey::ACTIONS, evaluations::PUT, READ_FINDINGS, IMPORT_FINDINGS],
    };
    type Input = Input;
    type Output = Checked;
    type Error = CheckError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<Checked, CheckError> {
        let Input { place, terms, attempt, execution } = input;
        let (mut checked, silences) = self.check(&place, &terms, &execution).await?;
        let is_worthwhile = silences.iter().any(|silence| silence.is_transient);
        if is_worthwhile && attempt < MOST_ATTEMPTS {
            let causes: Vec<String> =
                silences.into_iter().map(|one| format!("{} ({})", one.error, one.cause)).collect();
            return Err(CheckError::Incomplete { place, causes: causes.join("; ") });
        }
        silences.iter().for_each(|silence| note(&mut checked.summary, &place, silence));
        Ok(checked)
    }
}

impl CheckPlace {
    /// Does what can be done, and what could not.
    async fn check(
        &self,
        place: &Place,
        terms: &CheckTerms,
        execution: &str,
    ) -> Result<(Checked, Vec<Silence>), CheckError> {
        let clients = self.accounts.clients(place, execution).await?;
        let gone = terms.rule.as_ref().map(|rule| &rule.gone);
        let asked = terms.instances.as_ref().map(|ids| ids | gone.unwrap_or(&BTreeSet::new()));
        let mut survey = self.fleet.survey(&clients, terms.instances.as_ref()).await;
        let mut evaluations = terms.rule.as_ref().map(|rule| Evaluations::new(&clients, &rule.token));
        let mut findings = match terms.dry_run {
            true => None,
            false => Some(Findings::begin(&clients, asked.as_ref(), self.install.back_off).await),
        };
        let mut summary = Summary::default();
        while let Some(page) = survey.next().await? {
            let now = self.clock.now();
            page.iter().for_each(|judged| summary.instances.count(&judged.verdict));
            if let Some(evaluations) = &mut evaluations {
                evaluations.judged(&page, now).await;
            }
            if let Some(findings) = &mut findings {
                findings.judged(&page, now).await;
            }
        }
        let mut silences = survey.silence().to_vec();
        let now = self.clock.now();
        if let Some(mut evaluations) = evaluations {
            evaluations.gone(gone.unwrap_or(&BTreeSet::new()), now).await;
            silences.extend(evaluations.end(&mut summary));
        }
        let mut missing = 0;
        if let Some(mut findings) = findings {
            findings.gone(now).await;
            let (silence, asked_for) = findings.end(&mut summary).await;
            silences.extend(silence);
            missing = asked_for;
        }
        let is_asked_for = missing > 0 && self.install.after_sweeps;
        let installs = is_asked_for.then(|| GatheredInstall::of(place, missing)).into_iter().collect();
        Ok((Checked { summary, installs, ..Checked::default() }, silences))
    }
}
