//! Tells the findings whose blocks are over.
//!
//! It asks the findings, not what this execution has pruned: another update may have taken the block out, and a worker may
//! have died between the update and the word. Calls GetFindings, GetFindingsV2 and DescribeRuleGroup, and for each finding
//! that has something to be told BatchUpdateFindings or BatchUpdateFindingsV2. Idempotent because a finding that was told
//! says so, and is not found again or found to say what is so. As long as Security Hub does not show an update, which may take
//! minutes, a second run writes the same words again.

use std::time::Duration;

use falconer_domain::ledger::Ledger;
use falconer_domain::note::{Annotation, Expiry, Outcome};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::HEARTBEAT;
use crate::clock::Clock;
use crate::firewall::rule_group::GROUP_NOT_SURICATA;
use crate::firewall::{BlockGroups, ReadError, error as firewall_error};
use crate::pace::Pace;
use crate::registry::Services;
use crate::security_hub::{
    FindingName, Record, SecurityHubError, Standing, Tally, Written, error as hub_error, holding_blocks,
};

/// Findings of one execution: some four minutes at the pace that Security Hub is asked at. The next one tells the rest.
const MOST: usize = 500;

/// See the module.
#[derive(Debug)]
pub struct RecordExpiry {
    groups: BlockGroups,
    security_hub: aws_sdk_securityhub::Client,
    clock: Clock,
}

/// Nothing but the execution is needed.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// The execution's ARN.
    execution: String,
}

/// What the findings were told.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpiryRecord {
    /// Those that were told what is over, or until when it goes on.
    #[serde(flatten)]
    pub record: Record,
    /// Findings whose time is over by their own words, and that had nothing to be told: what they say is so, or has been
    /// written anew meanwhile.
    pub unchanged: usize,
    /// Whether there may be more of them than one execution tells: the next one goes on.
    pub more: bool,
}

/// Why not every finding was told.
#[derive(Debug, Error)]
pub enum ExpiryError {
    /// The rule group cannot be read, so nobody knows what is over.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A finding could not be read or annotated.
    #[error(transparent)]
    SecurityHub(#[from] SecurityHubError),
}

impl ActivityError for ExpiryError {
    const NAMES: &'static [ErrorName] = &[
        firewall_error::UNAVAILABLE,
        firewall_error::ACCESS_DENIED,
        firewall_error::NOT_FOUND,
        firewall_error::REJECTED,
        GROUP_NOT_SURICATA,
        hub_error::UNAVAILABLE,
        hub_error::ACCESS_DENIED,
        hub_error::REJECTED,
        hub_error::NOT_ANNOTATED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Read(error) => error.name(),
            Self::SecurityHub(error) => error.name(),
        }
    }
}

impl From<&Services> for RecordExpiry {
    fn from(services: &Services) -> Self {
        Self {
            groups: services.groups.clone(),
            security_hub: services.security_hub.clone(),
            clock: services.clock.clone(),
        }
    }
}

impl Activity for RecordExpiry {
    const NAME: &'static str = "RecordExpiry";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[BlockGroups::READ, Standing::ACTIONS], ..Actions::NONE };
    type Input = Input;
    type Output = ExpiryRecord;
    type Error = ExpiryError;

    async fn run(&self, _: TaskContext, Input { execution }: Input) -> Result<ExpiryRecord, ExpiryError> {
        let (mut pace, at) = (Pace::of_findings(), self.clock.now());
        let due = holding_blocks(&self.security_hub, &mut pace, MOST, |told| told.may_be_over(at)).await?;
        if due.is_empty() {
            return Ok(ExpiryRecord::default());
        }
        // Read after the findings, so that it holds whatever they say.
        let ledger = self.groups.read().await?.ledger();
        let (mut tally, mut unchanged) = (Tally::default(), 0);
        for finding in &due {
            pace.keep().await;
            match self.tell(finding, &ledger, at, &execution).await.transpose() {
                Some(outcome) => tally.add(outcome)?,
                None => unchanged += 1,
            }
        }
        Ok(ExpiryRecord { record: tally.end()?, unchanged, more: due.len() == MOST })
    }
}

impl RecordExpiry {
    /// Tells one finding, by what stands on it now: whoever has written on it since it was found knows better. `None` if
    /// there is nothing to tell.
    async fn tell(
        &self,
        finding: &FindingName,
        ledger: &Ledger,
        at: Timestamp,
        execution: &str,
    ) -> Result<Option<Written>, SecurityHubError> {
        let Some(standing) = Standing::read(&self.security_hub, finding).await? else {
            return Ok(None);
        };
        let told = standing.told().filter(|told| told.may_be_over(at));
        let Some(expiry) = told.and_then(|told| Expiry::of(&finding.reference(), &told, ledger)) else {
            return Ok(None);
        };
        let annotation = Annotation {
            at,
            execution,
            outcome: Outcome::Expired { expired: &expiry.expired, left: &expiry.left },
            refused: &[],
            remarks: &[],
            remarks_left_out: 0,
        };
        standing.write(&self.security_hub, finding, &annotation).await.map(Some)
    }
}
