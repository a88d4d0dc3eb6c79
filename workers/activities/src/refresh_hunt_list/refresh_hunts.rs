//! Brings the hunt rule group up to date with what Falcon Intelligence knows.
//!
//! Each hunt's list is read whole before the group is touched, and all lists go into it in one update. A hunt that cannot be read
//! keeps the list that it had, and the others are refreshed all the same; the task fails when they are. A schedule's refresh is an
//! automatic act like every other change of the firewall that nobody asked for, and waits while those are paused; it never empties the
//! group because a worker has come without its configuration. Calls Falcon's GET /intel/combined/indicators/v1, GetParameter
//! (the switch, and Falcon's credentials), DescribeRuleGroup and, if anything changes, UpdateRuleGroup. Idempotent because the
//! lists are merged, not appended: a second run finds nothing to change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use falconer_domain::guard::Guard;
use falconer_domain::hunt::{HuntChange, HuntName, HuntRequest, Hunts, Ranked};
use falconer_domain::request::InvalidRequest;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, INPUT_INVALID, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::intelligence::{self, IntelError, TOO_LARGE};
use super::report::HuntRefresh;
use crate::HEARTBEAT;
use crate::falcon::{self, FalconCloud};
use crate::firewall::error::{ACCESS_DENIED, NOT_FOUND, REJECTED, UNAVAILABLE};
use crate::firewall::rewrite::TOKEN_CONFLICT;
use crate::firewall::rule_group::GROUP_NOT_SURICATA;
use crate::firewall::{HuntRuleGroup, WriteError};
use crate::measures::Measures;
use crate::registry::Services;
use crate::switch::{self, AutomaticSwitch, SwitchError};

/// See the module.
#[derive(Debug)]
pub struct RefreshHunts {
    hunts: Arc<Hunts>,
    group: HuntRuleGroup,
    guard: Arc<Guard>,
    falcon: FalconCloud,
    switch: AutomaticSwitch,
    measures: Measures,
}

/// The execution's input, as it came.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The event of a schedule, or the manual form of runbooks/refresh-hunt-list.
    event: Value,
}

/// Why not every hunt was refreshed.
#[derive(Debug, Error)]
pub enum RefreshError {
    /// `Input.Invalid`.
    #[error(transparent)]
    Input(#[from] InvalidRequest),
    /// Nobody knows whether anything may act by itself.
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// Lists could not be read.
    #[error("{}", told(.0))]
    Unread(BTreeMap<HuntName, IntelError>),
    /// The rule group was not written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

fn told(unread: &BTreeMap<HuntName, IntelError>) -> String {
    let each = unread.iter().map(|(hunt, error)| format!("the hunt {hunt} keeps the list that it had: {error}"));
    each.collect::<Vec<_>>().join("; ")
}

impl ActivityError for RefreshError {
    const NAMES: &'static [ErrorName] = &[
        switch::UNAVAILABLE,
        switch::ACCESS_DENIED,
        falcon::UNAVAILABLE,
        falcon::ACCESS_DENIED,
        falcon::REJECTED,
        TOO_LARGE,
        UNAVAILABLE,
        TOKEN_CONFLICT,
        ACCESS_DENIED,
        NOT_FOUND,
        REJECTED,
        GROUP_NOT_SURICATA,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Input(_) => INPUT_INVALID.name,
            Self::Switch(error) => error.name(),
            // One that may be read later is worth another attempt, whatever is wrong with the others.
            Self::Unread(unread) => {
                let first = unread.values().max_by_key(|error| error.is_transient());
                first.map_or(falcon::UNAVAILABLE.name, IntelError::name)
            }
            Self::Write(error) => error.name(),
        }
    }
}

impl From<&Services> for RefreshHunts {
    fn from(services: &Services) -> Self {
        Self {
            hunts: Arc::clone(&services.hunts),
            group: services.hunt_group.clone(),
            guard: Arc::clone(&services.guard),
            falcon: services.falcon.clone(),
            switch: services.switch.clone(),
            measures: services.measures.clone(),
        }
    }
}

impl Activity for RefreshHunts {
    const NAME: &'static str = "RefreshHunts";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions =
        Actions { own: &[AutomaticSwitch::READ, FalconCloud::ACTIONS, HuntRuleGroup::CHANGE], ..Actions::NONE };
    type Input = Input;
    type Output = HuntRefresh;
    type Error = RefreshError;

    async fn run(&self, _: TaskContext, Input { event }: Input) -> Result<HuntRefresh, RefreshError> {
        let request = HuntRequest::read(&event, &self.hunts.lists)?;
        if request.automatic && request.hunts.is_empty() {
            return Ok(HuntRefresh::idle("no hunt is configured (hunt.lists)".to_owned()));
        }
        if let Some(because) = self.objection(&request).await? {
            return Ok(HuntRefresh::idle(because));
        }
        let (refreshed, unread) = self.read(&request).await;
        let all_are_unread = refreshed.is_empty() && !unread.is_empty();
        if all_are_unread {
            return Err(RefreshError::Unread(unread));
        }
        // The lists may have taken an hour to read, and somebody may have paused meanwhile.
        if let Some(because) = self.objection(&request).await? {
            return Ok(HuntRefresh::idle(because));
        }
        let most_rules = self.hunts.lists.iter().map(|(name, hunt)| (name.clone(), hunt.most_rules)).collect();
        let change = HuntChange { refreshed, hunts: Some(most_rules) };
        let (group, merged) = if request.dry_run {
            self.group.preview(&change).await.map_err(WriteError::from)?
        } else {
            self.group.change(&change).await?
        };
        if !request.dry_run {
            self.measures.hunts(&group, &merged.text).await;
        }
        if unread.is_empty() {
            Ok(HuntRefresh::new(&group, merged, &change.refreshed))
        } else {
            Err(RefreshError::Unread(unread))
        }
    }
}

impl RefreshHunts {
    /// Why the firewall must not be changed, if that is so.
    async fn objection(&self, request: &HuntRequest) -> Result<Option<String>, SwitchError> {
        if request.automatic { Ok(self.switch.read().await?.objection()) } else { Ok(None) }
    }

    /// The lists of the hunts, and why some could not be read; one after the other, since all of them share what Falcon lets
    /// the customer ask.
    async fn read(&self, request: &HuntRequest) -> (BTreeMap<HuntName, Ranked>, BTreeMap<HuntName, IntelError>) {
        let (mut lists, mut unread) = (BTreeMap::new(), BTreeMap::new());
        for (name, hunt) in &request.hunts {
            match intelligence::read(&self.falcon, &self.guard, hunt).await {
                Ok(list) => drop(lists.insert(name.clone(), list)),
                Err(error) => drop(unread.insert(name.clone(), error)),
            }
        }
        (lists, unread)
    }
}
