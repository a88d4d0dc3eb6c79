//! The parameters and steps of `CrowdStrike-FalconSensorDeploy`.

use super::Texts;
use crate::systems_manager::instance_id;
use crate::wire::ServiceError;

pub(super) const NAME: &str = "CrowdStrike-FalconSensorDeploy";

pub(super) const STEPS: [(&str, &str); 4] = [
    ("HandlePreqrequisites", "aws:executeScript"),
    ("Branch", "aws:branch"),
    ("ExecuteDistributorPackage", "aws:runCommand"),
    ("HandleCleanup", "aws:executeScript"),
];

/// What the document takes, with what it takes if it is not given. `InstanceIds` has no default.
const DEFAULTS: [(&str, &str); 12] = [
    ("AutomationAssumeRole", ""),
    ("Action", "Install"),
    ("LinuxPackageVersion", ""),
    ("LinuxInstallerParams", ""),
    ("WindowsPackageVersion", ""),
    ("WindowsInstallerParams", ""),
    ("SecretStorageMethod", "ParameterStore"),
    ("FalconCloud", "/CrowdStrike/Falcon/Cloud"),
    ("FalconClientId", "/CrowdStrike/Falcon/ClientId"),
    ("FalconClientSecret", "/CrowdStrike/Falcon/ClientSecret"),
    ("SecretsManagerSecretName", "/CrowdStrike/Falcon/Distributor"),
    ("ExcludedPlatformNames", ""),
];
const ALLOWED: [(&str, &[&str]); 2] =
    [("Action", &["Install", "Uninstall"]), ("SecretStorageMethod", &["ParameterStore", "SecretsManager"])];

pub(super) const INSTANCES: &str = "InstanceIds";

/// All parameters, those that are not given with their defaults.
///
/// # Errors
/// `InvalidAutomationExecutionParametersException`, as quoted in
/// <https://github.com/CrowdStrike/aws-ssm-distributor/issues/100>.
pub(super) fn read(mut given: Texts) -> Result<Texts, ServiceError> {
    let known = |name: &str| name == INSTANCES || DEFAULTS.iter().any(|(known, _)| *known == name);
    if let Some(unknown) = given.keys().find(|name| !known(name)) {
        return Err(refused(format!("Parameter \"{unknown}\" is not defined in the document {NAME}.")));
    }
    for (name, values) in ALLOWED {
        let odd = given.get(name).into_iter().flatten().find(|value| !values.contains(&value.as_str()));
        if let Some(odd) = odd {
            let values = values.join(", ");
            return Err(refused(format!("Parameter \"{name}\" has value \"{odd}\" not found in [{values}].")));
        }
    }
    let instances = given.get(INSTANCES).ok_or_else(|| refused(format!("Parameter \"{INSTANCES}\" must be given.")))?;
    if let Some(odd) = instances.iter().find(|id| !instance_id::is_one(id)) {
        return Err(refused(format!("Parameter \"{INSTANCES}\" has value \"{odd}\", which is no instance id.")));
    }
    if let Some((name, _)) = given.iter().find(|(name, values)| *name != INSTANCES && values.len() != 1) {
        return Err(refused(format!("Parameter \"{name}\" takes one text.")));
    }
    for (name, default) in DEFAULTS {
        given.entry(name.to_owned()).or_insert_with(|| vec![default.to_owned()]);
    }
    Ok(given)
}

fn refused(message: String) -> ServiceError {
    ServiceError::new("InvalidAutomationExecutionParametersException", message)
}
