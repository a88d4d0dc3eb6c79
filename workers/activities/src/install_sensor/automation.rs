//! CrowdStrike's own Automation document, for those who keep Falcon credentials in each account for it.
//!
//! It tells of a batch as a whole: which of its instances failed stands in the member's console only.
//! <https://github.com/CrowdStrike/aws-ssm-distributor/tree/main/official-package>.

use std::collections::BTreeMap;

use aws_sdk_ssm::types::AutomationExecutionStatus;
use falconer_domain::fleet::{InstanceId, SensorVersion};
use falconer_domain::install::{Cause, Failure, InstallRules, Progress, SensorKind};
use sha2::{Digest, Sha256};

use crate::accounts::Clients;
use crate::aws_failure::CallFailure;
use crate::systems_manager::SystemsManagerError;

const DOCUMENT: &str = "CrowdStrike-FalconSensorDeploy";

/// What [`start`] must be allowed, beside what the document does.
pub(super) const START: &[&str] = &["ssm:StartAutomationExecution"];
/// What it takes to follow an execution to its end.
pub(super) const FOLLOW: &[&str] = &["ssm:GetAutomationExecution", "ssm:StopAutomationExecution"];

/// What is started.
pub(super) struct Order<'a> {
    pub(super) rules: &'a InstallRules,
    pub(super) kind: SensorKind,
    pub(super) version: Option<&'a SensorVersion>,
}

/// Starts it once: the same `name` starts nothing a second time.
pub(super) async fn start(
    clients: &Clients,
    order: &Order<'_>,
    instances: &[InstanceId],
    name: &str,
) -> Result<String, SystemsManagerError> {
    const CALL: &str = "StartAutomationExecution";
    let version = order.version.map(SensorVersion::to_string).unwrap_or_default();
    let (of_version, of_parameters, parameters) = match order.kind {
        SensorKind::Windows => ("WindowsPackageVersion", "WindowsInstallerParams", &order.rules.windows),
        SensorKind::LinuxX86 | SensorKind::LinuxArm => {
            ("LinuxPackageVersion", "LinuxInstallerParams", &order.rules.linux)
        }
    };
    let start = clients
        .systems_manager
        .start_automation_execution()
        .document_name(DOCUMENT)
        .client_token(token(name))
        .parameters("Action", vec!["Install".to_owned()])
        .parameters("InstanceIds", instances.iter().map(InstanceId::to_string).collect());
    // A value may not be empty: what is not said is the document's own default.
    let said = [(of_version, version.as_str()), (of_parameters, parameters.as_str())].into_iter();
    let said = said.filter(|(_, value)| !value.is_empty());
    let start = said.fold(start, |start, (name, value)| start.parameters(name, vec![value.to_owned()]));
    let output = start
        .send()
        .await
        .map_err(|error| SystemsManagerError::of_call(&clients.place, CALL, CallFailure::from(&error)))?;
    output.automation_execution_id.ok_or_else(|| SystemsManagerError::Rejected {
        place: clients.place.clone(),
        call: CALL,
        reason: "it answered without an execution's id".to_owned(),
    })
}

/// How it stands, the same for each instance.
pub(super) async fn standing(
    clients: &Clients,
    execution: &str,
    instances: &[InstanceId],
) -> Result<BTreeMap<InstanceId, (Progress, Cause)>, SystemsManagerError> {
    const CALL: &str = "GetAutomationExecution";
    let get = clients.systems_manager.get_automation_execution().automation_execution_id(execution).send().await;
    let output = get.map_err(|error| SystemsManagerError::of_call(&clients.place, CALL, CallFailure::from(&error)))?;
    let execution = output.automation_execution();
    let progress = match execution.and_then(|execution| execution.automation_execution_status()) {
        Some(AutomationExecutionStatus::Success | AutomationExecutionStatus::CompletedWithSuccess) => {
            Progress::Succeeded
        }
        Some(AutomationExecutionStatus::Failed | AutomationExecutionStatus::CompletedWithFailure) => {
            Progress::Failed(Failure::CommandFailed)
        }
        Some(AutomationExecutionStatus::Timedout) => Progress::Failed(Failure::ExecutionTimedOut),
        Some(AutomationExecutionStatus::Cancelled) => Progress::Failed(Failure::Cancelled),
        _ => Progress::UnderWay,
    };
    let cause = Cause::of(execution.and_then(|execution| execution.failure_message()).unwrap_or_default());
    Ok(instances.iter().map(|instance| (instance.clone(), (progress, cause.clone()))).collect())
}

/// Stops what has not ended of it.
pub(super) async fn stop(clients: &Clients, execution: &str) -> Result<(), SystemsManagerError> {
    let stop = clients.systems_manager.stop_automation_execution().automation_execution_id(execution).send().await;
    stop.map(|_| ()).map_err(|error| {
        SystemsManagerError::of_call(&clients.place, "StopAutomationExecution", CallFailure::from(&error))
    })
}

/// A `ClientToken`, which has the form of a UUID
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html>).
fn token(name: &str) -> String {
    let hash: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_the_form_of_a_uuid_and_is_the_names_own() {
        assert_eq!(token("falconer a batch 1").len(), 36);
        assert_eq!(token("falconer a batch 1"), token("falconer a batch 1"));
        assert_ne!(token("falconer a batch 1"), token("falconer a batch 2"));
    }
}
