//! Reads the event or the manual form, asks the policy about each finding, takes the indicators out, and asks the guard
//! about each: whether it may be blocked, and whether by itself.
//!
//! Calls GetParameter, for the switch that stops automatic acts, and Falcon's alerts, for findings that name no indicator.
//! Idempotent because it only decides; a second run may see a later time, and then nothing of the first was used.

use std::sync::Arc;
use std::time::Duration;

use falconer_domain::extract::Candidate;
use falconer_domain::guard::Guard;
use falconer_domain::note::Reserved;
use falconer_domain::policy::{Decision, Policy, Switch, Terms, Waiting};
use falconer_domain::request::{InvalidRequest, Origin, Request};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::plan::{ContainmentPlan, PlannedBlock, PlannedFinding, RefusedCandidate, ReservedCandidate};
use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::falcon::{self, FalconCallError, FalconCloud};
use crate::registry::Services;
use crate::switch::{self, AutomaticSwitch, SwitchError};

/// Refusals that travel with the execution; the rest is counted. With the longest names they stay far below the
/// 262,144 bytes that Step Functions hands on.
const MAX_REFUSALS: usize = 50;

/// See the module.
#[derive(Debug)]
pub struct PlanContainment {
    guard: Arc<Guard>,
    policy: Arc<Policy>,
    switch: AutomaticSwitch,
    falcon: FalconCloud,
    clock: Clock,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The EventBridge event, or the manual form of runbooks/contain-finding.
    event: Value,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The input is neither an event nor the manual form, or one of its fields is wrong: `Input.Invalid`.
    #[error(transparent)]
    Input(#[from] InvalidRequest),
    /// Nobody knows whether anything may act by itself.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// A finding names no indicator, and Falcon could not be asked for it.
    #[error(transparent)]
    Falcon(#[from] FalconCallError),
}

impl ActivityError for PlanError {
    const NAMES: &'static [ErrorName] =
        &[switch::UNAVAILABLE, switch::ACCESS_DENIED, falcon::UNAVAILABLE, falcon::ACCESS_DENIED, falcon::REJECTED];

    fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => INPUT_INVALID.name,
            Self::Switch(error) => error.name(),
            Self::Falcon(error) => error.name(),
        }
    }
}

impl From<&Services> for PlanContainment {
    fn from(services: &Services) -> Self {
        Self {
            guard: Arc::clone(&services.guard),
            policy: Arc::clone(&services.policy),
            switch: services.switch.clone(),
            falcon: services.falcon.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for PlanContainment {
    const NAME: &'static str = "PlanContainment";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[AutomaticSwitch::READ, FalconCloud::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = ContainmentPlan;
    type Error = PlanError;

    async fn run(&self, _: TaskContext, input: Input) -> Result<ContainmentPlan, PlanError> {
        let request = self.complete(Request::read(&input.event)?).await?;
        let Request { origin, findings, candidates, remarks, remarks_left_out, reason, ttl, mode, dry_run, .. } =
            request;
        // Whatever has become of the switch, a person may act.
        let switch = if origin.requester().is_automatic() { self.switch.read().await? } else { Switch::On };
        let decided = |summary| PlannedFinding { decision: self.policy.decide(&summary, &origin, &switch), summary };
        let findings: Vec<PlannedFinding> = findings.into_iter().map(decided).collect();
        let (mut blocks, mut waiting, mut reserved, mut refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for candidate in candidates {
            let Some(terms) = self.terms(&candidate, &findings) else {
                waiting.push(candidate);
                continue;
            };
            let terms = Terms { ttl: ttl.unwrap_or(terms.ttl), mode: mode.unwrap_or(terms.mode) };
            match (self.guard.admit(candidate.indicator.clone()), self.reservation(&candidate, &origin)) {
                (Err(refusal), _) => refused.push(RefusedCandidate { refusal, findings: candidate.findings }),
                (Ok(_), Some(waiting)) => {
                    let Candidate { indicator, findings, .. } = candidate;
                    reserved.push(ReservedCandidate { reserved: Reserved { indicator, waiting }, findings });
                }
                (Ok(_), None) => blocks.push(PlannedBlock { candidate, terms }),
            }
        }
        let refused_left_out = refused.len().saturating_sub(MAX_REFUSALS);
        refused.truncate(MAX_REFUSALS);
        let created = self.clock.now();
        Ok(ContainmentPlan {
            origin,
            findings,
            blocks,
            waiting,
            reserved,
            refused,
            refused_left_out,
            remarks,
            remarks_left_out,
            reason,
            created,
            dry_run,
        })
    }
}

impl PlanContainment {
    /// The request with what Falcon's alerts name, if findings leave it to them.
    async fn complete(&self, request: Request) -> Result<Request, PlanError> {
        if request.lookups.is_empty() {
            return Ok(request);
        }
        let ids: Vec<String> = request.lookups.iter().map(|lookup| lookup.alert.clone()).collect();
        let alerts = self.falcon.alerts(&ids).await?;
        Ok(request.with_alerts(alerts.as_ref())?)
    }

    /// Why nobody but a person may have the candidate blocked, if a finding asks that nobody has looked at.
    fn reservation(&self, candidate: &Candidate, origin: &Origin) -> Option<Waiting> {
        let is_automatic = origin.requester().is_automatic();
        let reservation = self.guard.reservation(&candidate.indicator).filter(|_| is_automatic)?;
        Some(Waiting::reserved(&reservation))
    }

    /// The strongest of what the findings that act and name the candidate ask for; `None` if none of them acts.
    fn terms(&self, candidate: &Candidate, findings: &[PlannedFinding]) -> Option<Terms> {
        if candidate.findings.is_empty() {
            return Some(self.policy.terms_without_finding());
        }
        let named = candidate.findings.iter().filter_map(|&index| findings.get(index));
        let acting = named.filter_map(|finding| match &finding.decision {
            Decision::Act(terms) => Some(*terms),
            Decision::Wait(_) | Decision::Ignore(_) => None,
        });
        acting.reduce(|one, other| Terms { ttl: one.ttl.max(other.ttl), mode: one.mode.max(other.mode) })
    }
}
