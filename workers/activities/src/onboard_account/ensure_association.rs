//! Makes sure that State Manager runs CrowdStrike's own document in a place, where the configuration asks for that.
//!
//! In the member, with its role: ListAssociations, and CreateAssociation where there is none. The document reads its Falcon credentials in
//! the account itself; Falconer puts none there. Idempotent because an association that is there, by its name, stays as it is.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_ssm::operation::create_association::CreateAssociationError;
use aws_sdk_ssm::types::{AssociationFilter, AssociationFilterKey, Target};
use falconer_domain::onboarding::{OnboardingRules, Step, StepOutcome, StepResult};
use falconer_runtime::{Actions, Activity, ActivityError, ErrorName, TaskContext};
use thiserror::Error;

use super::place_task::PlaceTask;
use crate::HEARTBEAT;
use crate::accounts::{self, AccountError, Accounts, Clients};
use crate::aws_failure::CallFailure;
use crate::once::OnlyThrottles;
use crate::registry::Services;
use crate::systems_manager::{ACCESS_DENIED, REJECTED, SystemsManagerError, UNAVAILABLE};

/// CrowdStrike's Automation document
/// (<https://github.com/CrowdStrike/aws-ssm-distributor/blob/main/documentation/ssm-setup.md>).
const DOCUMENT: &str = "CrowdStrike-FalconSensorDeploy";
/// The association's name.
const NAME: &str = "falconer-sensor";
/// The document's parameter that names instances, which is also the key by which all of them are meant
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html>).
const INSTANCES: &str = "InstanceIds";

/// The role by which the document runs is handed to it.
const ACTIONS: &[&str] = &["ssm:ListAssociations", "ssm:CreateAssociation", "iam:PassRole"];

/// See the module.
#[derive(Debug)]
pub struct EnsureAssociation {
    accounts: Accounts,
    rules: Arc<OnboardingRules>,
}

/// Why the association is not there.
#[derive(Debug, Error)]
pub enum AssociationError {
    /// The member's role cannot be assumed.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A call failed.
    #[error(transparent)]
    SystemsManager(#[from] SystemsManagerError),
}

impl ActivityError for AssociationError {
    const NAMES: &'static [ErrorName] =
        &[accounts::UNAVAILABLE, accounts::ACCESS_DENIED, UNAVAILABLE, ACCESS_DENIED, REJECTED];

    fn name(&self) -> &'static str {
        match self {
            Self::Account(error) => error.name(),
            Self::SystemsManager(error) => error.name(),
        }
    }
}

impl From<&Services> for EnsureAssociation {
    fn from(services: &Services) -> Self {
        Self { accounts: services.accounts.clone(), rules: Arc::clone(&services.onboarding) }
    }
}

impl Activity for EnsureAssociation {
    const NAME: &'static str = "EnsureAssociation";
    const HEARTBEAT: Duration = HEARTBEAT;
    const ACTIONS: Actions = Actions { own: &[Accounts::ACTIONS], assumed: &[ACTIONS] };
    type Input = PlaceTask;
    type Output = StepResult;
    type Error = AssociationError;

    async fn run(&self, _: TaskContext, task: PlaceTask) -> Result<StepResult, AssociationError> {
        let PlaceTask { place, dry_run, execution } = task;
        let Some(role) = &self.rules.association_role else {
            let why = "onboarding.association_role is empty: sensors come by install-sensor alone.";
            return Ok(StepResult::in_region(Step::Association, place.region, StepOutcome::left_out(why)));
        };
        let clients = self.accounts.clients(&place, &execution).await?;
        let what = format!("The association {NAME} with {DOCUMENT}.");
        let outcome = if is_there(&clients).await? {
            StepOutcome::already_there(&what)
        } else if dry_run {
            StepOutcome::planned(&what)
        } else {
            create(&clients, role).await?;
            StepOutcome::done(&what)
        };
        Ok(StepResult::in_region(Step::Association, place.region, outcome))
    }
}

async fn is_there(clients: &Clients) -> Result<bool, SystemsManagerError> {
    const CALL: &str = "ListAssociations";
    let by_name = AssociationFilter::builder().key(AssociationFilterKey::AssociationName).value(NAME).build();
    let by_name = by_name.map_err(|error| SystemsManagerError::unbuilt(&clients.place, CALL, &error))?;
    let output = clients.systems_manager.list_associations().association_filter_list(by_name).send().await;
    let failed = |failure| SystemsManagerError::of_call(&clients.place, CALL, failure);
    let output = output.map_err(|error| failed(CallFailure::from(&error)))?;
    Ok(!output.associations().is_empty())
}

/// Every instance that Systems Manager manages, each once. Names of associations are not unique, so that a second call would make a
/// second one.
async fn create(clients: &Clients, role: &str) -> Result<(), SystemsManagerError> {
    let (account, partition) = (clients.place.account, clients.place.region.partition());
    let role = format!("arn:{partition}:iam::{account}:role/{role}");
    let create = clients.systems_manager.create_association().name(DOCUMENT).association_name(NAME);
    let create = create
        .automation_target_parameter_name(INSTANCES)
        .targets(Target::builder().key(INSTANCES).values("*").build())
        .parameters("Action", vec!["Install".to_owned()])
        .parameters("AutomationAssumeRole", vec![role]);
    let once = aws_sdk_ssm::config::Config::builder().retry_classifier(OnlyThrottles::<CreateAssociationError>::new());
    let output = create.customize().config_override(once).send().await;
    let failed = |failure| SystemsManagerError::of_call(&clients.place, "CreateAssociation", failure);
    output.map(drop).map_err(|error| failed(CallFailure::from(&error)))
}
