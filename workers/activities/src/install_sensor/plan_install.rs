//! Reads what asks for sensors, looks at each instance, and decides which are acted on.
//!
//! What an event or a finding says of an instance counts for nothing: each is judged anew. Calls GetParameter (the switch that
//! stops automatic acts) and in the members, with their roles, what CheckPlace reads. Idempotent because it only decides.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::fleet::InstanceId;
use falconer_domain::install::{
    Action, Asker, Attempts, Considered, Decision, InstallRequest, InstallRules, Plan, Situation, Skipped, Target,
    VersionChoice,
};
use falconer_domain::request::InvalidRequest;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts};
use crate::clock::Clock;
use crate::falcon;
use crate::fleet::error::{ACCESS_DENIED, REJECTED, UNAVAILABLE};
use crate::fleet::{ConfigError, Fleet, Silence, Survey, findings};
use crate::registry::Services;
use crate::security_hub::{FindingsError, READ_FINDINGS, error as security_hub};
use crate::switch::{self, AutomaticSwitch, SwitchError};
use crate::systems_manager;

/// See the module.
#[derive(Debug)]
pub struct PlanInstall {
    accounts: Accounts,
    fleet: Fleet,
    rules: Arc<InstallRules>,
    switch: AutomaticSwitch,
    clock: Clock,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// An event of Security Hub or of a member account, or the manual form of runbooks/install-sensor.
    event: Value,
    /// The execution's ARN.
    execution: String,
}

/// What is done.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallPlan {
    /// What is done with the instances.
    pub action: Action,
    /// Which version was asked for.
    pub version: VersionChoice,
    /// Why.
    pub reason: String,
    /// The instances.
    pub plan: Plan,
    /// Why nothing is done, if automatic acts are paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// `Input.Invalid`.
    #[error(transparent)]
    Input(#[from] InvalidRequest),
    /// Nobody knows whether anything may act by itself.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// A member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Nobody knows which instances there are.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Nobody knows what was tried before.
    #[error(transparent)]
    Findings(#[from] FindingsError),
    /// Nobody knows whether an instance has a sensor, or can be sent one. Whoever asked for it is told, instead of finding it left
    /// out.
    #[error(transparent)]
    Unanswered(#[from] Silence),
}

impl ActivityError for PlanError {
    const NAMES: &'static [ErrorName] = &[
        switch::UNAVAILABLE,
        switch::ACCESS_DENIED,
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        UNAVAILABLE,
        ACCESS_DENIED,
        REJECTED,
        security_hub::UNAVAILABLE,
        security_hub::ACCESS_DENIED,
        security_hub::REJECTED,
        systems_manager::UNAVAILABLE,
        systems_manager::ACCESS_DENIED,
        systems_manager::REJECTED,
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => INPUT_INVALID.name,
            Self::Switch(error) => error.name(),
            Self::Account(error) => error.name(),
            Self::Config(error) => error.name(),
            Self::Findings(error) => error.name(),
            Self::Unanswered(silence) => silence.error,
        }
    }
}

impl From<&Services> for PlanInstall {
    fn from(services: &Services) -> Self {
        Self {
            accounts: services.accounts.clone(),
            fleet: services.fleet.clone(),
            rules: Arc::clone(&services.install),
            switch: services.switch.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for PlanInstall {
    const NAME: &'static str = "PlanInstall";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions {
        own: &[AutomaticSwitch::READ, Accounts::ACTIONS, Fleet::SENSORS],
        assumed: &[Survey::ACTIONS, READ_FINDINGS],
    };
    type Input = Input;
    type Output = InstallPlan;
    type Error = PlanError;

    async fn run(&self, _: TaskContext, Input { event, execution }: Input) -> Result<InstallPlan, PlanError> {
        let InstallRequest { targets, action, version, asker, reason } = InstallRequest::read(&event)?;
        // Whatever has become of the switch, a person may act.
        let paused = match asker {
            Asker::Automatic => self.switch.read().await?.objection(),
            Asker::Person => None,
        };
        let mut considered = Vec::new();
        if paused.is_none() {
            for target in &targets {
                considered.extend(self.consider(target, action, asker, &execution).await?);
            }
        }
        Ok(InstallPlan { action, version, reason, plan: Plan::of(considered), paused })
    }
}

impl PlanInstall {
    async fn consider(
        &self,
        target: &Target,
        action: Action,
        asker: Asker,
        execution: &str,
    ) -> Result<Vec<Considered>, PlanError> {
        let Target { place, instances } = target;
        let clients = self.accounts.clients(place, execution).await?;
        // Only what nobody asked for is held back by what failed before.
        let mut standing = match asker {
            Asker::Automatic => findings::standing(&clients, instances.as_ref()).await?,
            Asker::Person => Default::default(),
        };
        let of = |instance: InstanceId, decision| Considered {
            place: place.clone(),
            instance,
            named: instances.is_some(),
            decision,
        };
        let mut unseen: BTreeSet<InstanceId> = instances.clone().unwrap_or_default();
        let mut considered = Vec::new();
        let mut survey = self.fleet.survey(&clients, instances.as_ref()).await;
        while let Some(page) = survey.next().await? {
            let now = self.clock.now();
            if let Some(silence) = survey.unanswered(page.iter().map(|judged| &judged.verdict)) {
                return Err(silence.into());
            }
            for judged in page {
                let before = standing.remove(&judged.instance.id).map(|standing| Attempts::read(&standing.fields));
                let (instance, facts, verdict) = (&judged.instance, &judged.facts, &judged.verdict);
                let situation = Situation { instance, facts, verdict, attempts: &before.unwrap_or_default() };
                let decision = match action {
                    Action::Install => situation.install(asker, &self.rules, now),
                    Action::Uninstall => situation.uninstall(),
                };
                unseen.remove(&judged.instance.id);
                considered.push(of(judged.instance.id, decision));
            }
        }
        let not_recorded = || Decision::Skip { why: Skipped::NotRecorded };
        considered.extend(unseen.into_iter().map(|instance| of(instance, not_recorded())));
        Ok(considered)
    }
}
