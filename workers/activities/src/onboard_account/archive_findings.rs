//! Ends Falconer's findings about a place of an account that is let go.
//!
//! In the member, with its role: GetFindings, BatchImportFindings: only the account itself can archive. Where its role is gone, as that of
//! a closed account, the administrator resolves them instead, in the hub: GetFindings, BatchUpdateFindings. Idempotent because a finding
//! that is archived or resolved is found no more.

use std::time::Duration;

use aws_sdk_securityhub::types::{
    AwsSecurityFinding, AwsSecurityFindingIdentifier, RecordState, WorkflowStatus, WorkflowUpdate,
};
use falconer_domain::onboarding::{Step, StepOutcome, StepResult};
use falconer_domain::place::Place;
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use schemars::JsonSchema;
use serde::Deserialize;
use thiserror::Error;

use super::own_findings::own_findings;
use super::plan_departure::GENERATORS;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts, Clients};
use crate::aws_failure::CallFailure;
use crate::clock::Clock;
use crate::registry::Services;
use crate::security_hub::error::{ACCESS_DENIED, NOT_ANNOTATED, REJECTED, UNAVAILABLE};
use crate::security_hub::{
    FindingsError, IMPORT_FINDINGS, MOST_IMPORTED, NOT_IMPORTED, READ_FINDINGS, SecurityHubError, import_findings,
};

/// Of [`resolve`].
const RESOLVE: &[&str] = &["securityhub:BatchUpdateFindings"];

/// See the module.
#[derive(Debug)]
pub struct ArchiveFindings {
    accounts: Accounts,
    clock: Clock,
}

/// Whose findings.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Input {
    /// Where.
    place: Place,
    /// The execution's ARN.
    execution: String,
}

/// Why findings are left.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// STS did not answer.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The findings could not be read or written.
    #[error(transparent)]
    Findings(#[from] FindingsError),
}

impl ActivityError for ArchiveError {
    const NAMES: &'static [ErrorName] = &[
        accounts::UNAVAILABLE,
        accounts::ACCESS_DENIED,
        UNAVAILABLE,
        ACCESS_DENIED,
        REJECTED,
        NOT_IMPORTED,
        NOT_ANNOTATED,
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::Findings(error) => error.name(),
        }
    }
}

impl From<SecurityHubError> for ArchiveError {
    fn from(error: SecurityHubError) -> Self {
        Self::Findings(error.into())
    }
}

impl From<&Services> for ArchiveFindings {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), clock: services.clock.clone() }
    }
}

impl Activity for ArchiveFindings {
    const NAME: &'static str = "ArchiveFindings";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions =
        Actions { own: &[Accounts::ACTIONS, READ_FINDINGS, RESOLVE], assumed: &[READ_FINDINGS, IMPORT_FINDINGS] };
    type Input = Input;
    type Output = StepResult;
    type Error = ArchiveError;

    async fn run(&self, _: TaskContext, Input { place, execution }: Input) -> Result<StepResult, ArchiveError> {
        let (ended, how) = match self.accounts.clients(&place, &execution).await {
            Ok(member) => (self.archive(&member).await?, "archived"),
            Err(AccountError::Refused { .. }) => {
                let hub = self.accounts.clients(&self.accounts.administrator(&place.region), &execution).await?;
                (resolve(&hub, &place).await?, "resolved, since the account lets nobody in")
            }
            Err(error) => return Err(error.into()),
        };
        let outcome = match ended {
            0 => StepOutcome::already_there("No finding is left."),
            ended => StepOutcome::done(&format!("Findings {how}: {ended}.")),
        };
        Ok(StepResult::in_region(Step::Findings, place.region, outcome))
    }
}

impl ArchiveFindings {
    async fn archive(&self, member: &Clients) -> Result<usize, ArchiveError> {
        let standing = own_findings(&member.security_hub, &member.place, GENERATORS).await?;
        let now = format!("{:.3}", self.clock.now());
        for findings in standing.chunks(MOST_IMPORTED) {
            let archived = findings.iter().map(|finding| archived(finding, &now)).collect();
            import_findings(&member.security_hub, &member.place, archived).await?;
        }
        Ok(standing.len())
    }
}

/// The finding as its provider archives it: without what customers write on it, which stays, and what Security Hub adds by itself
/// (<https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html>).
fn archived(finding: &AwsSecurityFinding, now: &str) -> AwsSecurityFinding {
    let mut archived = finding.clone();
    archived.record_state = Some(RecordState::Archived);
    archived.updated_at = Some(now.to_owned());
    (archived.note, archived.user_defined_fields) = (None, None);
    (archived.workflow, archived.verification_state) = (None, None);
    (archived.processed_at, archived.sample, archived.aws_account_name) = (None, None, None);
    if let Some(fields) = &mut archived.product_fields {
        fields.retain(|name, _| !name.starts_with("aws/"));
    }
    archived
}

/// The administrator marks them as dealt with, a hundred at a time
/// (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html>).
async fn resolve(hub: &Clients, place: &Place) -> Result<usize, ArchiveError> {
    let standing = own_findings(&hub.security_hub, place, GENERATORS).await?;
    let failed = |failure| SecurityHubError::of_call("BatchUpdateFindings", failure);
    for findings in standing.chunks(MOST_IMPORTED) {
        let named = findings.iter().map(|finding| {
            let identifier = AwsSecurityFindingIdentifier::builder();
            identifier.set_id(finding.id.clone()).set_product_arn(finding.product_arn.clone()).build()
        });
        let resolved = WorkflowUpdate::builder().status(WorkflowStatus::Resolved).build();
        let update = hub.security_hub.batch_update_findings().set_finding_identifiers(Some(named.collect()));
        let output = update.workflow(resolved).send().await.map_err(|error| failed(CallFailure::from(&error)))?;
        if let [first, ..] = output.unprocessed_findings() {
            let id = first.finding_identifier().and_then(|finding| finding.id()).unwrap_or_default();
            let reason = first.error_message().unwrap_or("Security Hub gives no reason");
            return Err(SecurityHubError::NotAnnotated { findings: vec![format!("{id} ({reason})")] }.into());
        }
    }
    Ok(standing.len())
}
