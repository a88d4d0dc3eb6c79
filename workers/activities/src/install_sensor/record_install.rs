//! Judges the instances of one batch again, and writes what became of them on their findings.
//!
//! In the member, with its role, it calls what CheckPlace calls, and BatchUpdateFindings for what stands about failed attempts.
//! A part that fails costs no other: what the steps know of the instances is told whatever becomes of their findings, and the last
//! attempt tells what it could not do. Idempotent because findings are known by their ids, and an attempt is counted once for the
//! time at which the state was entered.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use falconer_domain::fleet::{Failure, InstanceId};
use falconer_domain::install::{self, Attempts, BatchResults, Cause, FAILED_AT_FIELD, InstanceResult, Outcome};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::batch::{BatchState, StepFailure};
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::clock::Clock;
use crate::falcon;
use crate::fleet::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::fleet::{ConfigError, Fleet, Judged, Silence, Survey, findings};
use crate::registry::Services;
use crate::security_hub::{
    FindingsError, IMPORT_FINDINGS, NOT_IMPORTED, READ_FINDINGS, error as security_hub, import_findings,
};
use crate::systems_manager;

/// Attempts after which findings are left as they are. The state's Retry has one more, for the worker's own mishaps.
const MOST_ATTEMPTS: u32 = 5;

/// See the module.
#[derive(Debug)]
pub struct RecordInstall {
    accounts: Accounts,
    fleet: Fleet,
    clock: Clock,
}

/// The batch.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// As far as it went.
    state: BatchState,
    /// How often it was tried before.
    attempt: u32,
    /// When the state was entered, the same in every attempt.
    #[schemars(with = "String")]
    entered: Timestamp,
    /// The execution's ARN.
    execution: String,
}

/// What could not be written. The results are known all the same.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The instances could not be judged again.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The findings could not be written.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// A source that an instance is judged by did not answer. The findings of the others were written.
    #[error(transparent)]
    Unanswered(#[from] Silence),
}

impl ActivityError for RecordError {
    const NAMES: &'static [ErrorName] = &[
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        UNAVAILABLE,
        ACCESS_DENIED,
        REJECTED,
        security_hub::UNAVAILABLE,
        security_hub::ACCESS_DENIED,
        security_hub::REJECTED,
        NOT_IMPORTED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Findings(error) => error.name(),
            Self::Unanswered(silence) => silence.error,
        }
    }
}

impl From<&Services> for RecordInstall {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), fleet: services.fleet.clone(), clock: services.clock.clone() }
    }
}

impl Activity for RecordInstall {
    const NAME: &'static str = "RecordInstall";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions {
        own: &[Accounts::ACTIONS, Fleet::SENSORS],
        assumed: &[Survey::ACTIONS, READ_FINDINGS, IMPORT_FINDINGS, findings::SET_FIELDS],
    };
    type Input = Input;
    type Output = BatchResults;
    type Error = RecordError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<BatchResults, RecordError> {
        let Input { state, attempt, entered, execution } = input;
        let place = &state.batch.place;
        let mut failures = Vec::new();
        if let Some(StepFailure { error, cause }) = &state.not_ended {
            failures.push(Failure::new(place, error, cause));
        }
        let results = match self.record(&state, entered, &execution).await {
            Ok(results) => results,
            Err(error) => {
                let silence = Silence::of(&error);
                if silence.is_transient && attempt < MOST_ATTEMPTS {
                    return Err(error);
                }
                failures.push(Failure::new(place, silence.error, &silence.cause));
                results(&state, |_| true)
            }
        };
        Ok(BatchResults { batch: state.batch.index, results, failures })
    }
}

impl RecordInstall {
    /// Writes on the findings what became of their instances, and answers it.
    async fn record(
        &self,
        state: &BatchState,
        entered: Timestamp,
        execution: &str,
    ) -> Result<Vec<InstanceResult>, RecordError> {
        let place = &state.batch.place;
        let ids: BTreeSet<InstanceId> = state.batch.instances.iter().cloned().collect();
        let clients = self.accounts.clients(place, execution).await?;
        let mut standing = findings::standing(&clients, Some(&ids)).await?;
        let mut judged: HashMap<InstanceId, Judged> = HashMap::new();
        let mut survey = self.fleet.survey(&clients, Some(&ids)).await;
        while let Some(page) = survey.next().await? {
            judged.extend(page.into_iter().map(|one| (one.instance.id.clone(), one)));
        }
        let results = results(state, |instance| judged.contains_key(instance));
        let now = self.clock.now();
        let mut due = Vec::new();
        let mut attempts = Vec::new();
        for result in &results {
            let before = standing.remove(&result.instance);
            match judged.get(&result.instance) {
                Some(Judged { verdict, .. }) => {
                    if findings::is_due(verdict, before.as_ref(), now) {
                        // It was just tried: what is written now must not begin the next attempt.
                        due.push(findings::about(place, &result.instance, verdict, before.as_ref(), now, false));
                    }
                    let fields = before.map(|standing| standing.fields).unwrap_or_default();
                    attempts.extend(attempt(result, &fields, entered).map(|fields| (result.instance.clone(), fields)));
                }
                None => due.extend(before.map(|before| findings::about_gone(place, &result.instance, &before, now))),
            }
        }
        import_findings(&clients.security_hub, &clients.place, due).await?;
        findings::set_fields(&clients, attempts).await?;
        match survey.unanswered(judged.values().map(|judged| &judged.verdict)) {
            Some(silence) => Err(silence.into()),
            None => Ok(results),
        }
    }
}

/// One result for each instance. What the steps say is held to what is so now: an instance that is gone failed for that reason.
fn results(state: &BatchState, exists: impl Fn(&InstanceId) -> bool) -> Vec<InstanceResult> {
    let mut known: BTreeMap<&InstanceId, &Outcome> = BTreeMap::new();
    known.extend(state.results().map(|result| (&result.instance, &result.outcome)));
    let outcome = |instance: &InstanceId| match known.get(instance) {
        Some(Outcome::Failed { .. }) | None if !exists(instance) => {
            Outcome::Failed { error: install::Failure::Terminated, cause: Cause::of("it was terminated on the way") }
        }
        Some(outcome) => (*outcome).clone(),
        None => interrupted(state),
    };
    state.batch.instances.iter().map(|id| InstanceResult { instance: id.clone(), outcome: outcome(id) }).collect()
}

/// What becomes of an instance on which no step has a word, because one failed.
fn interrupted(state: &BatchState) -> Outcome {
    let Some(failure) = &state.failure else {
        return Outcome::Failed {
            error: install::Failure::Interrupted,
            cause: Cause::of("no step told what became of it"),
        };
    };
    let error =
        if state.authorized.is_none() { install::Failure::NotAuthorized } else { install::Failure::Interrupted };
    Outcome::Failed { error, cause: Cause::of(&format!("{}: {}", failure.error, failure.cause)) }
}

/// What is to stand on the finding about attempts, if it is something else than what stands: a failure that an earlier try of this
/// step has counted is not counted again.
fn attempt(
    result: &InstanceResult,
    fields: &BTreeMap<String, String>,
    at: Timestamp,
) -> Option<BTreeMap<String, String>> {
    let changed = match &result.outcome {
        Outcome::Failed { .. } if fields.get(FAILED_AT_FIELD) == Some(&format!("{at:.0}")) => return None,
        Outcome::Failed { error, .. } => Attempts::failed(fields, at, *error),
        _ => Attempts::cleared(fields),
    };
    (changed != *fields).then_some(changed)
}
